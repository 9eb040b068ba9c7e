"""Pruned models: what stays, that they sum to one, and Stolcke's criterion by enumeration."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_seq.layers.backoff_model import BackoffModel
from keras_seq.layers.ngram_counts import count_ngrams, with_borders
from keras_seq.layers.ngram_estimators import ESTIMATORS
from keras_seq.layers.ngram_pruning import prune_by_count, prune_by_entropy, renormalised

V = 5
CORPORA = st.lists(st.lists(st.sampled_from([1, 3, 4]), max_size=8), min_size=1, max_size=8)
NORMALISED = [name for name in ESTIMATORS if name != "stupid-backoff"]
SMOOTHED = ["katz", "witten-bell", "kneser-ney"]


def tables_of(sentences, order):
    return count_ngrams(*with_borders([w for s in sentences for w in s], [len(s) for s in sentences]), order, V)


def grams(model):
    """n-gram -> p, for each with a probability of its own."""
    words, found = [(i,) for i in range(V)], {}
    for k, table in enumerate(model.tables):
        words = [(*words[key // V], key % V) for key in table.keys] if k else words
        found |= {gram: p for gram, p in zip(words, np.exp(table.log_probability), strict=True) if not np.isnan(p)}
    return found


def every_context(longest):
    contexts = itertools.chain.from_iterable(itertools.product(range(V), repeat=n) for n in range(longest + 1))
    return [context for context in contexts if 0 not in context[1:]]


def check_sums(model):
    for context in every_context(model.order):
        assert np.exp(model.next([context])).sum() == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("name", NORMALISED)
@given(CORPORA, st.integers(1, 3), st.sampled_from([(0,), (0, 1), (0, 0, 2), (0, 1, 1)]))
def test_a_model_pruned_by_count_sums_to_one(name, sentences, order, prune):
    tables = tables_of(sentences, order)
    check_sums(prune_by_count(ESTIMATORS[name](tables), tables, prune))


@pytest.mark.parametrize("name", NORMALISED)
@given(CORPORA, st.integers(1, 4), st.sampled_from([1e-4, 1e-2, 0.1, 1e9]))
def test_a_model_pruned_by_entropy_sums_to_one(name, sentences, order, threshold):
    check_sums(prune_by_entropy(ESTIMATORS[name](tables_of(sentences, order)), threshold))


@given(CORPORA)
def test_what_stays_keeps_its_probability(sentences):
    tables = tables_of(sentences, 3)
    model = ESTIMATORS["kneser-ney"](tables)
    kept = grams(prune_by_count(model, tables, (0, 1)))
    often = {k: table.counts > 1 for k, table in enumerate(tables, 1)}
    assert [sum(len(gram) == k for gram in kept) for k in (2, 3)] == [np.count_nonzero(often[k]) for k in (2, 3)]
    assert all(p == pytest.approx(grams(model)[gram]) for gram, p in kept.items())


def without(model, gram):
    """The model after the loss of one n-gram, its context summing to one again."""
    k, row = len(gram), [*grams_of_order(model, len(gram))].index(gram)
    tables = list(model.tables)
    logs = tables[k - 1].log_probability.copy()
    logs[row] = np.nan
    tables[k - 1] = tables[k - 1]._replace(log_probability=logs)
    fresh = renormalised(tables[:k])[k - 2].log_backoff
    context = tables[k - 1].keys[row] // V
    weights = tables[k - 2].log_backoff.copy()
    weights[context] = fresh[context]
    tables[k - 2] = tables[k - 2]._replace(log_backoff=weights)
    return BackoffModel(tables)


def grams_of_order(model, k):
    words = [(i,) for i in range(V)]
    for table in model.tables[1:k]:
        words = [(*words[key // V], key % V) for key in table.keys]
    return words


def divergence(model, gram):
    """P(h) Σ_w p(w | h) log (p(w | h) / p'(w | h)), p' being the model after the loss of `gram`."""
    history = gram[:-1]
    chain = np.exp(model.score(history, np.arange(len(history))))
    first = 2 if history[0] == 0 else history[0]  # a sentence begins as often as one ends
    start = np.exp(model.tables[0].log_probability[first])
    p, q = (x.next([history])[0] for x in (model, without(model, gram)))
    some = p > -np.inf
    return start * math.prod(chain[1:]) * np.sum(np.exp(p[some]) * (p[some] - q[some]))


@pytest.mark.parametrize("name", SMOOTHED)
@given(CORPORA, st.sampled_from([1e-4, 1e-3, 1e-2, 0.1]))
def test_stolckes_criterion_by_enumeration(name, sentences, threshold):
    model = ESTIMATORS[name](tables_of(sentences, 3))
    kept = set()
    for gram in sorted(grams(model), key=len, reverse=True):
        loss = math.expm1(divergence(model, gram)) if len(gram) > 1 else math.inf
        if abs(loss - threshold) < 1e-9:
            return  # too near to tell
        begun = any(longer[:-1] == gram for longer in kept)
        if len(gram) == 1 or loss >= threshold or begun:
            kept.add(gram)
    assert set(grams(prune_by_entropy(model, threshold))) == kept


def test_nothing_is_lost_at_a_threshold_of_zero_and_all_at_a_high_one():
    model = ESTIMATORS["kneser-ney"](tables_of([[3, 4, 3], [4, 3, 1], [3, 3]], 3))
    assert prune_by_entropy(model, 1e9).types == (V, 0, 0)
    assert prune_by_entropy(model, 0).types[0] == V


@pytest.mark.parametrize(
    ("prune", "message"),
    [
        (lambda m, t: prune_by_entropy(m, -1), "prune_by_entropy: threshold=-1, expected at least 0"),
        (lambda m, t: prune_by_entropy(m, math.nan), "prune_by_entropy: threshold=nan, expected at least 0"),
        (
            lambda m, t: prune_by_count(m, t[:1], (0,)),
            "prune_by_count: expected the tables that the model was estimated from, got others",
        ),
        (
            lambda m, t: prune_by_entropy(ESTIMATORS["stupid-backoff"](t), 0.1),
            "prune_by_entropy: log_missing=-0.916291, expected 0: the model must be normalised",
        ),
    ],
)
def test_a_mistake_is_one_line(prune, message):
    tables = tables_of([[3]], 2)
    with pytest.raises(ValueError, match=f"^{message}$"):
        prune(ESTIMATORS["kneser-ney"](tables), tables)
