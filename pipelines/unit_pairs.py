"""Which pairs of neighbouring units the texts of a training split have, and how often."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..datasets import Ragged

SEEN_TWICE = 2  # a pair that occurs once is an unknown one, so that the unknown one has learnt


def frequent_pairs(ids: Ragged, most: int = 0) -> NDArray[np.int32]:
    """The pairs that occur at least twice, (N, 2), in order.

    Args:
        ids: of texts; at either end of each stands a border, 0.
        most: N at most, the most frequent ones, of equally frequent ones the first in order; 0 is no limit.
    """
    begins = ids.splits + np.arange(len(ids.splits))  # of each text with a border before it, and a last one after all
    padded = np.zeros(begins[-1] + 1, np.int64)
    padded[np.arange(len(ids.values)) + 1 + np.repeat(np.arange(len(ids)), ids.lengths)] = ids.values
    base = int(padded.max(initial=0)) + 1
    keys, counts = np.unique(padded[:-1] * base + padded[1:], return_counts=True)
    keys, counts = keys[counts >= SEEN_TWICE], counts[counts >= SEEN_TWICE]
    keys, counts = keys[keys > 0], counts[keys > 0]  # an empty text is two borders
    if most:
        keys = np.sort(keys[np.argsort(-counts, kind="stable")[:most]])
    return np.stack([keys // base, keys % base], axis=1).astype(np.int32)
