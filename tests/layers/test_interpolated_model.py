"""Witten-Bell, against its definition."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_seq.layers.interpolated_model import witten_bell
from keras_seq.layers.ngram_counts import count_ngrams, with_borders

V = 6
CORPORA = st.lists(st.lists(st.sampled_from([1, 3, 4]), max_size=8), min_size=1, max_size=8)
QUERIES = st.lists(st.integers(1, V - 1), min_size=1, max_size=6)


def definition(sentences, word, history):
    """p(w | h) from sums over the sentences."""
    bordered = [(0, *sentence, 2) for sentence in sentences]
    k = len(history) + 1
    grams = [s[i : i + k] for s in bordered for i in range(not history, len(s) - k + 1)]
    after = Counter(gram[-1] for gram in grams if gram[:-1] == history)
    lower = definition(sentences, word, history[1:]) if history else 1 / (V - 1)
    total, types = sum(after.values()), len(after)
    return (after[word] + types * lower) / (total + types) if total else lower


@given(CORPORA, QUERIES, st.integers(1, 4))
def test_small_corpora_follow_the_definition(sentences, words, order):
    ids = (0, *words)
    tables = count_ngrams(*with_borders([w for s in sentences for w in s], [len(s) for s in sentences]), order, V)
    p = np.exp(witten_bell(tables).score(ids, np.arange(len(ids)))[-1])
    assert p == pytest.approx(definition(sentences, ids[-1], ids[:-1][max(0, len(words) - order + 1) :]))
