"""Which n-grams of neighbouring units texts have, and how often."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from ..datasets import Ragged
from ..layers import UNKNOWN

SEEN_TWICE = 2  # an n-gram that occurs once is an unknown one, so that the unknown one has learnt
BASE = 1 << 32  # above every id and row

Counted = tuple[NDArray[np.int64], NDArray[np.int64]]


def frequent_ngrams(chunks: Callable[[], Iterable[Ragged]], longest: int, most: int = 0) -> list[NDArray[np.int32]]:
    """The n-grams of 2, 3, ... `longest` units that occur at least twice: a table (N, 2) for each length, in order.

    A row says what stands for all units but the last, and the last unit: for pairs that is an id, for longer ones the row, from
    2 on, that they have in the table before. So an n-gram needs its beginning in the table before, and an empty table is the
    last.

    Args:
        chunks: gives ids of texts, some at a time, once for each length; at either end of each text stands a border, 0.
        longest: units of the longest n-grams, at least 2.
        most: N at most, the most frequent ones, of equally frequent ones the first in order; 0 is no limit.
    """
    tables: list[NDArray[np.int32]] = []
    for _ in range(2, longest + 1):
        tables.append(_frequent((_keys(chunk, tables) for chunk in chunks()), most))
        if not len(tables[-1]):
            break
    return tables


def _frequent(several: Iterable[NDArray[np.int64]], most: int) -> NDArray[np.int32]:
    """The pairs of two numbers, a key each, that are there twice."""
    found: Counted = (np.zeros(0, np.int64), np.zeros(0, np.int64))
    waiting: list[Counted] = []
    for each in several:
        waiting.append(np.unique(each, return_counts=True))
        if sum(len(keys) for keys, _ in waiting) > len(found[0]):  # so that each count is merged few times
            found, waiting = _merged([found, *waiting]), []
    keys, counts = _merged([found, *waiting])
    keys, counts = keys[counts >= SEEN_TWICE], counts[counts >= SEEN_TWICE]
    if most:
        keys = np.sort(keys[np.argsort(-counts, kind="stable")[:most]])
    return np.stack([keys // BASE, keys % BASE], axis=1).astype(np.int32)


def _keys(ids: Ragged, tables: Sequence[NDArray[np.int32]]) -> NDArray[np.int64]:
    """Of all n-grams of texts that are one unit longer than those of the last table: row · BASE + the last unit."""
    units = np.zeros(len(ids.values) + len(ids) + 1, np.int64)  # a border before each text, and one after all
    units[np.arange(len(ids.values)) + 1 + np.repeat(np.arange(len(ids)), ids.lengths)] = ids.values
    rows = units
    for n, table in enumerate(tables, 2):
        rows = _rows(rows[:-1] * BASE + units[n - 1 :], table)
    n = len(tables) + 2
    keys = rows[:-1] * BASE + units[n - 1 :]
    if n == 2:
        return keys[keys > 0]  # an empty text is two borders
    return keys[(rows[:-1] > UNKNOWN) & (units[n - 2 : -1] > 0)]  # none goes on after a border


def _rows(keys: NDArray[np.int64], table: NDArray[np.int32]) -> NDArray[np.int64]:
    listed = table[:, 0].astype(np.int64) * BASE + table[:, 1]
    places = np.searchsorted(listed, keys)
    found = np.append(listed, -1)[places] == keys
    return np.where(found, places + UNKNOWN + 1, UNKNOWN)  # as `PairLookup`


def _merged(counted: list[Counted]) -> Counted:
    keys, rows = np.unique(np.concatenate([keys for keys, _ in counted]), return_inverse=True)
    return keys, np.bincount(rows, np.concatenate([counts for _, counts in counted]), len(keys)).astype(np.int64)
