"""Hypotheses from what the steps of a beam search have left: tokens and parents, and where beams have ended."""

from typing import Any, NamedTuple

from keras import ops

from .hypotheses import Hypotheses
from .ngram_counts import END
from .search_problem import pick, write
from .top_k import plain_top_k

INF = float("inf")


class Paths(NamedTuple):
    """Places from which hypotheses are read back, (B, M) each.

    beam: the beam they are at.
    steps: how many tokens lead there.
    finished: whether the end follows.
    log_p, scores: -inf where there is none.
    """

    beam: Any
    steps: Any
    finished: Any
    log_p: Any
    scores: Any

    def at(self, places):
        """Those at places (B, n)."""
        return Paths(*(pick(x, places) for x in self))


def finished_paths(ends, count):
    """The best that have ended, the best first.

    Args:
        ends: log p and score where a beam ended at a step, -inf elsewhere, (L, B, 2, N).
        count: n.
    """
    most, rows, _, beams = ops.shape(ends)
    log_p, scores = (ops.reshape(ops.transpose(ends[:, :, i], (1, 0, 2)), (rows, most * beams)) for i in (0, 1))
    nothing = ops.full((rows, count), -INF, "float32")  # or there are fewer than n
    log_p, scores = (ops.concatenate([x, nothing], axis=1) for x in (log_p, scores))
    scores, places = plain_top_k(scores, count)
    return Paths(places % beams, places // beams, scores > -INF, pick(log_p, places), scores)


def unfinished_paths(log_p, scores, limits):
    """All beams (B, N) as they stand at the limits (B,), the best first."""
    scores, beam = plain_top_k(ops.where(log_p > -INF, scores, -INF), log_p.shape[1])
    never = ops.zeros_like(scores, "bool")
    return Paths(beam, ops.zeros_like(beam) + limits[:, None], never, pick(log_p, beam), scores)


def best_paths_first(finished, unfinished):
    """The n best: those that have ended, then others."""
    rows, count = ops.shape(finished.beam)
    missing = Paths(*(ops.zeros((rows, count), x.dtype) for x in finished[:3]), *[ops.full((rows, count), -INF)] * 2)
    together = Paths(*(ops.concatenate(each, axis=1) for each in zip(finished, unfinished, missing, strict=True)))
    ended = ops.sum(ops.cast(finished.finished, "int32"), axis=1, keepdims=True)
    slots = ops.arange(count, dtype="int32")[None]
    return together.at(ops.where(slots < ended, slots, count + slots - ended))


def read_back(paths, moves, weights, taken):
    """The hypotheses of paths (B, n).

    Args:
        moves: token * N + parent of each beam at each step, (L, B, N).
        weights: what each beam looked at in a step, (L, B, N, S), or ().
        taken: how many steps there were.
    """
    beams = moves.shape[2]
    exists = paths.scores > -INF
    lengths = ops.where(exists, paths.steps + ops.cast(paths.finished, "int32"), 0)

    def back(t, beam, tokens, sources):
        t = t - 1
        move = pick(moves[t], beam)
        inside = exists & (t < paths.steps)
        end = ops.where(paths.finished & (t == paths.steps), END, 0)
        beam = ops.where(inside, move % beams, beam)
        return t, beam, write(tokens, t, ops.where(inside, move // beams, end)), write(sources, t, beam)

    rows, count = ops.shape(paths.beam)
    nothing = ops.zeros((moves.shape[0] or ops.shape(moves)[0], rows, count), "int32")
    start = (taken, paths.beam, nothing, nothing)
    _, _, tokens, sources = ops.while_loop(lambda t, *_: t > 0, back, start)
    tokens = ops.transpose(tokens, (1, 2, 0))
    return Hypotheses(tokens, lengths, paths.log_p, paths.scores, paths.finished, _looked(weights, sources, lengths))


def _looked(weights, sources, lengths):
    """The attention weights (B, n, L, S) of hypotheses that were at these beams (L, B, n) at each step."""
    if isinstance(weights, tuple):
        return None
    most, rows, beams, size = ops.shape(weights)
    count = sources.shape[2]
    flat = pick(ops.reshape(weights, (most * rows, beams, size)), ops.reshape(sources, (most * rows, count)))
    looked = ops.transpose(ops.reshape(flat, (most, rows, count, size)), (1, 2, 0, 3))
    inside = ops.arange(most, dtype="int32") < lengths[..., None]
    return ops.where(inside[..., None], looked, 0.0)
