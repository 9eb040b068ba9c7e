"""Relative frequencies, against sums over the sentences."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_seq.layers.ngram_counts import count_ngrams, with_borders
from keras_seq.layers.relative_frequencies import add_delta, maximum_likelihood, stupid_backoff

V = 6
SENTENCES = st.lists(st.lists(st.sampled_from([1, 3, 4]), max_size=6), min_size=1, max_size=6)
QUERIES = st.lists(st.integers(1, V - 1), min_size=1, max_size=6)


def tables_of(sentences, order):
    return count_ngrams(*with_borders([w for s in sentences for w in s], [len(s) for s in sentences]), order, V)


def last(model, ids):
    """p of the last id after those before."""
    return np.exp(model.score(ids, np.arange(len(ids)))[-1])


def counter(sentences):
    """c(n-gram), and c(h) = Σ_w c(hw), as functions of tuples."""
    bordered = [(0, *sentence, 2) for sentence in sentences]

    def count(gram):
        k = len(gram)
        return sum(s[i : i + k] == gram for s in bordered for i in range(1 - (gram[:1] == (0,)), len(s) - k + 1))

    return count, lambda h: sum(count((*h, w)) for w in range(1, V))


def frequency(sentences, history, word, seen, unseen):
    """c(hw) / c(h) where it is not 0; else the weight of what follows h, or of what does not, times that of h'."""
    count, total = counter(sentences)
    if total(history) and count((*history, word)):
        return count((*history, word)) / total(history)
    if not history:
        return 0
    return (seen if total(history) else unseen) * frequency(sentences, history[1:], word, seen, unseen)


@given(SENTENCES, QUERIES, st.integers(1, 4))
def test_maximum_likelihood_is_a_ratio_of_counts(sentences, words, order):
    ids = (0, *words)
    expected = frequency(sentences, ids[:-1][max(0, len(words) - order + 1) :], ids[-1], 0, 1)
    assert last(maximum_likelihood(tables_of(sentences, order)), ids) == pytest.approx(expected)


@given(SENTENCES, QUERIES, st.integers(1, 4))
def test_stupid_backoff_pays_for_each_step(sentences, words, order):
    ids = (0, *words)
    expected = frequency(sentences, ids[:-1][max(0, len(words) - order + 1) :], ids[-1], 0.3, 0.3)
    assert last(stupid_backoff(tables_of(sentences, order), 0.3), ids) == pytest.approx(expected)


@given(SENTENCES, QUERIES, st.integers(1, 4), st.sampled_from([0.01, 1.0, 2.5]))
def test_add_delta_adds_to_the_longest_history_alone(sentences, words, order, delta):
    count, total = counter(sentences)
    ids = (0, *words)
    history = ids[:-1][max(0, len(words) - order + 1) :]
    expected = (count((*history, ids[-1])) + delta) / (total(history) + delta * (V - 1))
    assert last(add_delta(tables_of(sentences, order), delta), ids) == pytest.approx(expected)


def test_the_cat_by_hand():
    # the cat is small; the cat sat: 3 4 5 6, 3 4 7
    tables = count_ngrams(*with_borders([3, 4, 5, 6, 3, 4, 7], [4, 3]), 2, 8)
    model = maximum_likelihood(tables)
    assert [last(model, ids) for ids in ([0, 3], [0, 3, 4], [0, 3, 4, 5], [0, 3, 4, 6])] == [1, 1, 0.5, 0]


@pytest.mark.parametrize(
    ("estimate", "message"),
    [
        (lambda tables: add_delta(tables, 0), "add_delta: delta=0, expected more than 0"),
        (lambda tables: stupid_backoff(tables, -1), "stupid_backoff: alpha=-1, expected more than 0"),
    ],
)
def test_a_constant_that_is_not_positive_is_one_line(estimate, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        estimate(tables_of([[3]], 2))
