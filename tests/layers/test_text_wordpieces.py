"""Pieces of words: what is learnt, and that words come back from them."""

import importlib
import unicodedata
from collections import Counter

import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

wordpieces = importlib.import_module("keras_seq.layers.text_wordpieces")

WORDS = Counter("walking walked walker talks talked it's #1 ## ##walked a##b (a) dog! 去郑州".split())
PIECES = wordpieces.learn_pieces(WORDS, 200)
LETTERS = sorted({*"".join(WORDS)})
CUT = tf.function(wordpieces.WordpieceTokenizer(PIECES), input_signature=[tf.RaggedTensorSpec([None, None], tf.string)])


def cut(words):
    """The pieces of each word."""
    return [[piece.decode() for piece in word] for word in CUT(tf.ragged.constant([words])).to_list()[0]]


def by_definition(word):
    """The longest piece that fits, again and again; None where none does."""
    found = []
    while word:
        names = [(word[:n], ("##" if found else "") + word[:n]) for n in range(len(word), 0, -1)]
        fits = [(part, name) for part, name in names if name in PIECES and (found or not part.startswith("##"))]
        if not fits:
            return ["<UNK>"]
        word = word.removeprefix(fits[0][0])
        found.append(fits[0][1])
    return found


@given(st.lists(st.text([*LETTERS, "#", "z"], min_size=1, max_size=9), min_size=1, max_size=20))
@settings(max_examples=50)
def test_the_longest_piece_comes_first(words):
    assert cut(words) == [by_definition(word) for word in words]


@pytest.mark.parametrize("word", ["##walked", "##", "###", "#", "##1", "a##b", "####walked"])
def test_a_word_that_begins_like_what_is_inside_of_one_comes_back(word):
    (first, *rest) = cut([word])[0]
    assert first in PIECES
    assert not first.startswith("##")
    assert first + "".join(piece[2:] for piece in rest) == word


def test_a_word_with_a_letter_that_was_not_seen_is_one_unknown():
    assert cut(["walkz", "walk"])[0] == ["<UNK>"]


def test_every_letter_is_a_piece_where_it_was_seen():
    begins, inside = {word[0] for word in WORDS}, {letter for word in WORDS for letter in word[1:]}
    assert {*begins, *("##" + letter for letter in inside)} <= {*PIECES}


def test_none_has_letters_and_punctuation_in_one():
    kinds = [{unicodedata.category(letter)[0] in "PS" for letter in piece.removeprefix("##")} for piece in PIECES]
    assert all(len(kind) == 1 for kind in kinds)
    assert any(len(piece.removeprefix("##")) > 1 for piece in PIECES)


@pytest.mark.parametrize("most", [30, 60])
def test_there_are_no_more_than_were_asked_for_but_for_letters(most):
    words = Counter({"walking": 9, "walked": 8, "walker": 7, "talked": 6, "talking": 5, "balking": 4})
    letters = sum(len(piece.removeprefix("##")) == 1 for piece in wordpieces.learn_pieces(words, 1))
    assert len(wordpieces.learn_pieces(words, most)) <= max(most, letters)


def test_of_no_words_there_are_none():
    assert wordpieces.learn_pieces(Counter(), 9) == []
