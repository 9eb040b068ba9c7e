"""Raw texts to the ids that an auto-encoder reads, and back."""

import numpy as np
import pytest
import tensorflow as tf

from keras_seq.layers import TextUnits
from keras_seq.pipelines.auto_encoder_config import AutoEncoderConfig
from keras_seq.pipelines.auto_encoder_text import AutoEncoderText

TEXTS = ["the cat is here. the dog is not! why?", "one\n\ntwo", "", "the cat", "he said “no.” then he left..."]


def text(texts=TEXTS, rule="word", unit="token", lowercase=False, **options):
    units = TextUnits.learn([tf.constant(texts)], rule, unit, lowercase)
    return AutoEncoderText(units, AutoEncoderConfig(text_unit=unit, lowercase=lowercase, **options))


class TestSentences:
    def test_a_text_has_its_units_and_an_end(self):
        reading = text()
        ids, truncated = reading.read(["the cat", "", "the mouse"])
        the, cat = reading.units(["the cat"])[0].numpy()
        assert ids.to_list() == [[the, cat, 2], [2], [the, 1, 2]]
        assert not truncated.numpy().any()

    def test_of_a_longer_text_the_beginning_is_read(self):
        ids, truncated = text(max_length=2).read(["the cat is", "the cat"])
        assert ids.row_lengths().numpy().tolist() == [3, 3]
        assert truncated.numpy().tolist() == [True, False]

    @pytest.mark.parametrize("unit", ["token", "subword", "character"])
    @pytest.mark.parametrize("rule", ["whitespace", "word", "char"])
    def test_what_is_read_is_what_is_written(self, rule, unit):
        reading = text(rule=rule, unit=unit)
        ids, _ = reading.padded(TEXTS)
        assert reading.same(TEXTS, reading.write(ids)).numpy().all()


class TestParagraphs:
    def test_a_sentence_has_an_end_and_an_empty_one_is_the_last(self):
        reading = text(hierarchical=True)
        ids, truncated = reading.padded(["the cat! why?", "", "the"])
        the, cat, mark, why, ask = reading.units(["the cat! why?"])[0].numpy()
        nothing = [0, 0, 0, 0]
        assert ids.numpy().tolist() == [
            [[the, cat, mark, 2], [why, ask, 2, 0], [2, 0, 0, 0]],
            [[2, 0, 0, 0], nothing, nothing],
            [[the, 2, 0, 0], [2, 0, 0, 0], nothing],
        ]
        assert not truncated.numpy().any()

    @pytest.mark.parametrize(
        ("options", "sentences", "longest", "truncated"),
        [
            ({"max_sentences": 2}, 3, 6, [True, False]),
            ({"max_length": 4, "max_sentences": 3}, 4, 5, [True, False]),
            ({"max_length": 5, "max_sentences": 3}, 4, 6, [False, False]),
        ],
    )
    def test_of_longer_ones_the_beginnings_are_read(self, options, sentences, longest, truncated):
        ids, longer = text(hierarchical=True, **options).padded(TEXTS[:2])
        assert ids.shape == (2, sentences, longest)
        assert longer.numpy().tolist() == truncated
        assert (ids.numpy()[:, :, -1] <= 2).all()

    @pytest.mark.parametrize("unit", ["token", "subword", "character"])
    @pytest.mark.parametrize("rule", ["whitespace", "word", "char"])
    def test_what_is_read_is_what_is_written(self, rule, unit, strings):
        texts = [*TEXTS, *strings(TEXTS, 40)]
        reading = text(texts, rule, unit, hierarchical=True, max_sentences=100_000, max_length=100_000)
        ids, _ = reading.read(texts)
        written = reading.write(ids.to_tensor())
        known = (tf.reduce_min(tf.where(ids == 1, 0, 1).merge_dims(1, 2), axis=1) == 1).numpy()
        assert reading.same(texts, written).numpy()[known].all()
        assert known.sum() > 20

    def test_what_follows_an_empty_sentence_is_not_written(self):
        reading = text(hierarchical=True)
        ids = np.array([[[3, 2], [2, 0], [4, 2]], [[3, 2], [0, 0], [4, 2]], [[2, 0], [3, 2], [3, 2]]])
        assert reading.write(ids).numpy().tolist() == [reading.units.vocabulary.tokens[3].encode()] * 2 + [b""]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("the cat.", "the  cat .", True),
        ("the cat", "the Cat", False),
        ("ﬁne", "fine", True),  # a ligature
        ("the cat", "the", False),
        ("the \u00a8 cat", "the \u0020\u0308 cat", True),  # normalised, this token has a blank in it
        ("", " ", True),
    ],
)
def test_same_texts_have_the_same_tokens(one, other, same):
    assert text().same([one], [other]).numpy().tolist() == [same]


def test_in_lower_case_they_are_the_same_whatever_their_case():
    assert text(lowercase=True).same(["The CAT É"], ["the cat é"]).numpy().tolist() == [True]


@pytest.mark.parametrize(("rule", "count"), [("whitespace", 4), ("word", 4), ("char", 10)])
def test_words_stand_between_blanks_and_are_characters_without(rule, count):
    assert text(rule=rule).words("a cat, not so") == count
