"""Backoff: the one form of every n-gram model (Katz, 1987), whichever way its numbers were estimated.

log p(w | h) = log p(hw)                        where the n-gram hw has a probability,
               log backoff(h) + log p(w | h')   elsewhere; h' is h without its first word.

An interpolated model is a backoff model whose probabilities have the lower orders added in. A row of a table may lack a
probability (NaN) and be there as a context only. Every row's context and suffix are rows too.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .ngram_counts import START, checked_tokens

BLOCK = 1 << 22  # log-probabilities that `next` gathers at once


class BackoffTable(NamedTuple):
    """The n-grams of one order, G rows; those of order 1 are all V ids.

    keys, suffix: as in `NgramTable`.
    log_probability: natural logarithm, (G,) of float64; NaN for a row that is a context only.
    log_backoff: added where a longer n-gram is not found, (G,) of float64; empty for the highest order.
    """

    keys: NDArray[np.int64]
    suffix: NDArray[np.int32]
    log_probability: NDArray[np.float64]
    log_backoff: NDArray[np.float64]


class BackoffModel:
    """An n-gram model: log-probabilities by binary search, all tokens at once.

    Args:
        tables: one for each order from 1.
        log_missing: what backing off from a context that is not there adds; 0 but for stupid backoff.
        notes: what the estimator had to do otherwise than its paper says, a line each.

    Raises ValueError for arrays whose sizes do not fit, or that refer to rows that are not there.

    Example:
        tokens, depth = with_borders([3, 4, 3], [2, 1])
        kneser_ney(count_ngrams(tokens, depth, 2, 5)).score(tokens, depth)  # (7,)
    """

    def __init__(self, tables: Sequence[BackoffTable], log_missing: float = 0.0, notes: Sequence[str] = ()):
        self.tables = tuple(tables)
        self.log_missing = float(log_missing)
        self.notes = tuple(notes)
        self.vocabulary_size = len(self.tables[0].keys) if self.tables else 0
        _check(self.tables)

    @property
    def order(self) -> int:
        """n, the length of the longest n-grams."""
        return len(self.tables)

    @property
    def rows(self) -> tuple[int, ...]:
        """How many rows the table of each order has."""
        return tuple(len(table.keys) for table in self.tables)

    @property
    def types(self) -> tuple[int, ...]:
        """How many n-grams of each order have a probability."""
        return tuple(int(np.count_nonzero(~np.isnan(table.log_probability))) for table in self.tables)

    @property
    def bytes(self) -> int:
        """Of all arrays together."""
        return sum(array.nbytes for table in self.tables for array in table)

    def score(self, tokens: ArrayLike, depth: ArrayLike) -> NDArray[np.float64]:
        """log p of each token given those before it in its sentence, n - 1 at most, (N,); 0 for <s>, which is given.

        Args:
            tokens: the ids of all sentences, one after another, (N,) of int.
            depth: how many tokens stand before each in its sentence, (N,) of int.
        """
        tokens, depth = checked_tokens("score", tokens, depth, self.vocabulary_size)
        total = self.tables[0].log_probability[tokens]
        found = self._rows(tokens, depth)
        for k, (below, table) in enumerate(pairwise(self.tables), 1):
            if self.log_missing:
                total[depth >= k] += self.log_missing
            places = np.flatnonzero((depth >= k) & (_before(found[k - 1]) >= 0))
            weights = below.log_backoff[found[k - 1][places - 1]] - self.log_missing
            rows = found[k][places]
            own = np.where(rows >= 0, table.log_probability[rows], np.nan) if len(table.keys) else np.nan
            total[places] = np.where(np.isnan(own), total[places] + weights, own)
        return np.where(tokens == START, 0.0, total)

    def matched(self, tokens: ArrayLike, depth: ArrayLike) -> NDArray[np.int64]:
        """The order of the longest n-gram that ends at each token and has a probability, (N,); arguments as for `score`."""
        tokens, depth = checked_tokens("matched", tokens, depth, self.vocabulary_size)
        orders = np.ones(len(tokens), np.int64)
        for k, (table, rows) in enumerate(zip(self.tables, self._rows(tokens, depth), strict=True), 1):
            places = np.flatnonzero(rows >= 0)
            orders[places[~np.isnan(table.log_probability[rows[places]])]] = k
        return orders

    def next(self, contexts: ArrayLike) -> NDArray[np.float64]:
        """log p of every id after each context, (B, V); -inf for <s>.

        Args:
            contexts: the ids before, the last one on the right, (B, C) of int with any C. What stands before the last <s>
                of a row is not read, so that shorter contexts may be padded with 0 on their left.
        """
        contexts = np.asarray(contexts, np.int64)
        if contexts.ndim != 2:
            raise ValueError(f"next: contexts of shape {contexts.shape}, expected (B, C)")
        contexts = contexts[:, max(0, contexts.shape[1] - self.order + 1) :]
        step = max(1, BLOCK // self.vocabulary_size)
        blocks = [self._next(contexts[start : start + step]) for start in range(0, len(contexts), step)]
        return np.concatenate(blocks) if blocks else np.zeros((0, self.vocabulary_size))

    def _next(self, contexts):
        (size, width), place = contexts.shape, np.arange(contexts.shape[1])
        started = np.maximum.accumulate(np.where(contexts == START, place, 0), axis=1)
        depth = place - started
        tokens, depths = checked_tokens("next", contexts.ravel(), depth.ravel(), self.vocabulary_size)
        found = self._rows(tokens, depths)
        total = np.tile(self.tables[0].log_probability, (size, 1))
        for k in range(1, min(width, self.order - 1) + 1):
            rows = found[k - 1].reshape(size, width)[:, -1]
            there = rows >= 0
            weights = np.full(size, self.log_missing)
            weights[there] = self.tables[k - 1].log_backoff[rows[there]]
            total += np.where(depth[:, -1] >= k - 1, weights, 0)[:, None]
            total = self._with_own(total, self.tables[k], rows, np.flatnonzero(there))
        return total

    def _with_own(self, total, table, rows, places):
        """`total`, where the n-grams that continue the contexts `rows[places]` have a probability of their own, with it."""
        first, last = (np.searchsorted(table.keys, (rows[places] + i) * self.vocabulary_size) for i in (0, 1))
        counts = last - first
        at = np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        own = table.log_probability[at]
        real = ~np.isnan(own)
        total[np.repeat(places, counts)[real], (table.keys[at] % self.vocabulary_size)[real]] = own[real]
        return total

    def _rows(self, tokens, depth):
        """For each order, the row of the n-gram that ends at each token, (N,) of int64; -1 where there is none."""
        found = [tokens]
        for k, table in enumerate(self.tables[1:], 1):
            context = _before(found[-1])
            places = np.flatnonzero((depth >= k) & (context >= 0))
            rows = np.full(len(tokens), -1)
            rows[places] = find(table.keys, context[places] * self.vocabulary_size + tokens[places])
            found.append(rows)
        return found


def find(keys: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each wanted key stands in the rising `keys`, -1 where it does not, (M,)."""
    if not len(keys):
        return np.full(len(wanted), -1)
    order = np.argsort(wanted)  # searching in order touches neighbouring memory: several times faster
    wanted = wanted[order]
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    found = np.empty(len(wanted), np.int64)
    found[order] = np.where(keys[at] == wanted, at, -1)
    return found


def effective(tables: Sequence[BackoffTable]) -> list[NDArray[np.float64]]:
    """log p of the last word of every row given the others, by its own probability or by backing off, (G,) per order."""
    found = [tables[0].log_probability]
    for below, table in pairwise(tables):
        backed = below.log_backoff[table.keys // len(tables[0].keys)] + found[-1][table.suffix]
        found.append(np.where(np.isnan(table.log_probability), backed, table.log_probability))
    return found


def _before(rows):
    """What stands one place to the left, (N,); -1 for the first."""
    return np.concatenate([np.full(1, -1), rows[:-1]]) if len(rows) else rows


def _check(tables):
    if not tables or not len(tables[0].keys):
        raise ValueError("BackoffModel: expected a table of order 1 with every id, got none")
    size, rows = len(tables[0].keys), 1
    for k, (keys, suffix, log_probability, log_backoff) in enumerate(tables, 1):
        weights = 0 if k == len(tables) else len(keys)
        lengths = (len(suffix), len(log_probability), len(log_backoff))
        if lengths != (len(keys), len(keys), weights):
            raise ValueError(
                f"BackoffModel: order {k} has {len(keys)} keys and {lengths} suffixes, probabilities and backoffs, "
                f"expected {(len(keys), len(keys), weights)}"
            )
        outside = len(keys) and not (
            keys[0] >= 0 and keys[-1] < rows * size and 0 <= suffix.min() <= suffix.max() < rows
        )
        if outside or np.any(np.diff(keys) <= 0):
            raise ValueError(f"BackoffModel: order {k} has keys or suffixes that no row of order {k - 1} explains")
        rows = len(keys)
    if np.isnan(tables[0].log_probability).any():
        raise ValueError("BackoffModel: an id has no probability, expected one for each row of order 1")
