"""The graph from strings to strings: what is said of a source, and units that a translation copies from it."""

import numpy as np
import pytest
import tensorflow as tf

from keras_seq.datasets import Corpus
from keras_seq.layers import END_ID, UNKNOWN_ID
from keras_seq.pipelines.translation_module import TranslationModule, sources_read
from keras_seq.pipelines.translation_search import Way

PAIRS = [("the cat sat", "die Katze saß"), ("a dog", "ein Hund")]
CORPUS = Corpus.from_pairs(PAIRS, PAIRS)


def copying(untaught, corpus=CORPUS, shift=0, **options):
    """A translator that puts out unknown units alone, each aligned with the source's next, `shift` places on."""
    options = {"source_unit": "token", "target_unit": "token", "attention": "dot", "bidirectional": False, **options}
    model = untaught(corpus, **options)
    network = model.model

    def step(tokens, encoded, state):
        t = tf.cast(state[0], tf.int32)
        width = tf.shape(encoded.source.memory)[1]
        weights = tf.one_hot(t[..., 0] + shift, width)
        ends = t >= tf.reduce_sum(tf.cast(encoded.source.mask, tf.int32), axis=1)[:, None, None] - 1
        z = tf.where(ends, 9.0 * tf.one_hot(END_ID, len(model.target)), 9.0 * tf.one_hot(UNKNOWN_ID, len(model.target)))
        return tf.nn.log_softmax(z), weights, [state[0] + 1]

    network.start = lambda encoded: [tf.zeros_like(tf.cast(encoded.source.mask, tf.float32)[:, None, :1])]
    network.step = step
    return model


class TestUnknown:
    def test_each_becomes_what_it_is_aligned_with(self, untaught):
        found = copying(untaught).translate(["the Zoë", "Köln a b"])
        assert [each.translation for each in found] == ["the Zoë", "Köln a b"]
        assert found[1].target_units == ["Köln", "a", "b", "</s>"]

    def test_the_end_stands_for_nothing(self, untaught):
        """The last one is aligned with the end, and so with the real unit of most attention, which is the first of none."""
        found = copying(untaught, shift=1).translate("x y z")
        assert found.translation == "y z x"

    def test_of_an_empty_source_nothing_is_copied(self, untaught):
        found = copying(untaught).translate(["", "a"])
        assert [each.translation for each in found] == ["", "a"]

    def test_it_keeps_the_case_it_has_in_the_source(self, untaught):
        assert copying(untaught, lowercase=True).translate("THE Zoë").translation == "THE Zoë"

    def test_a_word_without_pieces_is_copied_whole(self, untaught):
        model = copying(untaught, source_unit="subword")
        assert model.translate("qqq the").translation == "qqq the"
        assert model.translate("qqq the").source_units == ["qqq", "the", "</s>"]

    @pytest.mark.parametrize("options", [{"unknown_replacement": False}, {"attention": "none"}])
    def test_where_nothing_is_copied_none_is_ever_put_out(self, untaught, options):
        model = untaught(CORPUS, source_unit="token", target_unit="token", **options)
        model.model.head.bias.assign(np.where(np.arange(len(model.target)) == UNKNOWN_ID, 99.0, 0.0))
        found = model.translate(["the cat", "a"], n_best=4)
        assert all("<UNK>" not in each.target_units for several in found for each in several)
        assert all(each.log_probability < -50 for several in found for each in several)

    def test_beside_known_units(self, untaught):
        """Whatever is put out is written as its units say, and unknown ones by the strongest real place of the source."""
        model = untaught(CORPUS, source_unit="token", target_unit="token", units=6)
        model.model.head.bias.assign(np.where(np.arange(len(model.target)) < 3, 1.0, 0.0))
        seen = set()
        for source, found in zip(["the Zoë", "x y"], model.translate(["the Zoë", "x y"], n_best=5), strict=True):
            for each in found:
                units = [unit for unit in each.target_units if unit != "</s>"]
                assert each.translation == " ".join(units)
                for unit, weights in zip(each.target_units, each.alignment, strict=True):
                    if unit not in model.target.vocabulary.tokens:
                        seen.add(unit)
                        assert unit == source.split()[np.argmax(weights[:-1])]
        assert seen


class TestSources:
    def test_what_is_read_and_told(self, turner):
        ids, told = sources_read(turner.source, tf.constant(["the cat sees a dog", "", "zzz a"]), 4)
        names = [turner.source.vocabulary.decode(row[row > 0]) for row in ids.numpy()]
        assert names == [["the", "cat", "sees", "a", "</s>"], ["</s>"], ["<UNK>", "a", "</s>"]]
        assert told["truncated"].numpy().tolist() == [True, False, False]
        assert told["source_lengths"].numpy().tolist() == [5, 1, 3]
        rows = [[unit.decode() for unit in row if unit] for row in told["source_units"].numpy()]
        assert rows == [["the", "cat", "sees", "a", "</s>"], ["</s>"], ["zzz", "a", "</s>"]]


@pytest.fixture(scope="module")
def serve(translator):
    return translator.serving().serve


class TestOutputs:
    @pytest.mark.parametrize("count", [0, 1, 3])
    def test_each_has_a_row_for_each_text(self, serve, count):
        outputs = serve(tf.constant(["the cat", "", "我去郑州"][:count], tf.string))
        assert {int(value.shape[0]) for value in outputs.values()} == {count}

    def test_without_attention_the_alignment_is_nothing(self, untaught):
        model = untaught(CORPUS, attention="none", source_unit="token")
        found = model.translate(["the cat", "a"])
        assert all(each.alignment.shape == (len(each.target_units), len(each.source_units)) for each in found)
        assert not any(each.alignment.any() for each in found)

    def test_the_best_that_have_ended_stand_first(self, turner):
        outputs = {
            name: value.numpy() for name, value in turner.serving().serve(tf.constant(["the cat", "a a"])).items()
        }
        np.testing.assert_array_equal(outputs["translation"], outputs["translations"][:, 0])
        for finished, scores in zip(outputs["finished"], outputs["scores"], strict=True):
            assert not (np.diff(finished.astype(int)) > 0).any()
            assert all((np.diff(scores[finished == kind]) <= 0).all() for kind in (True, False))

    def test_a_way_is_part_of_the_graph(self, turner):
        module = TranslationModule(turner.source, turner.target, turner.model, turner.reach, Way("greedy"))
        assert module.serve(tf.constant(["the cat"]))["translations"].shape == (1, 1)
