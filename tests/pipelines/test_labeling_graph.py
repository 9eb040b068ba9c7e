"""From ids and from strings to labels, in one graph."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

from keras_seq.datasets import spans
from keras_seq.pipelines.labeling_graph import best_labels, label_batch, label_probabilities, n_best_batch

IDS = np.array([[2, 3, 4, 1], [5, 2, 0, 0], [0, 0, 0, 0]], np.int32)


@pytest.fixture(scope="module")
def found(tagger):
    """What the tagger says of a batch with padding, and of a row without a token."""
    found = label_batch(tagger.model, {"words": tf.constant(IDS)}, tagger.labels)
    return {name: value.numpy() for name, value in found.items()}


def paths(tagger, ids):
    """p(path | ids) of every path over one row without padding, by enumeration."""
    crf = tagger.model.get_layer("labels")
    emissions = tagger.model({"words": ids[None]}, training=False)["labels"].numpy()[0].astype(np.float64)
    start, transitions, end = (np.asarray(scores, np.float64) for scores in crf._chain())
    scores = {}
    for path in itertools.product(range(len(tagger.labels)), repeat=len(ids)):
        steps = emissions[range(len(ids)), path].sum() + transitions[path[:-1], path[1:]].sum()
        scores[path] = np.exp(start[path[0]] + steps + end[path[-1]])
    total = sum(scores.values())
    return {path: score / total for path, score in scores.items()}


@pytest.mark.parametrize(("row", "length"), [(0, 4), (1, 2)])
class TestAgainstEnumeration:
    def test_labels_are_the_best_path(self, tagger, found, row, length):
        shares = paths(tagger, IDS[row, :length])
        assert tuple(found["labels"][row, :length]) == max(shares, key=shares.get)

    def test_probabilities_are_the_sums_over_all_paths(self, tagger, found, row, length):
        shares = paths(tagger, IDS[row, :length])
        for place, label in enumerate(found["labels"][row, :length]):
            expected = sum(share for path, share in shares.items() if path[place] == label)
            assert found["probabilities"][row, place] == pytest.approx(expected, abs=1e-5)

    def test_that_of_all_labels_is_the_path_s(self, tagger, found, row, length):
        shares = paths(tagger, IDS[row, :length])
        assert found["probability"][row] == pytest.approx(shares[tuple(found["labels"][row, :length])], abs=1e-5)

    def test_that_of_a_span_is_the_sum_over_all_paths_that_have_it(self, tagger, found, row, length):
        shares = paths(tagger, IDS[row, :length])
        spans_of = {path: set(spans(tagger.labels.decode(path))) for path in shares}
        expected = np.zeros(length)
        for span in spans(tagger.labels.decode(found["labels"][row, :length])):
            expected[span.start] = sum(share for path, share in shares.items() if span in spans_of[path])
        assert found["span_probabilities"][row, :length] == pytest.approx(expected, abs=1e-5)

    def test_the_n_best_are_the_most_probable_paths(self, tagger, row, length):
        shares = paths(tagger, IDS[row, :length])
        found = n_best_batch(tagger.model, {"words": tf.constant(IDS)}, tagger.labels, 4)
        best = sorted(shares, key=shares.get, reverse=True)[:4]
        assert [tuple(labels) for labels in found["labels"].numpy()[row, :, :length]] == best
        assert found["probability"].numpy()[row] == pytest.approx([shares[path] for path in best], abs=1e-5)

    def test_those_of_any_other_labels_are_too(self, tagger, row, length):
        shares = paths(tagger, IDS[row, :length])
        for label in range(len(tagger.labels)):
            labels = tf.fill((1, IDS.shape[1]), label)
            found = label_probabilities(tagger.model, {"words": tf.constant(IDS)}, labels).numpy()[row, :length]
            expected = [sum(p for path, p in shares.items() if path[place] == label) for place in range(length)]
            assert found == pytest.approx(expected, abs=1e-5)


def test_the_best_labels_alone_are_the_same(tagger, found):
    best = best_labels(tagger.model, {"words": tf.constant(IDS)})
    assert best.keys() == {"labels", "sentence"}
    for name, value in best.items():
        np.testing.assert_array_equal(value, found[name])


def test_padding_has_neither_label_nor_probability(found):
    assert not found["labels"][IDS == 0].any()
    assert not found["probabilities"][IDS == 0].any()
    assert found["probabilities"][IDS != 0].all()


def test_a_row_without_tokens_has_a_sentence_label_all_the_same(found):
    assert np.isfinite(found["sentence_probability"]).all()
    assert found["sentence"].shape == (3,)


@pytest.fixture(scope="module")
def serve(labeler):
    """The graph from strings to labels."""
    return labeler.serving().serve


class TestTheModule:
    def test_outputs_are_padded_to_the_longest_text(self, serve):
        outputs = serve(tf.constant(["", "to Rome", "to"]))
        tokens = outputs["tokens"].numpy()
        lengths = outputs["lengths"].numpy()
        assert tokens.shape[1] == max(lengths)
        for name in ("tokens", "labels"):
            assert [len([cell for cell in row if cell]) for row in outputs[name].numpy()] == lengths.tolist()
        for name in ("probabilities", "span_probabilities", "starts", "ends"):
            padding = np.arange(tokens.shape[1]) >= lengths[:, None]
            assert not outputs[name].numpy()[padding].any()

    def test_every_output_has_a_row_for_each_text(self, serve):
        for texts in ([], ["a"], ["a", "", "b c"]):
            outputs = serve(tf.constant(texts, tf.string))
            assert {value.shape[0] for value in outputs.values()} == {len(texts)}

    def test_bytes_from_start_to_end_are_the_token_s_source(self, labeler, serve, strings):
        texts = [text.encode() for text in strings(["to Rome", "去郑州"], 100) if len(text) < 1000]
        outputs = {name: value.numpy() for name, value in serve(tf.constant(texts)).items()}
        places = [(row, place) for row in range(len(texts)) for place in range(outputs["lengths"][row])]
        sources = [texts[row][outputs["starts"][row, place] : outputs["ends"][row, place]] for row, place in places]
        again = labeler.tokenizer(sources).text.to_list()  # each is found again alone, whole, and as it was
        assert again == [[outputs["tokens"][row, place]] for row, place in places]

    def test_bytes_that_are_no_text_are_served_too(self, serve):
        outputs = serve(tf.constant([b"to \xff\xfe Rome", b"\xe5\x8e", b"\xed\xa0\x80"]))
        assert (outputs["lengths"].numpy() > 0).all()
        assert np.isfinite(outputs["probabilities"].numpy()).all()

    @pytest.mark.parametrize("company", [[], ["to " * 50], ["", "去" * 30]])
    def test_padding_changes_no_result(self, serve, company):
        alone = serve(tf.constant(["please to Rome now"]))
        together = serve(tf.constant(["please to Rome now", *company]))
        length = int(alone["lengths"][0])
        assert alone["labels"].numpy().tolist() == together["labels"].numpy()[:1, :length].tolist()
        np.testing.assert_allclose(alone["probabilities"][0], together["probabilities"][0, :length], atol=1e-6)
