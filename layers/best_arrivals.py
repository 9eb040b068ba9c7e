"""The best way to arrive at each label of a chain, without trying what is forbidden.

Of the tags of a scheme, `I-city` may follow two others and `O` half of all: the targets that few labels lead to are looked at
one by one, the others together, from those labels alone that lead to any of them. With the BIOES tags of C classes that is a
quarter of all (4C + 1)² pairs.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from keras import ops

FEW = 4  # labels that lead to a target, for it to be looked at by itself
WORTH = 2048  # pairs that must be left out: below, the additional operations cost more


def best_arrivals(transitions: Any, allowed: np.ndarray | None = None) -> Callable[[Any], Any]:
    """A function of scores (B, K): the maximum over i of scores[:, i] + transitions[i, j], for every j, (B, K).

    Args:
        transitions: (K, K), from row to column, -inf where `allowed` is False.
        allowed: (K, K) of bool, known beforehand; None allows all. The result is the same to the last bit.
    """
    plan = None if allowed is None else _plan(np.asarray(allowed, "bool"))
    if plan is None:
        return lambda scores: ops.max(scores[:, :, None] + transitions[None], axis=1)
    sources, targets, places, lonely, order = plan
    together = ops.take(ops.take(transitions, sources, axis=0), targets, axis=1)
    single = ops.take(ops.reshape(transitions, (-1,)), places * len(order) + lonely[:, None])

    def best(scores):
        many = ops.max(ops.take(scores, sources, axis=1)[:, :, None] + together[None], axis=1)
        few = ops.max(ops.take(scores, places, axis=1) + single[None], axis=2)
        return ops.take(ops.concatenate([many, few], axis=1), order, axis=1)

    return best


def _plan(allowed: np.ndarray) -> tuple[np.ndarray, ...] | None:
    """Which labels lead to which: sources (S,) and targets (R,) of what is done together, and places (L, n) from which the
    lonely targets (L,) are reached; where each of all labels then stands (K,). None where it is not worth it."""
    ways = allowed.sum(axis=0)
    labels = np.arange(len(ways))
    together = (ways > FEW) | (labels == ways.argmax())  # at least one: a maximum over nothing is an error
    targets, lonely = np.flatnonzero(together), np.flatnonzero(~together)
    sources = np.flatnonzero(allowed[:, targets].any(axis=1) | (labels == 0))
    width = max(1, int(ways[lonely].max(initial=0)))
    left_out = allowed.size - len(sources) * len(targets) - len(lonely) * width
    if len(lonely) == 0 or left_out < WORTH:
        return None
    places = np.argsort(~allowed[:, lonely], axis=0, kind="stable")[:width].T  # forbidden ones fill up short rows
    order = np.argsort(np.concatenate([targets, lonely]))
    return tuple(each.astype("int32") for each in (sources, targets, places, lonely, order))
