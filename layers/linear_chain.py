"""Sums and maxima over all label paths of a linear chain (Rabiner, 1989; Lafferty et al., 2001).

score(y) = start[y1] + Σ_t emissions[t, y_t] + Σ_t transitions[y_t, y_{t+1}] + end[y_T]

Steps where the mask is False do not exist: the chain goes from the last step that counts to the next one. A transition,
start or end of -inf forbids; emissions are finite. Sums run in float64 where the backend has it, because exp(α - max α)
underflows float32 as soon as two states differ by 87, and a later step may need the smaller one.

Shapes: emissions (B, T, K), mask (B, T) of bool, start (K,), transitions (K, K) from row to column, end (K,).
A row without any step has one empty path: its log-partition is 0.
"""

import keras
from keras import ops

from .best_arrivals import best_arrivals
from .chain_steps import arrivals, first_step, last_step, step_before, times


def log_partition(emissions, mask, start, transitions, end):
    """log Σ_y exp score(y), (B,), with the gradient by forward-backward: it is the marginals (Lafferty et al., 2001)."""

    @ops.custom_gradient
    def forward(emissions, start, transitions, end):
        alphas, total = forward_sums(emissions, mask, start, transitions, end)

        def backward(*args, upstream=None):
            upstream = args[0] if upstream is None else upstream
            betas, messages = backward_sums(emissions, mask, transitions, end)
            states = _posterior(alphas, betas, total, mask) * upstream[:, None, None]
            edges = first_step(mask), last_step(mask)
            d_start, d_end = (ops.sum(ops.where(edge[..., None], states, 0), axis=(0, 1)) for edge in edges)
            d_transitions = _pairs(alphas, messages, total, mask, transitions, upstream)
            return states, d_start, d_transitions, d_end

        return total, backward

    return forward(*(wide(x) for x in (emissions, start, transitions, end)))


def marginals(emissions, mask, start, transitions, end):
    """p(y_t = k | x), (B, T, K); zero on steps that do not count."""
    emissions, start, transitions, end = (wide(x) for x in (emissions, start, transitions, end))
    alphas, total = forward_sums(emissions, mask, start, transitions, end)
    betas, _ = backward_sums(emissions, mask, transitions, end)
    return _posterior(alphas, betas, total, mask)


def viterbi(emissions, mask, start, transitions, end, allowed=None):
    """The best path, (B, T) of int32, and its score, (B,); label 0 on steps that do not count.

    allowed: (K, K) of bool in NumPy where it is known beforehand which transitions are not -inf; saves time, changes nothing.
    """
    emissions, start, transitions, end = (wide(x) for x in (emissions, start, transitions, end))
    deltas = _walk(best_arrivals(transitions, allowed), emissions, mask, start)  # (T, B, K)
    final = deltas[-1] + end
    label = ops.cast(ops.argmax(final, axis=-1), "int32")

    # Stored scores instead of back pointers: the way back repeats one (B, K) argmax a step.
    def back(label, t):
        origin = ops.argmax(before[t] + ops.take(ops.transpose(transitions), label, axis=0), axis=-1)
        return ops.where(moves[t], ops.cast(origin, "int32"), label), label

    before, moves = _shifted(deltas), arrivals(mask)
    _, labels = ops.scan(back, label, times(mask), reverse=True)  # (T, B)
    score = ops.where(ops.any(mask, axis=1), ops.max(final, axis=-1), 0)
    return ops.where(mask, ops.transpose(labels), 0), score


def path_score(emissions, labels, mask, start, transitions, end):
    """score(labels), (B,); `labels` (B, T) of int may hold anything on steps that do not count."""
    emissions, start, transitions, end = (wide(x) for x in (emissions, start, transitions, end))
    labels = ops.where(mask, labels, 0)
    size = ops.shape(transitions)[0]
    emitted = ops.take_along_axis(emissions, labels[..., None], axis=2)[..., 0]
    first, last = first_step(mask), last_step(mask)
    before = ops.take_along_axis(labels, step_before(mask), axis=1)
    moved = ops.take(ops.reshape(transitions, (-1,)), before * size + labels)
    score = ops.where(mask, emitted, 0) + ops.where(ops.logical_and(mask, ops.logical_not(first)), moved, 0)
    score += ops.where(first, ops.take(start, labels), 0) + ops.where(last, ops.take(end, labels), 0)
    return ops.sum(score, axis=1)


def forward_sums(emissions, mask, start, transitions, end):
    """α (T, B, K) of every step, carried over gaps, and the log-partition (B,)."""
    weights, offset = _exponential(transitions)

    def step(alpha):  # (B, K) -> (B, K): log Σ_i exp(α_i + transitions_ij)
        return _log_matmul(alpha, weights) + offset

    alphas = _walk(step, emissions, mask, start)
    total = ops.logsumexp(alphas[-1] + end, axis=-1)
    return alphas, ops.where(ops.any(mask, axis=1), total, 0)


def _walk(step, emissions, mask, start):
    """The scores (T, B, K) of a left-to-right pass; a step that does not count repeats the one before."""
    emissions = ops.transpose(emissions, (1, 0, 2))  # (T, B, K)
    counts, first = ops.transpose(mask)[..., None], ops.transpose(first_step(mask))[..., None]

    def move(scores, t):
        scores = ops.where(counts[t], ops.where(first[t], start, step(scores)) + emissions[t], scores)
        return scores, scores

    return ops.scan(move, ops.zeros_like(emissions[0]), times(mask))[1]


def backward_sums(emissions, mask, transitions, end):
    """β (T, B, K) and the message emission + β (T, B, K) that each step hands to the left."""
    weights, offset = _exponential(ops.transpose(transitions))
    emissions = ops.transpose(emissions, (1, 0, 2))
    counts, last = ops.transpose(mask)[..., None], ops.transpose(last_step(mask))[..., None]

    def move(message, t):
        beta = ops.where(last[t], end, _log_matmul(message, weights) + offset)
        message = ops.where(counts[t], beta + emissions[t], message)
        return message, message

    messages = ops.scan(move, ops.zeros_like(emissions[0]), times(mask), reverse=True)[1]
    return messages - emissions, messages  # on steps that count; the others are masked by the caller


def _posterior(alphas, betas, total, mask):
    """exp(α + β - log Z) as (B, T, K), zero where the mask is False."""
    states = ops.transpose(ops.exp(ops.minimum(alphas + betas - total[None, :, None], 0)), (1, 0, 2))
    return ops.where(mask[..., None], states, 0)


def _pairs(alphas, messages, total, mask, transitions, upstream):
    """Σ of p(y_t = i, y_t' = j) over all neighbouring steps, (K, K), each row of the batch times `upstream`."""
    arrives = arrivals(mask)
    left = _shifted(alphas)  # carried over gaps
    peak = ops.max(left, axis=-1, keepdims=True)
    right = ops.minimum(messages + peak - total[None, :, None], _LARGEST)
    size = ops.shape(transitions)[0]
    left = ops.reshape(ops.where(arrives[..., None], ops.exp(left - peak), 0), (-1, size))
    right = ops.reshape(ops.where(arrives[..., None], ops.exp(right), 0) * upstream[None, :, None], (-1, size))
    return ops.matmul(ops.transpose(left), right) * ops.exp(transitions)


def _shifted(scores):
    """(T, B, K): the scores of the step before; the first step, which has none, repeats its own."""
    return ops.concatenate([scores[:1], scores[:-1]], axis=0)


def _log_matmul(scores, weights):
    """log(exp(scores) @ weights) without overflow, (B, K) x (K, L) -> (B, L)."""
    peak = ops.max(scores, axis=-1, keepdims=True)
    return ops.log(ops.matmul(ops.exp(scores - peak), weights)) + peak


def _exponential(transitions):
    """exp(transitions - max) and that max."""
    peak = ops.max(transitions)
    return ops.exp(transitions - peak), peak


def wide(x):
    """float64 where the backend has it."""
    return ops.cast(x, _WIDE)


_WIDE = "float64" if keras.backend.backend() != "jax" else "float32"
_LARGEST = 700.0 if _WIDE == "float64" else 80.0  # exp of it is finite, and 0 times it is 0
