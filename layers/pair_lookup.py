"""Which row of a table a pair of ids has: by bisection, exact, the same on every device."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import ops

from .token_dropout import PADDING, UNKNOWN


class PairLookup:
    """Rows 2, 3, ... for the pairs listed, in order; row 0 for two of padding, row 1 for all others.

    Args:
        pairs: (N, 2) of ids, each pair once.
        name: of the layer that has the table, for errors.

    Raises ValueError for pairs of another shape, or one that stands twice.

    Example: `PairLookup([[3, 4]], "pairs")([3, 4, 0], [4, 3, 0])` is [2, 1, 0].
    """

    def __init__(self, pairs: Any, name: str) -> None:
        given = np.asarray(pairs, np.int32) if len(pairs) else np.zeros((0, 2), np.int32)
        if given.ndim != 2 or given.shape[1] != 2:
            raise ValueError(f"{name}: pairs of shape {given.shape}, expected (N, 2)")
        self.pairs = np.unique(given, axis=0)
        if len(self.pairs) != len(given):
            raise ValueError(f"{name}: {len(given)} pairs, of which {len(self.pairs)} differ, expected each once")
        firsts, counts = np.unique(self.pairs[:, 0], return_counts=True)
        self._seconds = np.append(self.pairs[:, 1], np.int32(-1))  # an end that can be looked at
        self._most = int(counts.max(initial=0))
        self._begins = np.zeros(int(firsts.max(initial=0)) + 3, np.int32)  # where the pairs of each first id begin
        self._begins[firsts + 1] = counts
        self._begins = np.cumsum(self._begins, dtype=np.int32)

    @property
    def rows(self) -> int:
        """How many the table has."""
        return len(self.pairs) + 2

    def __call__(self, firsts: Any, seconds: Any) -> Any:
        """Of ids of any shape, among the pairs that begin alike."""
        begins, listed = ops.convert_to_tensor(self._begins), ops.convert_to_tensor(self._seconds)
        firsts, seconds = ops.cast(firsts, "int32"), ops.cast(seconds, "int32")
        firsts = ops.minimum(firsts, len(self._begins) - 2)  # of ids after the last that begins a pair there are none
        low, end = ops.take(begins, firsts), ops.take(begins, firsts + 1)
        high = end
        for _ in range(self._most.bit_length()):
            middle = (low + high) // 2
            smaller = ops.logical_and(low < high, ops.take(listed, middle) < seconds)
            low, high = ops.where(smaller, middle + 1, low), ops.where(smaller, high, middle)
        found = ops.logical_and(low < end, ops.equal(ops.take(listed, low), seconds))
        none = ops.logical_and(ops.equal(firsts, PADDING), ops.equal(seconds, PADDING))
        return ops.where(none, PADDING, ops.where(found, low + 2, UNKNOWN))
