"""Batches of one epoch after another, without end, as a `tf.data.Dataset`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Any

import tensorflow as tf


def endless(
    epoch: Callable[[int], Iterator[dict[str, Any]]], signature: Mapping[str, tf.TensorSpec], first_epoch: int = 0
) -> tf.data.Dataset:
    """The batches of `epoch(first_epoch)`, `epoch(first_epoch + 1)` and so on, read ahead.

    Args:
        epoch: from the number of an epoch to its batches, dicts of arrays.
        signature: what a batch holds.
        first_epoch: where to begin.
    """

    def batches() -> Iterator[dict[str, Any]]:
        return (batch for number in count(first_epoch) for batch in epoch(number))

    return tf.data.Dataset.from_generator(batches, output_signature=dict(signature)).prefetch(8)
