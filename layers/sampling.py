"""Sequences drawn from a model, in the graph.

temperature τ: p ∝ p^(1/τ); top-k: the k most probable; nucleus (Holtzman et al., 2020): the most probable that together have
top_p. A token is the first whose cumulative probability exceeds a number drawn from [0, 1): of a chunk of
tokens, then of a token in it, for the sums of all would be one long chain.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops

from .greedy_search import walk
from .hypotheses import Hypotheses
from .search_problem import SearchProblem, pick
from .top_k import masked, top_k

FEW = 256  # tokens in which a nucleus nearly always lies
CHUNK = 64  # shares that are summed one by one
LEAST = -1e30  # of log p: -inf - -inf is no number


class Choice(NamedTuple):
    """Which tokens may be drawn, and how probable they are."""

    temperature: float
    top_k: int
    top_p: float
    banned: Sequence[int]

    def draw(self, log_p, at):
        """Ids (B,) of log p (B, V) for two numbers each in [0, 1), (B, 2); and their log p."""
        log_p = masked(log_p, self.banned)
        tokens = self._tokens(log_p / self.temperature, at)
        return tokens, ops.take_along_axis(log_p, tokens[:, None], axis=1)[:, 0]

    def _tokens(self, log_p, at):
        size = log_p.shape[1]
        most = min(self.top_k or size, size)
        if most == size and self.top_p == 1:
            return _first_beyond(_shares(log_p), at)
        if self.top_p == 1:
            return _from_nucleus(top_k(log_p, most), np.inf, at)
        share = self.top_p * ops.sum(_shares(log_p), axis=1, keepdims=True)
        if most <= FEW:
            return _from_nucleus(top_k(log_p, most), share, at)
        few = top_k(log_p, FEW)
        reached = ops.all(ops.sum(_shares(few[0]), axis=1, keepdims=True) >= share)
        return ops.cond(
            reached,  # or all have to be sorted, which takes several times as long as everything else
            lambda: _from_nucleus(few, share, at),
            lambda: _from_nucleus(top_k(log_p, most), share, at),
        )


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
        seed_generator: makes the draws repeatable, for the same number of rows and the same backend; XLA draws others.

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
    # Before the loop, in which a seed may not change on JAX.
    drawn = keras.random.uniform((most, problem.rows, 2), seed=seed_generator)
    choice = Choice(temperature, top_k, top_p, banned)
    return walk(problem, lambda log_p, t: choice.draw(log_p, drawn[t]))


def _shares(log_p):
    """p (B, M) over the greatest p; 0 where nothing is possible."""
    return ops.exp(log_p - ops.maximum(ops.max(log_p, axis=1, keepdims=True), LEAST))


def _from_nucleus(ranked, share, at):
    """Ids (B,) for numbers (B, 2), from the most probable that together have a share (B, 1).

    Args:
        ranked: log p, the greatest first, and ids, (B, K) each.
    """
    p = _shares(ranked[0])
    rank = _first_beyond(ops.where(ops.cumsum(p, axis=1) - p < share, p, 0.0), at)
    return ops.take_along_axis(ranked[1], rank[:, None], axis=1)[:, 0]


def _first_beyond(p, at):
    """The place (B,) of the first whose cumulative share of p (B, M) exceeds a number: of a chunk, then of one in it.

    Args:
        at: two numbers in [0, 1), (B, 2).
    """
    size = p.shape[1]
    if size <= CHUNK:
        return _first_of_few(p, at[:, 0])
    p = ops.reshape(ops.pad(p, [[0, 0], [0, -size % CHUNK]]), (-1, -(-size // CHUNK), CHUNK))
    chunk = _first_of_few(ops.sum(p, axis=2), at[:, 0])
    return chunk * CHUNK + _first_of_few(pick(p, chunk[:, None])[:, 0], at[:, 1])


def _first_of_few(p, at):
    """The same, one by one, for one number (B,). What has no share is never chosen, however sums are rounded."""
    sums = ops.cumsum(p, axis=1)
    beyond = (sums > at[:, None] * sums[:, -1:]) & (p > 0)
    return ops.cast(ops.where(ops.any(beyond, axis=1), ops.argmax(beyond, axis=1), ops.argmax(p, axis=1)), "int32")
