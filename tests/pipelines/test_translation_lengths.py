"""BLEU by the length of the source, by hand."""

import math

import pytest

from keras_seq.pipelines import LengthBucket, length_table
from keras_seq.pipelines.translation_lengths import length_buckets


def words(count, word="w"):
    return " ".join([word] * count)


def test_each_sentence_is_in_the_bucket_of_its_source():
    lengths = [1, 5, 6, 10, 11, 15, 16, 20, 21, 300]
    sources = [words(length) for length in lengths]
    found = length_buckets(sources, ["a b c d"] * 10, ["a b c d"] * 10, "13a")
    assert [(each.shortest, each.longest, each.sentences) for each in found] == [
        (1, 5, 2),
        (6, 10, 2),
        (11, 15, 2),
        (16, 20, 2),
        (21, None, 2),
    ]
    assert [each.bleu for each in found] == pytest.approx([100] * 5)


def test_buckets_without_a_sentence_are_left_out():
    (found,) = length_buckets([words(12)], ["a"], ["a"], "13a")
    assert str(found) == "11-15"


def test_bleu_is_that_of_the_bucket_as_a_corpus():
    """Precisions 7/8, 5/6, 3/4, 1/2 of two sentences of four words in which the last word of the second is wrong."""
    references, translations = ["a b c d", "e f g h"] * 2, ["a b c d", "e f g x", "a b c d", "e f g h"]
    short, long = length_buckets([words(2), words(3), words(7), words(8)], references, translations, "13a")
    assert short.bleu == pytest.approx(100 * math.prod([7 / 8, 5 / 6, 3 / 4, 1 / 2]) ** (1 / 4))
    assert long.bleu == pytest.approx(100)


def test_characters_are_counted_where_there_are_no_words():
    (found,) = length_buckets(["我一月 一号去"], ["a"], ["a"], "char", characters=True)
    assert (found.shortest, found.longest) == (6, 10)
    (found,) = length_buckets(["我一月 一号去"], ["a"], ["a"], "char")
    assert (found.shortest, found.longest) == (1, 5)


def test_a_person_gets_a_table():
    lines = length_table([LengthBucket(1, 5, 1234, 100.0), LengthBucket(21, None, 7, 9.876)]).splitlines()
    assert [line.split() for line in lines] == [
        ["source", "length", "sentences", "BLEU"],
        ["1-5", "1,234", "100.00"],
        ["21-", "7", "9.88"],
    ]
    assert len({len(line) for line in lines}) == 1
