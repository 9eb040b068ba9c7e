"""Sequences drawn from a model, in the graph.

temperature τ: p ∝ p^(1/τ); top-k: the k most probable; nucleus (Holtzman et al., 2020): the most probable that together have
top_p. A token is the first whose cumulative probability exceeds a number drawn from [0, 1).
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import keras
from keras import ops

from .greedy_search import walk
from .hypotheses import Hypotheses
from .search_problem import SearchProblem
from .top_k import masked, top_k

LEAST = -1e30  # of log p: -inf - -inf is no number


class Choice(NamedTuple):
    """Which tokens may be drawn, and how probable they are."""

    temperature: float
    top_k: int
    top_p: float
    banned: Sequence[int]

    def draw(self, log_p, at):
        """Ids (B,) of log p (B, V) for numbers (B,) in [0, 1), and their log p."""
        log_p = masked(log_p, self.banned)
        tokens = self._tokens(log_p / self.temperature, at)
        return tokens, ops.take_along_axis(log_p, tokens[:, None], axis=1)[:, 0]

    def _tokens(self, log_p, at):
        if not self.top_k and self.top_p == 1:
            return _first_beyond(_shares(log_p), at)
        size = log_p.shape[1]
        ranked, ids = top_k(log_p, min(self.top_k, size) or size)
        p, total = _shares(ranked), ops.sum(_shares(log_p), axis=1, keepdims=True)
        before = ops.cumsum(p, axis=1) - p
        rank = _first_beyond(ops.where(before < self.top_p * total, p, 0.0), at)
        return ops.take_along_axis(ids, rank[:, None], axis=1)[:, 0]


def sample(
    step: Callable,
    state: Any,
    *,
    length: Any,
    temperature: float = 1.0,
    top_k: int = 0,
    top_p: float = 1.0,
    seed_generator: keras.random.SeedGenerator,
    banned: Sequence[int] = (),
    keep_weights: bool = False,
) -> Hypotheses:
    """Drawn sequences, n = 1. Their log p is that of the model, whatever the temperature.

    Args:
        step, state, length, banned, keep_weights: as in `beam_search`, N = 1.
        temperature: τ above 0; below 1 bolder in the probable, above 1 more even.
        top_k: only the k most probable tokens of a step; 0: all.
        top_p: only the most probable that together have this share; 1: all.
        seed_generator: makes the draws repeatable.

    Raises ValueError for values other than these.
    """
    for name, value, fits, expected in (
        ("temperature", temperature, temperature > 0, "above 0"),
        ("top_k", top_k, top_k >= 0, "at least 0"),
        ("top_p", top_p, 0 < top_p <= 1, "above 0 and at most 1"),
    ):
        if not fits:
            raise ValueError(f"{name}={value}: expected {expected}")
    banned = tuple(banned)
    problem = SearchProblem(step, state, length, banned, keep_weights)
    _, most = problem.limits()
    drawn = keras.random.uniform(
        (most, problem.rows), seed=seed_generator
    )  # before the loop: on JAX it may not move a seed
    choice = Choice(temperature, top_k, top_p, banned)
    return walk(problem, lambda log_p, t: choice.draw(log_p, drawn[t]))


def _shares(log_p):
    """p (B, M) over the greatest p; 0 where nothing is possible."""
    return ops.exp(log_p - ops.maximum(ops.max(log_p, axis=1, keepdims=True), LEAST))


def _first_beyond(p, at):
    """The place (B,) of the first whose cumulative share of p (B, M) exceeds a number (B,) in [0, 1).

    What has no share is never chosen, however sums are rounded: then it is the most probable.
    """
    sums = ops.cumsum(p, axis=1)
    beyond = (sums > at[:, None] * sums[:, -1:]) & (p > 0)
    first = ops.cast(ops.argmax(beyond, axis=1), "int32")
    return ops.where(ops.any(beyond, axis=1), first, ops.cast(ops.argmax(p, axis=1), "int32"))
