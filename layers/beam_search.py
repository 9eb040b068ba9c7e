"""Beam search (Graves, 2012) in the graph: at each step the N best continuations of all beams live on.

No history moves when beams change places: each step leaves the tokens and parents of its beams, and the best hypotheses are
read back from there at the end. `beam_scores` has the scores.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from keras import ops, tree

from .back_pointers import best_paths_first, finished_paths, read_back, unfinished_paths
from .beam_scores import BeamScores, Penalties
from .hypotheses import Hypotheses
from .ngram_counts import END
from .search_problem import SearchProblem, pick, write
from .top_k import plain_top_k, top_k

INF = float("inf")


class Beams(NamedTuple):
    """What goes from step to step; what is not needed is ().

    tokens: the last of each beam, (B, N).
    log_p: of each beam, the greatest first, (B, N).
    running: the rows that are not decided, (B,). The beams of others stay as they are.
    state: arrays (B, N, ...).
    covered: the attention that source positions have had, (B, N, S).
    best: scores of the best that have ended, (B, n).
    moves: token * N + parent of each beam at each step, (L, B, N).
    ends: log p and score where a beam ended at a step, -inf elsewhere, (L, B, 2, N).
    weights: what each beam looked at in a step, before beams changed places, (L, B, N, S).
    """

    tokens: Any
    log_p: Any
    running: Any
    state: Any
    covered: Any
    best: Any
    moves: Any
    ends: Any
    weights: Any


def beam_search(
    step: Callable,
    state: Any,
    *,
    length: Any,
    beams: int,
    n_best: int = 1,
    penalties: Penalties = Penalties(),  # noqa: B008 - it cannot be changed
    banned: Sequence[int] = (),
    keep_weights: bool = False,
    memory_mask: Any = None,
) -> Hypotheses:
    """The best sequences that end, and where those are too few, the best of the beams that have reached the limit.

    A beam has ended where its end is among the N best continuations; what goes on instead of it is the next best. The
    search of a row stops when no beam can still become one of its n best.

    Args:
        step: (tokens (B, N), state) -> (log p (B, N, V), attention weights (B, N, S) or None, the new state). The first
            tokens are 0; what a step reads beside its state is the same for all beams of a row.
        state: nested arrays (B, 1, ...), at least one.
        length: the most tokens, the end counted: an integer, a scalar tensor, or one for each row (B,). XLA needs integers.
        beams: N.
        n_best: n.
        penalties: α and β, at least 0.
        banned: ids that are never chosen.
        keep_weights: whether the attention weights of the hypotheses are kept.
        memory_mask: the real source positions, (B, S) of bool; coverage needs it.

    Raises ValueError for values other than these.
    """
    _check(beams, n_best, penalties, memory_mask)
    problem = SearchProblem(step, state, length, tuple(banned), keep_weights)
    limits, most = problem.limits()
    scores = BeamScores(penalties, limits, memory_mask)
    start = (ops.convert_to_tensor(0, "int32"), _start(problem, scores, most, beams, n_best))
    taken, final = ops.while_loop(lambda t, now: ops.any(now.running), _advance(problem, scores), start)
    standing = unfinished_paths(final.log_p, scores.of(final.log_p, limits[:, None], final.covered), limits)
    paths = best_paths_first(finished_paths(final.ends, n_best), standing)
    return read_back(paths, final.moves, final.weights, taken)


def _check(beams, n_best, penalties, memory_mask):
    for name, value in (("beams", beams), ("n_best", n_best)):
        if value < 1:
            raise ValueError(f"{name}={value}: expected at least 1")
    for name, value in penalties._asdict().items():
        if value < 0:
            raise ValueError(f"penalties.{name}={value}: expected at least 0")
    if penalties.coverage and memory_mask is None:
        raise ValueError(f"penalties.coverage={penalties.coverage} without memory_mask: expected a mask (B, S)")


def _start(problem, scores, most, beams, n_best):
    """One beginning in the first beam, and none in the others."""
    rows = problem.rows
    first = np.where(np.arange(beams) == 0, 0, -np.inf).astype("float32")
    tokens = ops.zeros((rows, beams), "int32")
    state = tree.map_structure(lambda x: ops.repeat(x, beams, axis=1), problem.state)
    return Beams(
        tokens=tokens,
        log_p=ops.zeros((rows, 1), "float32") + first,
        running=scores.limits > 0,
        state=state,
        covered=scores.uncovered(rows, beams),
        best=ops.full((rows, n_best), -INF, "float32"),
        moves=ops.zeros((most, rows, beams), "int32"),
        ends=ops.full((most, rows, 2, beams), -INF, "float32"),
        weights=problem.reserve_weights(most, tokens, state),
    )


def _advance(problem, scores):
    """The body of the loop: one step of every beam of every row."""

    def advance(t, now):
        log_p, weights, state = problem.ask(now.tokens, now.state)
        covered = scores.cover(now.covered, weights, now.running)
        *moved, parents = _move(now, log_p, {END, *problem.banned})
        ends = _ends(now, -INF if END in problem.banned else log_p[..., END], moved[0])
        ends = ops.stack([ends, ops.where(ends > -INF, scores.of(ends, t + 1, covered), -INF)], axis=1)
        best, _ = plain_top_k(ops.concatenate([now.best, ends[:, 1]], axis=1), now.best.shape[1])
        open_end = (t + 1 < scores.limits) & (best[:, -1] < scores.hope(moved[0]))
        return t + 1, Beams(
            tokens=moved[1],
            log_p=moved[0],
            running=now.running & open_end,
            state=tree.map_structure(lambda x: pick(x, parents), state),
            covered=tree.map_structure(lambda x: pick(x, parents), covered),
            best=best,
            moves=write(now.moves, t, moved[1] * now.tokens.shape[1] + parents),
            ends=write(now.ends, t, ends),
            weights=write(now.weights, t, weights),
        )

    return advance


def _move(now, log_p, without):
    """The N best continuations but those `without`: their log p, tokens and parents, (B, N) each."""
    rows, beams = ops.shape(now.log_p)
    most = min(beams, log_p.shape[2])
    words, tokens = top_k(log_p, most, sorted(without))  # (B, N, k): the best of all are among the best of each
    values = ops.reshape(now.log_p[..., None] + words, (rows, beams * most))
    values, places = plain_top_k(values, beams)
    moved = values, pick(ops.reshape(tokens, (rows, beams * most)), places), places // most
    stay = now.log_p, 0, ops.arange(beams, dtype="int32")
    return tuple(ops.where(now.running[:, None], x, old) for x, old in zip(moved, stay, strict=True))


def _ends(now, end, others):
    """log p (B, N) of each beam with its end, -inf where that is not among the N best continuations.

    Args:
        end: log p of the end itself, (B, N).
        others: log p of the N best continuations that are no ends, (B, N).
    """
    ends = now.log_p + end
    rank = sum(ops.sum(ops.cast(x[:, None] > ends[..., None], "int32"), axis=2) for x in (others, ends))
    return ops.where(now.running[:, None] & (rank < ends.shape[1]), ends, -INF)
