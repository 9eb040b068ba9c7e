"""Where spans begin and end in the labels of a batch, and how sure each is as a whole: in the graph, so an export has it."""

from __future__ import annotations

from typing import Any

from keras import ops

from ..layers import ChainPosterior
from .label_set import LabelSet


def span_places(labels: Any, mask: Any, label_set: LabelSet) -> tuple[Any, Any]:
    """The spans of labels as conlleval reads them: `datasets.spans`, in the graph.

    Args:
        labels: ids (B, T).
        mask: (B, T) of bool, padding on the right.
        label_set: what the ids stand for.

    Returns starts (B, T) of bool, whether a span begins at the token, and last (B, T) of int32, the place of its last token.
    """
    numbers = ops.where(mask, ops.take(ops.convert_to_tensor(label_set.numbers), labels), -1)
    begins = ops.take(ops.convert_to_tensor(label_set.begins), labels)
    before = ops.pad(numbers[:, :-1], [(0, 0), (1, 0)], constant_values=-1)
    inside = numbers >= 0
    joined = ops.logical_and(ops.logical_and(inside, numbers == before), ops.logical_not(begins))
    starts = ops.logical_and(inside, ops.logical_not(joined))
    ends = ops.logical_and(inside, ops.logical_not(ops.pad(joined[:, 1:], [(0, 0), (0, 1)])))
    time = ops.shape(labels)[1]
    places = ops.argsort(ops.arange(time) + ops.where(ends, 0, time), axis=1)  # the k-th of them ends the k-th span
    number = ops.cumsum(ops.cast(starts, "int32"), axis=1) - 1
    return starts, ops.take_along_axis(places, ops.maximum(number, 0), axis=1)


def span_probabilities(posterior: ChainPosterior, labels: Any, label_set: LabelSet) -> Any:
    """(B, T): at the first token of each span of labels (B, T), the probability that just these tokens are that span; else 0.

    Where labels are chosen one by one, that of the span's own tags, and in IOB2 that the next one does not go on with it.
    """
    starts, last = span_places(labels, posterior.mask, label_set)
    closing = ops.take_along_axis(labels, last, axis=1)
    longer = ops.take(ops.convert_to_tensor(label_set.longer), closing)
    return ops.where(starts, posterior.segments(labels, last, longer), 0)
