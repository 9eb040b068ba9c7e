"""Perplexity by hand."""

import math

import numpy as np
import pytest

from keras_seq.datasets import InputError, Ragged
from keras_seq.layers import TextUnits
from keras_seq.pipelines.language_evaluation import language_evaluation

TEXT = TextUnits(["a", "b"])
IDS = Ragged(np.array([3, 1, 2, 4, 2]), np.array([0, 3, 5]))  # "a <UNK> </s>", "b </s>"
P = np.array([1 / 2, 1 / 8, 1 / 4, 1 / 2, 1 / 4])


def evaluated(p=P, ids=IDS, text=TEXT):
    with np.errstate(divide="ignore"):
        return language_evaluation(np.log(p), ids, text)


def test_perplexity_is_two_to_the_mean_of_the_bits():
    assert evaluated()["perplexity"] == pytest.approx(2 ** ((1 + 3 + 2 + 1 + 2) / 5))


def test_without_unknown_tokens_they_are_not_counted_either():
    assert evaluated()["perplexity_without_oov"] == pytest.approx(2 ** ((1 + 2 + 1 + 2) / 4))


def test_ends_are_tokens():
    found = evaluated()
    assert (found["sentences"], found["tokens"], found["unknown_tokens"]) == (2, 5, 1)
    assert not found.notes


def test_letters_have_bits_each_and_the_end_is_one():
    found = evaluated(text=TextUnits(["a", "b"], unit="character"))
    assert found["bits_per_character"] == pytest.approx(9 / 5)
    assert "bits_per_character" not in evaluated()


def test_words_of_letters_have_a_perplexity_of_their_own():
    text = TextUnits([" ", "a", "b"], unit="character")
    ids = Ragged(np.array([4, 3, 5, 2, 2]), np.array([0, 4, 5]))  # "a b </s>", "</s>": 2 words and 2 ends
    assert evaluated(ids=ids, text=text)["word_perplexity"] == pytest.approx(2 ** (9 / 4))
    assert "word_perplexity" not in evaluated()


def test_words_of_pieces_do_too():
    text = TextUnits(["a", "##b"], unit="subword")
    ids = Ragged(np.array([3, 4, 2, 3, 2]), np.array([0, 3, 5]))  # "ab </s>", "a </s>"
    assert evaluated(ids=ids, text=text)["word_perplexity"] == pytest.approx(2 ** (9 / 4))


def test_where_every_token_is_unknown_there_is_no_number_and_a_note():
    found = evaluated(P[:1], Ragged(np.array([1]), np.array([0, 1])))
    assert math.isnan(found["perplexity_without_oov"])
    assert found.notes == ["every token is unknown: there is nothing to compute the perplexity without them from"]


def test_a_probability_of_zero_makes_it_infinite_and_says_so():
    found = evaluated(np.array([0.5, 0.5, 0, 0, 0.5]))
    assert found["perplexity"] == math.inf
    assert found.notes == ["2 tokens have probability 0, so perplexity is infinite: smooth the model"]


@pytest.mark.filterwarnings("error")
def test_a_perplexity_too_great_for_a_number_is_infinite():
    assert language_evaluation(np.full(5, -800.0), IDS, TEXT)["perplexity"] == math.inf


def test_nothing_has_none():
    with pytest.raises(InputError, match="no tokens to evaluate, expected at least one"):
        evaluated(P[:0], Ragged(np.zeros(0, int), np.array([0])))


def test_it_is_written_in_words():
    assert str(evaluated()).splitlines() == [
        "perplexity: 3.48",
        "perplexity without oov: 2.83",
        "sentences: 2",
        "tokens: 5",
        "unknown tokens: 1",
    ]
