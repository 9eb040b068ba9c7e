"""The most probable token at each step, in the graph; `walk` goes on by any choice."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from keras import ops

from .hypotheses import Hypotheses
from .ngram_counts import END
from .search_problem import SearchProblem, write
from .top_k import top_k

INF = float("inf")


class Way(NamedTuple):
    """What goes from step to step; what is not needed is ().

    tokens: the last one of each row, (B, 1).
    running: rows without an end, (B,).
    log_p: of all tokens together, (B,).
    state: arrays (B, 1, ...).
    chosen: tokens of each step, (L, B).
    weights: attention of each step, (L, B, 1, S).
    """

    tokens: Any
    running: Any
    log_p: Any
    state: Any
    chosen: Any
    weights: Any


def greedy_search(
    step: Callable, state: Any, *, length: Any, banned: Sequence[int] = (), keep_weights: bool = False
) -> Hypotheses:
    """The sequences of the most probable token at each step, n = 1; of equally probable ones the first.

    Where no token has any probability the end comes, with log p = -inf.

    Args:
        step, state, length, banned, keep_weights: as in `beam_search`, N = 1.
    """
    banned = tuple(banned)

    def choose(log_p, t):
        gained, tokens = top_k(log_p, 1, banned)
        return tokens[:, 0], gained[:, 0]

    return walk(SearchProblem(step, state, length, banned, keep_weights), choose)


def walk(problem: SearchProblem, choose: Callable) -> Hypotheses:
    """The sequences that one choice at each step makes, until all have ended.

    Args:
        choose: (log p (B, V), t) -> ids (B,) and their log p, which is -inf where none is possible.
    """
    limits, most = problem.limits()
    tokens = ops.zeros((problem.rows, 1), "int32")
    start = Way(
        tokens=tokens,
        running=limits > 0,
        log_p=ops.zeros((problem.rows,), "float32"),
        state=problem.state,
        chosen=ops.zeros((most, problem.rows), "int32"),
        weights=problem.reserve_weights(most, tokens, problem.state),
    )

    def advance(t, now):
        log_p, weights, state = problem.ask(now.tokens, now.state)
        tokens, gained = choose(log_p[:, 0], t)
        tokens = ops.where(now.running, ops.where(gained > -INF, tokens, END), 0)
        return t + 1, Way(
            tokens=tokens[:, None],
            running=now.running & (tokens != END) & (t + 1 < limits),
            log_p=ops.where(now.running, now.log_p + gained, now.log_p),
            state=state,
            chosen=write(now.chosen, t, tokens),
            weights=write(now.weights, t, weights),
        )

    _, final = ops.while_loop(lambda t, now: ops.any(now.running), advance, (ops.convert_to_tensor(0, "int32"), start))
    return _found(final, limits)


def _found(final, limits):
    tokens = ops.transpose(final.chosen)  # (B, L)
    ends = tokens == END
    finished = ops.any(ends, axis=1)
    lengths = ops.where(finished, ops.cast(ops.argmax(ends, axis=1), "int32") + 1, limits)
    weights = None
    if not isinstance(final.weights, tuple):
        inside = ops.arange(ops.shape(tokens)[1], dtype="int32") < lengths[:, None]
        weights = ops.where(inside[:, None, :, None], ops.transpose(final.weights, (1, 2, 0, 3)), 0.0)
    log_p = final.log_p[:, None]
    return Hypotheses(tokens[:, None], lengths[:, None], log_p, log_p, finished[:, None], weights)
