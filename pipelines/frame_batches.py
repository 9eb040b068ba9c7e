"""Batches of pieces: rows of 0 and 1, each piece moved up or down by a few semitones, anew each epoch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from ..datasets import Batches, Ragged
from ..datasets.endless import endless

BUCKETS = 4  # lengths of padded pieces; each is compiled by itself


class FrameBatches:
    """Pieces in batches of like length, see `Batches`.

    Args:
        pieces: 0 or 1 for each pitch, (N, P) of all pieces.
        batch_size: pieces of a batch.
        seed: of the order and of what is drawn; None keeps both as they are.
        transpose: the most semitones by which a piece is moved; it is never moved so far that a pitch has no place.
        outside: how many pitches of the pieces have no place; kept for who scores them.

    A batch has frames (B, T, P) of uint8, weight (B, T), 0.0 on padding, and row (B,), the number of the piece or -1.
    """

    def __init__(
        self, pieces: Ragged, batch_size: int, seed: int | None = None, transpose: int = 0, outside: int = 0
    ) -> None:
        self.pieces, self.seed, self.transpose, self.outside = pieces, seed, transpose, outside
        self._batches = Batches({"frames": pieces}, batch_size, buckets=BUCKETS, seed=seed)
        self._rooms = np.array([_room(pieces[row], transpose) for row in range(len(pieces))], np.int64).reshape(-1, 2)
        self.steps = self._batches.steps

    def epoch(self, epoch: int) -> Iterator[dict[str, NDArray[Any]]]:
        """The batches of one epoch."""
        shifts = self.shifts(epoch)
        for batch in self._batches.epoch(epoch):
            frames, rows = batch["frames"], batch["row"]
            moved = [
                np.roll(piece, shifts[row], axis=-1) if row >= 0 else piece
                for piece, row in zip(frames, rows, strict=True)
            ]
            lengths = np.where(rows >= 0, self.pieces.lengths[rows], 0)
            real = np.arange(frames.shape[1]) < lengths[:, None]
            yield {"frames": np.stack(moved), "weight": real.astype(np.float32), "row": rows}

    def shifts(self, epoch: int) -> NDArray[np.int64]:
        """The semitones by which each piece is moved in an epoch, (E,): a function of the seed and the epoch alone."""
        if self.seed is None or not self.transpose:
            return np.zeros(len(self.pieces), np.int64)
        draw = np.random.default_rng([self.seed, epoch, 1])  # 1: apart from the draws of the order
        return draw.integers(self._rooms[:, 0], self._rooms[:, 1], endpoint=True)

    def stream(self) -> tf.data.Dataset:
        """One epoch after another without end."""
        signature = {
            "frames": tf.TensorSpec((None, None, self.pieces.values.shape[1]), tf.uint8),
            "weight": tf.TensorSpec((None, None), tf.float32),
            "row": tf.TensorSpec((None,), tf.int64),
        }
        return endless(self.epoch, signature)


def _room(piece: NDArray[np.uint8], most: int) -> tuple[int, int]:
    """The farthest that a piece (T, P) can be moved down, as a number below 0, and up."""
    places = np.flatnonzero(piece.any(axis=0))
    if not len(places):
        return 0, 0
    return -min(most, int(places[0])), min(most, piece.shape[1] - 1 - int(places[-1]))
