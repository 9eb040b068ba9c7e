"""The k greatest of many scores, several times as fast as by looking at each of them in turn.

The last axis is cut into chunks, whose maxima a processor finds many at a time. The k greatest lie in the k chunks with the
greatest maxima: outside of these, every score has k maxima before it. Where c chunks hold scores that do not count, k + c
chunks have k among them that do.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from keras import ops

SIZES = range(32, 101)  # of a chunk; it is quickest where it divides the axis
FEWEST = 4  # chunks for each that is looked into: below, nothing is gained


def top_k(x: Any, count: int, without: Sequence[int] = ()) -> tuple[Any, Any]:
    """The k greatest of the last axis, the greatest first, of equal ones the one with the smaller place.

    Args:
        x: scores (..., V).
        count: k, at most V.
        without: places that do not count: -inf stands there.

    Returns the scores and their places, of int32, (..., k) each.
    """
    *shape, size = ops.shape(x)
    width = next((width for width in SIZES if size % width == 0), SIZES[0])
    opened = count + len({place // width for place in without})
    if opened * width * FEWEST > size:
        return plain_top_k(masked(x, without), count)
    values, places = _by_chunks(ops.reshape(x, (-1, size)), count, width, opened, without)
    return ops.reshape(values, (*shape, count)), ops.reshape(places, (*shape, count))


def plain_top_k(x: Any, count: int) -> tuple[Any, Any]:
    """The same by the backend's own operation."""
    values, places = ops.top_k(x, count)
    return values, ops.cast(places, "int32")


def masked(x: Any, without: Sequence[int]) -> Any:
    """x (..., V) with -inf at these places."""
    return x + _bias(x.shape[-1], without) if without else x


def _by_chunks(x, count, width, opened, without):
    """Of x (R, V)."""
    rows, size = ops.shape(x)
    chunks = -(-size // width)
    padding = chunks * width - size
    if padding:
        x = ops.pad(x, [[0, 0], [0, padding]], constant_values=-np.inf)
    x = ops.reshape(x, (rows * chunks, width))
    _, chosen = plain_top_k(ops.reshape(ops.max(x, axis=1), (rows, chunks)), opened)
    chosen = ops.sort(chosen, axis=1)  # or of equals a later one would come first
    flat = ops.reshape(ops.arange(rows, dtype="int32")[:, None] * chunks + chosen, (-1,))
    inside = ops.take(x, flat, axis=0)
    if without:
        bias = np.pad(_bias(size, without), (0, padding)).reshape(chunks, width)
        inside = inside + ops.take(bias, ops.reshape(chosen, (-1,)), axis=0)
    values, places = plain_top_k(ops.reshape(inside, (rows, opened * width)), count)
    return values, ops.take_along_axis(chosen, places // width, axis=1) * width + places % width


def _bias(size, without):
    bias = np.zeros(size, "float32")
    bias[list(without)] = -np.inf
    return bias
