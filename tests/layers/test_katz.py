"""Katz backoff, against its definition, and Good-Turing by hand."""

import logging
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_seq.layers.katz import discounted, katz
from keras_seq.layers.ngram_counts import count_ngrams, with_borders

V = 6
CORPORA = st.lists(st.lists(st.sampled_from([1, 3, 4]), max_size=8), min_size=1, max_size=8)
QUERIES = st.lists(st.integers(1, V - 1), min_size=1, max_size=6)
RNG = np.random.default_rng(0)
RANKS = np.arange(3, 700)
# Words by Zipf's law: every order has n-grams seen once, twice, ... five times, ever fewer of them.
ZIPF = [RNG.choice(RANKS, RNG.integers(1, 9), p=RANKS**-1.2 / (RANKS**-1.2).sum()).tolist() for _ in range(200)]


def tables_of(sentences, order, size=V):
    return count_ngrams(*with_borders([w for s in sentences for w in s], [len(s) for s in sentences]), order, size)


def definition(sentences, order, size):
    """p(w | h) as a recursive function of tuples."""
    bordered = [(0, *sentence, 2) for sentence in sentences]
    counts = {k: Counter(s[i : i + k] for s in bordered for i in range(len(s) - k + 1)) for k in range(1, order + 1)}
    del counts[1][(0,)]
    factors = {k: factors_of(Counter(counts[k].values())) for k in counts}

    def p(word, history):
        if len(history) == 0:
            lower = dict.fromkeys(range(1, size), 1 / (size - 1))
        else:
            lower = {w: p(w, history[1:]) for w in range(1, size)}
        k = len(history) + 1
        after = {gram[-1]: n for gram, n in counts[k].items() if gram[:-1] == history}
        if not after:
            return lower[word]
        kept = {w: factors[k](n) * n for w, n in after.items()}
        total = sum(after.values()) + all(kept[w] == after[w] for w in after)
        if len(after) == size - 1:
            return kept[word] / sum(kept.values())
        left = 1 - sum(kept.values()) / total
        unseen = sum(lower[w] for w in lower if w not in after)
        return kept[word] / total if word in after else left * lower[word] / unseen

    return p


def factors_of(n):
    """d(r) of an order with n[r] n-grams that are seen r times."""
    if all(n[r] for r in range(1, 6)):
        m = 6 * n[6] / n[1]
        d = {r: ((r + 1) * n[r + 1] / n[r] / r - m) / (1 - m) for r in range(1, 6)} if m != 1 else {1: 0}
        if m < 1 and all(0 < x < 1 for x in d.values()):
            return lambda r: d.get(r, 1)
    taken = n[1] / (n[1] + 2 * n[2]) if n[1] and n[2] else 0.5
    return lambda r: (r - taken) / r


@given(CORPORA, QUERIES, st.integers(1, 3))
def test_small_corpora_follow_the_definition(sentences, words, order):
    ids = (0, *words)
    expected = definition(sentences, order, V)(ids[-1], ids[:-1][max(0, len(words) - order + 1) :])
    p = np.exp(katz(tables_of(sentences, order)).score(ids, np.arange(len(ids)))[-1])
    assert p == pytest.approx(expected)


def test_a_corpus_with_good_turing_discounts_follows_the_definition():
    model, expected = katz(tables_of(ZIPF, 2, 700)), definition(ZIPF, 2, 700)
    assert model.notes == ()
    for ids in [(0, 3), (0, 3, 3), (0, 3, 699), (0, 7, 4), (0, 9, 2)]:
        p = np.exp(model.score(ids, np.arange(len(ids)))[-1])
        assert p == pytest.approx(expected(ids[-1], ids[:-1][-1:]))


def test_good_turing_by_hand():
    # n = 60, 24, 12, 7, 4, 2: m = 6 * 2 / 60 = 0.2; 1* = 2 * 24 / 60 = 0.8
    kept, defined = discounted(np.repeat([1, 2, 3, 4, 5, 6, 50], [60, 24, 12, 7, 4, 2, 1]))
    assert defined
    assert kept[0] == pytest.approx((0.8 - 0.2) / 0.8)
    assert kept[60] == pytest.approx(2 * (3 * 12 / 24 / 2 - 0.2) / 0.8)
    assert kept[-1] == 50
    # What is saved is what Good-Turing gives to the n-grams never seen: n(1).
    assert (np.repeat([1, 2, 3, 4, 5, 6, 50], [60, 24, 12, 7, 4, 2, 1]) - kept).sum() == pytest.approx(60)


def test_counts_that_define_no_discounts_are_told(caplog):
    with caplog.at_level(logging.WARNING):
        notes = katz(tables_of([[3]], 1)).notes
    assert notes == ("Katz: the counts of order 1 define no Good-Turing discounts, absolute ones are taken instead",)
    assert [record.getMessage() for record in caplog.records] == list(notes)
