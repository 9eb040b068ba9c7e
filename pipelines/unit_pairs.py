"""Which pairs of neighbouring units texts have, and how often."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ..datasets import Ragged

SEEN_TWICE = 2  # a pair that occurs once is an unknown one, so that the unknown one has learnt
BASE = 1 << 32  # above every id

Counted = tuple[NDArray[np.int64], NDArray[np.int64]]


def frequent_pairs(chunks: Iterable[Ragged], most: int = 0) -> NDArray[np.int32]:
    """The pairs that occur at least twice, (N, 2), in order.

    Args:
        chunks: ids of texts, some at a time; at either end of each text stands a border, 0.
        most: N at most, the most frequent ones, of equally frequent ones the first in order; 0 is no limit.
    """
    found: Counted = (np.zeros(0, np.int64), np.zeros(0, np.int64))
    waiting: list[Counted] = []
    for chunk in chunks:
        waiting.append(_pairs(chunk))
        if sum(len(keys) for keys, _ in waiting) > len(found[0]):  # so that each count is merged few times
            found, waiting = _merged([found, *waiting]), []
    keys, counts = _merged([found, *waiting])
    kept = (counts >= SEEN_TWICE) & (keys > 0)  # an empty text is two borders
    keys, counts = keys[kept], counts[kept]
    if most:
        keys = np.sort(keys[np.argsort(-counts, kind="stable")[:most]])
    return np.stack([keys // BASE, keys % BASE], axis=1).astype(np.int32)


def _pairs(ids: Ragged) -> Counted:
    """The pairs of texts as one number each, in order, and how often they stand there."""
    padded = np.zeros(len(ids.values) + len(ids) + 1, np.int64)  # a border before each text, and one after all
    padded[np.arange(len(ids.values)) + 1 + np.repeat(np.arange(len(ids)), ids.lengths)] = ids.values
    return np.unique(padded[:-1] * BASE + padded[1:], return_counts=True)


def _merged(counted: list[Counted]) -> Counted:
    keys, rows = np.unique(np.concatenate([keys for keys, _ in counted]), return_inverse=True)
    return keys, np.bincount(rows, np.concatenate([counts for _, counts in counted]), len(keys)).astype(np.int64)
