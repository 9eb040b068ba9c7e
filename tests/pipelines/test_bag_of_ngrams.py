"""Texts as bags of n-grams."""

import pytest

from keras_seq.datasets import InputError, LabeledSequence, Text
from keras_seq.pipelines.bag_of_ngrams import BagOfNgrams, characters, words


def test_ngrams_are_counted_up_to_the_longest():
    bag = BagOfNgrams(2).fit([["to", "Rome", "to"]])  # Rome, Rome to, to, to Rome
    assert bag.features == 4
    assert bag([["to", "to", "Rome"], ["Oslo"], []]).toarray().tolist() == [[1, 0, 2, 1], [0, 0, 0, 0], [0, 0, 0, 0]]


def test_a_text_shorter_than_an_ngram_has_the_shorter_ones():
    assert BagOfNgrams(5).fit(["ab"]).features == 3


def test_the_most_frequent_are_kept():
    bag = BagOfNgrams(1, most=2).fit(["aab", "abc"])
    assert bag(["abc"]).toarray().tolist() == [[1, 1]]


def test_texts_without_units_are_refused():
    with pytest.raises(InputError, match="texts without tokens"):
        BagOfNgrams(1).fit([[], []])


@pytest.mark.parametrize(
    ("example", "rule", "expected"),
    [
        (Text("To Rome, please"), "word", ["to", "rome", ",", "please"]),
        (Text("To Rome, please"), "whitespace", ["to", "rome,", "please"]),
        (Text("去 郑州"), "char", ["去", "郑", "州"]),
        (LabeledSequence(("To", "St. Ives"), ("O", "O"), "go"), "whitespace", ["to", "st. ives"]),
        (Text(""), "word", []),
    ],
)
def test_words_are_tokens_in_lower_case(example, rule, expected):
    assert words([example], rule) == [expected]


@pytest.mark.parametrize(
    ("example", "rule", "expected"),
    [
        (Text("To Rome"), "word", " To Rome "),
        (LabeledSequence(("To", "Rome"), ("O", "O"), "go"), "word", " To Rome "),
        (LabeledSequence(("去", "郑"), ("O", "O"), "go"), "char", " 去郑 "),
        (Text(""), "char", ""),
    ],
)
def test_characters_stay_as_they_are_between_two_blanks(example, rule, expected):
    assert characters([example], rule) == [expected]
