"""Kneser-Ney, against its definition over sets of n-grams."""

import logging
from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_seq.layers.kneser_ney import discounts, kneser_ney
from keras_seq.layers.ngram_counts import count_ngrams, with_borders

V = 6
CORPORA = st.lists(st.lists(st.sampled_from([1, 3, 4]), max_size=8), min_size=1, max_size=8)
QUERIES = st.lists(st.integers(1, V - 1), min_size=1, max_size=6)
RNG = np.random.default_rng(4)
RANKS = np.arange(3, 100)
# Words by Zipf's law: every order has n-grams seen once, twice, three and four times.
ZIPF = [RNG.choice(RANKS, RNG.integers(1, 9), p=1 / RANKS / (1 / RANKS).sum()).tolist() for _ in range(150)]


def tables_of(sentences, order, size=V):
    return count_ngrams(*with_borders([w for s in sentences for w in s], [len(s) for s in sentences]), order, size)


def last(model, ids):
    """p of the last id after those before."""
    return np.exp(model.score(ids, np.arange(len(ids)))[-1])


def definition(sentences, order, size, modified=True, prune=()):
    """p(w | h) as a recursive function of tuples, straight from the equations."""
    bordered = [(0, *sentence, 2) for sentence in sentences]
    counts = {k: Counter(s[i : i + k] for s in bordered for i in range(len(s) - k + 1)) for k in range(1, order + 2)}

    def adjusted(gram):
        if len(gram) == order or gram[0] == 0:
            return counts[len(gram)][gram] if gram != (0,) else 0
        return len({longer[0] for longer in counts[len(gram) + 1] if longer[1:] == gram})

    a = {k: {gram: adjusted(gram) for gram in counts[k]} for k in range(1, order + 1)}

    def discount(k):
        n = Counter(a[k].values())
        if not a[k]:
            return [0] * 4
        if all(n[i] for i in ((1, 2, 3) if modified else (1,))):
            y = n[1] / (n[1] + 2 * n[2])
            d = [0, *(i - (i + 1) * y * n[i + 1] / n[i] for i in (1, 2, 3))] if modified else [0, y, y, y]
            if all(0 <= d[i] <= i for i in (1, 2, 3)):
                return d
        return [0, 0.5, 1, 1.5] if modified else [0, 0.5, 0.5, 0.5]

    d = {k: discount(k) for k in range(1, order + 1)}

    def p(word, history):
        k = len(history) + 1
        lower = p(word, history[1:]) if history else 1 / (size - 1)
        after = {gram: n for gram, n in a[k].items() if gram[:-1] == history}
        total = sum(after.values())
        if not total:
            return lower
        limit = prune[min(k, len(prune)) - 1] if prune and k > 1 else 0
        kept = {gram: n for gram, n in after.items() if counts[k][gram] > limit}
        spared = sum(d[k][min(n, 3)] for n in kept.values()) + total - sum(kept.values())
        n = kept.get((*history, word), 0)
        return (n - d[k][min(n, 3)] + spared * lower) / total

    return SimpleNamespace(p=p, d=d)


@given(CORPORA, QUERIES, st.integers(1, 4), st.booleans())
def test_small_corpora_follow_the_definition(sentences, words, order, modified):
    ids = (0, *words)
    p = definition(sentences, order, V, modified).p(ids[-1], ids[:-1][max(0, len(words) - order + 1) :])
    assert last(kneser_ney(tables_of(sentences, order), modified), ids) == pytest.approx(p)


@given(CORPORA, QUERIES, st.sampled_from([(0, 1), (0, 0, 1), (0, 1, 2)]))
def test_pruned_models_follow_the_definition(sentences, words, prune):
    ids = (0, *words)
    p = definition(sentences, 3, V, prune=prune).p(ids[-1], ids[:-1][max(0, len(words) - 2) :])
    assert last(kneser_ney(tables_of(sentences, 3), prune=prune), ids) == pytest.approx(p)


@pytest.mark.parametrize("modified", [True, False])
def test_a_corpus_that_defines_its_discounts_follows_the_definition(modified, caplog):
    model, expected = kneser_ney(tables_of(ZIPF, 3, 100), modified), definition(ZIPF, 3, 100, modified)
    assert (model.notes, caplog.records) == ((), [])
    for ids in [(0, 3), (0, 3, 3), (0, 3, 4, 3), (0, 99, 3), (0, 3, 3, 2), (0, 5, 98, 97)]:
        assert last(model, ids) == pytest.approx(expected.p(ids[-1], ids[:-1][-2:]))


def test_pruning_leaves_out_what_is_rare():
    tables = tables_of(ZIPF, 3, 100)
    kept = kneser_ney(tables, prune=(0, 1, 2)).types
    assert kept == (100, np.count_nonzero(tables[1].counts > 1), np.count_nonzero(tables[2].counts > 2))


def test_discounts_by_hand():
    a = np.repeat([1, 2, 3, 4, 9], [40, 10, 5, 3, 7])  # Y = 40 / 60
    d, defined = discounts(a, modified=True)
    assert defined
    assert d.tolist() == pytest.approx([0, 1 - 2 * 2 / 3 * 10 / 40, 2 - 3 * 2 / 3 * 5 / 10, 3 - 4 * 2 / 3 * 3 / 5])
    assert discounts(a, modified=False)[0].tolist() == pytest.approx([0, 2 / 3, 2 / 3, 2 / 3])


def test_counts_that_define_no_discounts_are_told(caplog):
    with caplog.at_level(logging.WARNING):
        model = kneser_ney(tables_of([[3]], 2))
    expected = "Kneser-Ney: the counts of order 1 define no discounts, [0.5, 1.0, 1.5] are taken instead"
    assert model.notes[0] == expected
    assert [record.getMessage() for record in caplog.records] == list(model.notes)


def test_a_word_never_seen_has_what_the_unigrams_spare():
    # a of </s>, 3 and 4 is 1, so n2 = 0 and D(1) = 0.5: γ = 1.5 / 3, shared by V - 1 words
    assert last(kneser_ney(tables_of([[3, 4]], 2)), [0, 5]) == pytest.approx(0.5 * 0.5 / (V - 1))


@pytest.mark.parametrize("prune", [(), (1,), (0, 2, 1)])
def test_thresholds_against_the_rule_are_one_line(prune):
    with pytest.raises(ValueError, match=r"^prune=\[.*\], expected a threshold for each order: first 0, none less .*$"):
        kneser_ney(tables_of([[3]], 2), prune=prune)
