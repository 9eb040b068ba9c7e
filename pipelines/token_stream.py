"""One long stream of tokens as rows side by side: cut into windows to learn from, or with overlaps to score."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from ..datasets.endless import endless


class TokenStream:
    """Windows of a stream for truncated back-propagation: row b of a window goes on where row b of the one before it ended.

    Args:
        tokens: the classes of the whole text, (N,) of int.
        rows: B, how many parts of the text are read side by side; of a short text the last ones stay empty.
        steps: T.
        first: the class that stands before the first token.
        seed: each epoch's cuts lie elsewhere, by (seed, epoch): no token of N is always the first of its window.

    A batch has inputs and targets (B, T), targets -1 behind the end of a row, and new (), 1.0 at the epoch's first one. The
    cuts move because the first window begins up to T-1 tokens before its row, with the text that stands there and targets of
    -1. Filled with one token instead, that place teaches a network a state that no real text begins with.
    """

    def __init__(self, tokens: NDArray[np.int32], rows: int, steps: int, first: int, seed: int = 0) -> None:
        self.tokens = np.asarray(tokens, np.int32)
        self.rows, self.window, self.first, self.seed = rows, steps, first, seed
        self.length = -(-len(tokens) // rows)  # of a row
        self.steps = 1 + -(-(self.length - 1) // steps) if self.length > 1 else 1

    def epoch(self, epoch: int) -> Iterator[dict[str, Any]]:
        """The windows of one epoch."""
        begin = int(np.random.default_rng([self.seed, epoch]).integers(self.window))
        count, row_starts = len(self.tokens), np.arange(self.rows)[:, None] * self.length
        for step in range(self.steps):
            column = np.arange(self.window) + step * self.window - begin
            places = row_starts + column
            counted = (column >= 0) & (column < self.length) & (places < count)
            yield {
                "inputs": np.where(places == 0, self.first, self.tokens[(places - 1) % count]),
                "targets": np.where(counted, self.tokens[places % count], -1),
                "new": np.float32(step == 0),
            }

    def dataset(self) -> tf.data.Dataset:
        """One epoch after another without end."""
        rows = tf.TensorSpec((self.rows, self.window), tf.int32)
        signature = {"inputs": rows, "targets": rows, "new": tf.TensorSpec((), tf.float32)}
        return endless(self.epoch, signature)


class OverlappingRows(NamedTuple):
    """A stream of N tokens as rows (R, W + L), each after the last W tokens before it, whose targets are -1."""

    inputs: NDArray[np.int32]
    targets: NDArray[np.int32]
    warm: int
    real: int  # N

    def in_order(self, values: NDArray) -> NDArray:
        """The values (R, W + L) of the tokens in their order, (N,)."""
        return values[:, self.warm :].reshape(-1)[: self.real]


def overlapping_rows(tokens: NDArray[np.int32], rows: int, warm: int, first: int) -> OverlappingRows:
    """Cuts a stream so that its parts can be scored side by side almost as if it were read from its beginning.

    Args:
        tokens: (N,) of int.
        rows: R at most; a short stream has fewer, so that no row is shorter than its warming up.
        warm: W.
        first: the class that stands before the first token.

    The first row has nothing before it: its state begins behind the warming up.
    """
    count = len(tokens)
    rows = max(1, min(rows, count // (4 * warm)))
    length = -(-count // rows)
    length += -length % warm
    places = np.arange(rows)[:, None] * length + np.arange(-warm, length)
    real = (places >= 0) & (places < count)
    targets = np.where(real & (np.arange(-warm, length) >= 0), tokens[np.clip(places, 0, count - 1)], -1)
    inputs = np.where(real & (places > 0), tokens[np.clip(places - 1, 0, count - 1)], first)
    return OverlappingRows(inputs.astype(np.int32), targets.astype(np.int32), warm, count)
