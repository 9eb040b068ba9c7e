"""Counting by sorting, against a Counter of tuples."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_seq.layers import ngram_counts
from keras_seq.layers.ngram_counts import count_ngrams, opening, with_borders

V = 6
CORPORA = st.lists(st.lists(st.integers(1, V - 1).filter(lambda w: w != 2), max_size=6), min_size=1, max_size=8)


def flat(sentences):
    return with_borders([word for sentence in sentences for word in sentence], [len(s) for s in sentences])


def words_of(tables, k):
    """The words of each row of order k, as tuples."""
    rows = [(i,) for i in range(V)]
    for table in tables[1:k]:
        rows = [(*rows[key // V], key % V) for key in table.keys]
    return rows


def naive(sentences, k):
    """n-gram -> how often it occurs."""
    bordered = [(0, *sentence, 2) for sentence in sentences]
    return Counter(s[i : i + k] for s in bordered for i in range(len(s) - k + 1))


@given(CORPORA, st.integers(1, 5))
def test_every_ngram_is_counted_and_no_other(sentences, order):
    tables = count_ngrams(*flat(sentences), order, V)
    assert len(tables) == order
    for k, table in enumerate(tables, 1):
        counted = dict(zip(words_of(tables, k), table.counts.tolist(), strict=True))
        assert {words: n for words, n in counted.items() if n} == naive(sentences, k)


@given(CORPORA, st.integers(2, 5))
def test_rows_are_sorted_and_their_suffix_lacks_the_first_word(sentences, order):
    tables = count_ngrams(*flat(sentences), order, V)
    for k in range(2, order + 1):
        words, below = words_of(tables, k), words_of(tables, k - 1)
        assert words == sorted(set(words))
        assert [below[row] for row in tables[k - 1].suffix] == [row[1:] for row in words]


@given(CORPORA, st.integers(1, 5))
def test_rows_that_begin_with_the_start_stand_first(sentences, order):
    tables = count_ngrams(*flat(sentences), order, V)
    for k, size in enumerate(opening(tables), 1):
        assert [row[0] == 0 for row in words_of(tables, k)] == [i < size for i in range(len(tables[k - 1].keys))]


def test_sentences_get_their_borders():
    tokens, depth = with_borders([3, 4, 5], [2, 0, 1])
    assert tokens.tolist() == [0, 3, 4, 2, 0, 2, 0, 5, 2]
    assert depth.tolist() == [0, 1, 2, 3, 0, 1, 0, 1, 2]


def test_keys_that_leave_no_room_for_their_place_are_sorted_all_the_same():
    keys, at = ngram_counts._sorted(np.array([7, 1 << 61, 7, 5]))
    assert keys.tolist() == [5, 7, 7, 1 << 61]
    assert (at[0], sorted(at[1:3]), at[3]) == (3, [0, 2], 1)


def test_an_order_larger_than_any_sentence_has_an_empty_table():
    tables = count_ngrams(*flat([[3], [4]]), 5, V)
    assert [len(table.keys) for table in tables] == [V, 4, 2, 0, 0]


@pytest.mark.parametrize(
    ("tokens", "depth", "order", "message"),
    [
        ([], [], 2, "count_ngrams: expected at least one token besides <s>, got none"),
        ([0, 0], [0, 0], 2, "count_ngrams: expected at least one token besides <s>, got none"),
        ([0, 3], [0, 1], 0, "count_ngrams: order=0, expected at least 1"),
        ([0, 6], [0, 1], 2, "count_ngrams: ids from 0 to 6, expected 0 to 5"),
        ([-1, 3], [0, 1], 2, "count_ngrams: ids from -1 to 3, expected 0 to 5"),
        ([3, 3], [1, 1], 2, "count_ngrams: depth 1 of token 0, expected 0 to 0"),
        ([0, 3, 0], [0, 1, 2], 2, "count_ngrams: token 2 is <s> at depth 2, expected it at depth 0 alone"),
        ([0, 3], [0], 2, r"count_ngrams: tokens \(2,\) and depth \(1,\), expected \(N,\) and \(N,\)"),
    ],
)
def test_a_mistake_is_one_line(tokens, depth, order, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        count_ngrams(tokens, depth, order, V)


def test_lengths_that_do_not_fit_the_words_are_one_line():
    with pytest.raises(ValueError, match=r"^with_borders: lengths add up to 2, expected 3, that of the words$"):
        with_borders([3, 4, 5], [1, 1])
