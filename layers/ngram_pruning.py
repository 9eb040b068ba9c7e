"""Smaller n-gram models: rare n-grams left out, or those whose loss changes the model least (Stolcke, 1998).

The rows that stay keep their probabilities; the backoff weights make each context sum to one again:
backoff(h) = (1 - Σ p(w | h)) / (1 - Σ p(w | h')), both sums over the words with a probability of their own after h.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .backoff_model import BackoffModel, BackoffTable, effective
from .ngram_counts import END, START, NgramTable

NOTHING = 1e-12  # a sum of probabilities that rounding alone may leave


def prune_by_count(model: BackoffModel, tables: Sequence[NgramTable], prune: Sequence[int]) -> BackoffModel:
    """The model without the n-grams of order k that occur `prune[k - 1]` times or less.

    Args:
        model: normalised, and estimated from these tables.
        tables: from `count_ngrams`.
        prune: a threshold for each order; the first is 0, none is less than the one before, the last holds for all higher.

    Raises ValueError for thresholds against that rule, tables of another model, a model that is not normalised.
    """
    _check_normalised("prune_by_count", model)
    if [len(table.keys) for table in tables] != [len(table.keys) for table in model.tables]:
        raise ValueError("prune_by_count: expected the tables that the model was estimated from, got others")
    return BackoffModel(renormalised(selected(model.tables, thresholds(prune, tables))), notes=model.notes)


def prune_by_entropy(model: BackoffModel, threshold: float) -> BackoffModel:
    """The model without the n-grams whose loss, each by itself, raises its perplexity by a factor below 1 + `threshold`.

    An n-gram that begins a longer one which stays, stays too.

    Args:
        model: normalised.
        threshold: 1e-8 removes few n-grams, 1e-6 most of them.

    Raises ValueError for a negative threshold, and for a model that is not normalised.
    """
    _check_normalised("prune_by_entropy", model)
    if not threshold >= 0:
        raise ValueError(f"prune_by_entropy: threshold={threshold}, expected at least 0")
    tables, size = [*model.tables], model.vocabulary_size
    losses = _divergences(model)
    begun, contexts, suffixes = (np.zeros(0, np.int64) for _ in range(3))  # rows of this order, by those above
    kept: list[NDArray[np.bool_]] = []
    for k in range(len(tables) - 1, -1, -1):
        table = tables[k]
        own = (np.expm1(losses[k]) >= threshold) if k else np.ones(size, bool)
        own[begun] = True
        own &= ~np.isnan(table.log_probability)
        there = own.copy()
        there[contexts] = there[suffixes] = True
        begun, contexts = table.keys[own] // size, table.keys[there] // size
        suffixes = table.suffix[there].astype(np.int64)
        tables[k] = table._replace(log_probability=np.where(own, table.log_probability, np.nan))
        kept.insert(0, there)
    return BackoffModel(renormalised(selected(tables, kept)), notes=model.notes)


def thresholds(prune: Sequence[int], tables: Sequence[NgramTable]) -> list[NDArray[np.bool_]]:
    """Which rows of each order occur more often than its threshold; raises ValueError for thresholds against the rule."""
    prune = [*prune]
    if not prune or prune[0] != 0 or prune != sorted(prune):
        raise ValueError(f"prune={prune}, expected a threshold for each order: first 0, none less than the one before")
    limits = [prune[min(k, len(prune) - 1)] for k in range(len(tables))]
    return [(table.counts > limit) | (limit == 0) for table, limit in zip(tables, limits, strict=True)]


def selected(tables: Sequence[BackoffTable], keep: Sequence[NDArray[np.bool_]]) -> list[BackoffTable]:
    """The rows to keep, numbered anew; among them is every row's context and suffix, and all of order 1."""
    if all(rows.all() for rows in keep):
        return [*tables]
    size, found = len(tables[0].keys), [tables[0]]
    below = np.arange(size)  # the new number of each row of the order below
    for table, rows in zip(tables[1:], keep[1:], strict=True):
        keys, suffix = table.keys[rows], table.suffix[rows]
        weights = table.log_backoff[rows] if len(table.log_backoff) else table.log_backoff
        keys = below[keys // size] * size + keys % size
        found.append(BackoffTable(keys, below[suffix].astype(np.int32), table.log_probability[rows], weights))
        below = np.cumsum(rows) - 1
    return found


def renormalised(tables: Sequence[BackoffTable]) -> list[BackoffTable]:
    """The same probabilities, with the backoff weights under which every context sums to one."""
    tables = [*tables]
    for k in range(1, len(tables)):
        left, uncovered = _left(tables, k, effective(tables[:k])[-1])
        with np.errstate(divide="ignore", invalid="ignore"):
            weights = np.log(np.where(left > NOTHING, left, 0)) - np.log(uncovered)
        weights = np.where(uncovered > NOTHING, weights, -np.inf)
        tables[k - 1] = tables[k - 1]._replace(log_backoff=weights)
    return tables


def _left(tables, k, lower):
    """1 - Σ p(w | h) and 1 - Σ p(w | h') over the words with a probability of their own after h, (G,) of order k each.

    lower: log p of each row of order k by its own probability or by backing off.
    """
    table, rows = tables[k], len(tables[k - 1].keys)
    real = ~np.isnan(table.log_probability)
    context = table.keys[real] // len(tables[0].keys)
    sums = table.log_probability[real], lower[table.suffix[real]]
    left, uncovered = (1 - np.bincount(context, np.exp(x), rows) for x in sums)
    return left, uncovered


def _divergences(model):
    """How much each n-gram's loss alone raises the cross-entropy, in nats, (G,) for each order."""
    size, found = model.vocabulary_size, [np.zeros(model.vocabulary_size)]
    logs = effective(model.tables)
    history = np.where(np.arange(size) == START, logs[0][END], logs[0])  # of all words of a row, its last included
    for k in range(1, model.order):
        table, below = model.tables[k], model.tables[k - 1]
        context = table.keys // size
        left, uncovered = (x[context] for x in _left(model.tables, k, logs[k - 1]))
        p, q = table.log_probability, logs[k - 1][table.suffix]
        with np.errstate(divide="ignore", invalid="ignore"):
            weight = np.log(left + np.exp(p)) - np.log(uncovered + np.exp(q))  # of the context without this n-gram
            moved = np.where(left > NOTHING, left * (weight - below.log_backoff[context]), 0)
            loss = -np.exp(history[context]) * (np.exp(p) * (q + weight - p) + moved)
        found.append(np.where(np.isnan(loss), np.inf, loss))  # no number where no other word could take what p had
        history = history[context] + logs[k]
    return found


def _check_normalised(who, model):
    if model.log_missing:
        raise ValueError(f"{who}: log_missing={model.log_missing:g}, expected 0: the model must be normalised")
