"""Batches of examples of like length, in few shapes, as a `tf.data.Dataset`.

Every batch has the length of its bucket and a fixed number of rows: where a bucket runs out, rows of padding with weight 0
fill its last batch. So XLA compiles once per bucket and no example is lost, in training or in evaluation.

Cost: at most `buckets` + log2(the greatest length) shapes, and at most 2 * WASTE cells for each token (an
example without tokens counts as one), whatever the lengths.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from .endless import endless
from .ragged import Ragged

WASTE = 3  # cells for each token beyond which a bucket is cut in two; usual corpora stay below
LONG = 512  # tokens; a batch of longer rows has fewer of them


class Plan(NamedTuple):
    """One batch: its padded length, the rows (R,) of int64, -1 for padding, and the length of each ragged column."""

    length: int
    rows: NDArray[np.int64]
    lengths: Mapping[str, int]


class Batches:
    """Columns of one split, cut into batches.

    Args:
        columns: name -> `Ragged` (a value per token) or array (a value per example), all of E rows.
        batch_size: rows of a batch; a bucket with fewer examples takes the next power of two. Of rows longer than 512 there
            are half as many, or a quarter, ..., so that a batch has at most 512 * batch_size cells (or is one row).
        padding: name -> the value that fills a column up; 0 where it is not named.
        buckets: how many lengths there are; their bounds split the examples evenly. A bucket in which a few long examples
            would pad many short ones is cut at half its length, as often as need be.
        seed: shuffles rows and batches anew each epoch by (seed, epoch); None keeps the order within each bucket.

    `lengths` (E,) are those of the rows, `steps` is the number of batches. Where ragged columns differ in length, as source and
    target do, the longest of a row counts, and each column of a bucket has the length of its own longest row there.

    Each batch is a dict of the columns, (R, L, ...) or (R, ...), with "weight" (R,), 0.0 for rows of padding, and "row"
    (R,), the number of the example or -1.

    Example: `for batch in Batches({"words": words}, 32).epoch(0): ...`
    """

    def __init__(
        self,
        columns: Mapping[str, Ragged | NDArray[Any]],
        batch_size: int = 32,
        padding: Mapping[str, int] | None = None,
        buckets: int = 6,
        seed: int | None = None,
    ) -> None:
        self.columns = dict(columns)
        self.batch_size = batch_size
        self.padding = dict(padding or {})
        self.seed = seed
        ragged = {name: column.lengths for name, column in self.columns.items() if isinstance(column, Ragged)}
        self.lengths = np.max(list(ragged.values()), axis=0)
        self._buckets = _buckets(self.lengths, buckets)
        self._widths = [{name: _longest(each, rows) for name, each in ragged.items()} for _, rows in self._buckets]
        self.steps = len(self.plan(0))

    def plan(self, epoch: int) -> list[Plan]:
        """The batches of one epoch: a function of the seed and the epoch alone."""
        draw = None if self.seed is None else np.random.default_rng([self.seed, epoch])
        plans = []
        for (length, rows), widths in zip(self._buckets, self._widths, strict=True):
            rows = rows if draw is None else draw.permutation(rows)
            size = _rows(self.batch_size, length, len(rows))
            plans += [Plan(length, _fill(rows[i : i + size], size), widths) for i in range(0, len(rows), size)]
        return plans if draw is None else [plans[i] for i in draw.permutation(len(plans))]

    def epoch(self, epoch: int, first_step: int = 0) -> Iterator[dict[str, NDArray[Any]]]:
        """The batches of one epoch, from `first_step` on."""
        return (self._batch(plan) for plan in self.plan(epoch)[first_step:])

    def stream(self, first_epoch: int = 0, first_step: int = 0) -> tf.data.Dataset:
        """One epoch after another without end, `steps` batches each; it can begin in the middle of one."""
        return endless(
            lambda epoch: self.epoch(epoch, first_step if epoch == first_epoch else 0), self._signature(), first_epoch
        )

    def _batch(self, plan: Plan) -> dict[str, NDArray[Any]]:
        batch: dict[str, NDArray[Any]] = {"weight": (plan.rows >= 0).astype(np.float32), "row": plan.rows}
        for name, column in self.columns.items():
            padding = self.padding.get(name, 0)
            if isinstance(column, Ragged):
                batch[name] = column.pad(plan.rows, plan.lengths[name], padding)
            else:
                real = (plan.rows >= 0).reshape(-1, *[1] * (column.ndim - 1))
                batch[name] = np.where(real, column[plan.rows], np.asarray(padding, column.dtype))
        return batch

    def _signature(self) -> dict[str, tf.TensorSpec]:
        signature = {"weight": tf.TensorSpec((None,), tf.float32), "row": tf.TensorSpec((None,), tf.int64)}
        for name, column in self.columns.items():
            ragged = isinstance(column, Ragged)
            values = column.values if isinstance(column, Ragged) else column
            shape = (None, *([None] if ragged else []), *values.shape[1:])
            signature[name] = tf.TensorSpec(shape, values.dtype)
        return signature


def _buckets(lengths: NDArray[np.int64], count: int) -> list[tuple[int, NDArray[np.int64]]]:
    """(bound, rows) of each bucket; a bound is the greatest length in it, at least 1."""
    if not len(lengths):
        return []
    lengths = np.maximum(lengths, 1)
    bounds = np.unique(np.quantile(lengths, np.arange(1, count + 1) / count, method="higher"))
    places = np.searchsorted(bounds, lengths)
    return [bucket for i in range(len(bounds)) for bucket in _cut(lengths, np.flatnonzero(places == i))]


def _longest(lengths: NDArray[np.int64], rows: NDArray[np.int64]) -> int:
    return max(1, int(lengths[rows].max()))


def _cut(lengths: NDArray[np.int64], rows: NDArray[np.int64]) -> list[tuple[int, NDArray[np.int64]]]:
    """(bound, rows) of the one bucket, or of several where it would have more than WASTE cells for each token."""
    bound = int(lengths[rows].max())
    if bound * len(rows) <= WASTE * lengths[rows].sum():
        return [(bound, rows)]
    short = 2 * lengths[rows] <= bound  # the rest is more than half full
    return [*_cut(lengths, rows[short]), (bound, rows[~short])]


def _rows(batch_size: int, length: int, count: int) -> int:
    """Rows of each batch of a bucket of `count` examples."""
    size = min(batch_size, 1 << (count - 1).bit_length())
    while size > 1 and size * length > batch_size * LONG:
        size //= 2
    return size


def _fill(rows: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    return np.concatenate([rows, np.full(size - len(rows), -1, np.int64)])
