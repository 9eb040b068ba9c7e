"""The N best label paths of a chain (Seshadri & Sundberg, 1994): Viterbi's recursion with N scores for each label.

δ_t[k] = the N largest of {δ_{t-1}[i, n] + transitions[i, k]}, n = 1 ... N, plus emissions[t, k]
"""

from typing import Any

from keras import ops

from .chain_steps import arrivals, first_step, times
from .linear_chain import wide


def best_paths(emissions: Any, mask: Any, start: Any, transitions: Any, end: Any, *, count: int) -> tuple[Any, Any]:
    """The best paths of each row, the best first.

    Args:
        emissions, mask, start, transitions, end: shapes as in `linear_chain`.
        count: N.

    Returns labels (B, N, T) of int32, 0 on steps that do not count, and scores (B, N). Where a row has fewer paths that are
    allowed, the scores of the rest are -inf and their labels say nothing; a row without any step has one, the empty path.
    """
    emissions, start, transitions, end = (wide(x) for x in (emissions, start, transitions, end))
    size = transitions.shape[0]
    deltas = _walk(emissions, mask, start, transitions, count)  # (T, B, K, N)
    final, place = _largest(_flat(deltas[-1] + end[:, None]), count)  # (B, N): a place is label * N + rank
    moves = arrivals(mask)[..., None]

    def back(place, t):
        label, rank = place // count, place % count
        origins = (
            deltas[ops.maximum(t - 1, 0)][:, None] + ops.take(ops.transpose(transitions), label, axis=0)[..., None]
        )
        _, places = _largest(ops.reshape(origins, (*ops.shape(place), size * count)), count)  # (B, N, N)
        origin = ops.take_along_axis(places, rank[..., None], axis=2)[..., 0]
        return ops.where(moves[t], origin, place), place

    _, found = ops.scan(back, place, times(mask), reverse=True)  # (T, B, N)
    labels = ops.where(mask[:, None], ops.transpose(found, (1, 2, 0)) // count, 0)
    return labels, ops.where(ops.any(mask, axis=1)[:, None], final, _only(count))


def _walk(emissions, mask, start, transitions, count):
    """The scores (T, B, K, N) of the best paths that end in each label; a step that does not count repeats the one before."""
    size = transitions.shape[0]
    emissions = ops.transpose(emissions, (1, 0, 2))[..., None]  # (T, B, K, 1)
    counts, first = (ops.transpose(each)[..., None, None] for each in (mask, first_step(mask)))
    begun = start[:, None] + _only(count)  # (K, N)

    def move(scores, t):
        origins = scores[..., None] + transitions[:, None]  # (B, K, N, K), from row to column
        origins = ops.transpose(origins, (0, 3, 1, 2))
        moved, _ = _largest(ops.reshape(origins, (-1, size, size * count)), count)
        scores = ops.where(counts[t], ops.where(first[t], begun, moved) + emissions[t], scores)
        return scores, scores

    nothing = ops.zeros_like(emissions[0]) + ops.zeros((count,), emissions.dtype)
    return ops.scan(move, nothing, times(mask))[1]


def _largest(scores, count):
    """The N largest of the last axis, and where they are; of equals the first."""
    values, places = ops.top_k(scores, count)
    return values, ops.cast(places, "int32")


def _flat(scores):
    """(B, K, N) -> (B, K N)."""
    return ops.reshape(scores, (-1, scores.shape[1] * scores.shape[2]))


def _only(count):
    """(N,): 0 for the one path that there is at first, -inf for all others."""
    return wide(ops.where(ops.arange(count) == 0, 0.0, -float("inf")))
