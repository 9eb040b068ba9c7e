"""Rows of different lengths in one flat array; a large one lies in a temporary file instead of memory."""

from __future__ import annotations

import tempfile
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

IN_MEMORY = 1 << 28  # bytes of one column that stay in memory


class Ragged:
    """Row i is `values[splits[i] : splits[i + 1]]`.

    Args:
        values: all rows one after another, (N, ...).
        splits: where each of E rows begins, and N, (E + 1,) of int64.

    Example: `Ragged(np.array([5, 6, 7]), np.array([0, 1, 3]))[1]` is [6, 7].
    """

    def __init__(self, values: NDArray[Any], splits: NDArray[np.int64]) -> None:
        self.values, self.splits = values, splits

    def __len__(self) -> int:
        return len(self.splits) - 1

    def __getitem__(self, row: int) -> NDArray[Any]:
        return self.values[self.splits[row] : self.splits[row + 1]]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """(E,)"""
        return np.diff(self.splits)

    def pad(self, rows: NDArray[np.int64], length: int, padding: int) -> NDArray[Any]:
        """The rows asked for as one array (R, length, ...); row -1 is padding throughout."""
        padded = np.full((len(rows), length, *self.values.shape[1:]), padding, self.values.dtype)
        for place, row in enumerate(rows):
            if row >= 0:
                padded[place, : self.splits[row + 1] - self.splits[row]] = self[row]
        return padded


class RaggedWriter:
    """Collects the rows of a `Ragged` in chunks; from `in_memory` bytes on they go to a temporary file."""

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        self.in_memory = in_memory
        self._chunks: list[NDArray[Any]] = []
        self._lengths: list[NDArray[np.int64]] = [np.zeros(1, np.int64)]
        self._bytes = 0
        self._file: IO[bytes] | None = None

    def append(self, values: NDArray[Any], lengths: NDArray[np.int64]) -> None:
        """Adds len(lengths) rows that stand one after another in `values` (N, ...)."""
        self._lengths.append(lengths)
        self._chunks.append(values)
        self._bytes += values.nbytes
        if self._file is None and self._bytes > self.in_memory:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the array mapped onto it
        if self._file is not None:
            for chunk in self._chunks:
                chunk.tofile(self._file)
            self._chunks = [values[:0]]

    def finish(self) -> Ragged:
        """The rows collected."""
        splits = np.cumsum(np.concatenate(self._lengths))
        if self._file is None:
            return Ragged(np.concatenate(self._chunks) if self._chunks else np.zeros(0, np.int32), splits)
        self._file.flush()
        shape = (int(splits[-1]), *self._chunks[0].shape[1:])
        return Ragged(np.memmap(self._file, self._chunks[0].dtype, "r", shape=shape), splits)
