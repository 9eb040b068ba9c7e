"""How translations are searched for: greedily, by drawing, or by beams, all of them or only those that are trees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from ..layers import Hypotheses, Penalties, beam_search, greedy_search, sample
from ..layers.tree_grammar import TreeGrammar
from .translation_network import Encoded, TranslationNetwork

LEAST_OF_A_TREE = 3  # tokens besides the leaves: a root's two brackets and the end


class Reach(NamedTuple):
    """How long translations may become: `ratio` S + `slack` units for a source of S, ends counted; and how many units of a
    source are read."""

    ratio: float
    slack: int
    read: int

    @classmethod
    def of(cls, sources: NDArray[np.int64], targets: NDArray[np.int64], read: int) -> Reach:
        """What lets every pair of these lengths (E,) through, and is tight for the most of them."""
        ratio = float(np.quantile(targets / sources, 0.99))
        return cls(ratio, int(np.ceil(max(1.0, (targets - ratio * sources).max()))), read)

    def limits(self, lengths: Any) -> Any:
        """The most units that are put out for sources of these lengths (B,)."""
        return tf.cast(tf.math.ceil(self.ratio * tf.cast(lengths, tf.float32)), tf.int32) + self.slack


class Way(NamedTuple):
    """How a translation is searched for; the fields are those of the search functions."""

    method: str = "beam"
    beams: int = 5
    n_best: int = 1
    length_penalty: float = 0.0
    coverage_penalty: float = 0.0
    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0


class Reader(NamedTuple):
    """What a graph needs of the network, which it must not hold."""

    encode: Callable[[Any], Encoded]
    start: Callable[[Encoded], list[Any]]
    step: Callable[..., Any]


def reader_of(network: TranslationNetwork) -> Reader:
    return Reader(network.encode, network.start, network.step)


class Search(NamedTuple):
    """What is searched.

    reader: of the network.
    reach: how long translations may become.
    banned: ids that are never put out.
    keep_weights: whether the attention's weights are kept.
    grammar: what may follow where trees are written; None: anything.
    """

    reader: Reader
    reach: Reach
    banned: tuple[int, ...]
    keep_weights: bool
    grammar: TreeGrammar | None = None

    def find(self, source: Any, words: Any, way: Way, seed_generator: Any = None) -> Hypotheses:
        """Translations of sources (B, S), 0 is padding; words (B,) says how many leaves a tree has."""
        encoded, mask = self.reader.encode(source), source > 0
        length = self.reach.limits(tf.reduce_sum(tf.cast(mask, tf.int32), axis=1))
        if self.grammar is not None:
            length = tf.maximum(length, tf.cast(words, tf.int32) + LEAST_OF_A_TREE)
        step, state = self._problem(encoded, words, length)
        options: dict[str, Any] = {"length": length, "banned": self.banned, "keep_weights": self.keep_weights}
        if way.method == "greedy":
            return greedy_search(step, state, **options)
        if way.method == "sample":
            drawn: dict[str, Any] = {"temperature": way.temperature, "top_k": way.top_k, "top_p": way.top_p}
            return sample(step, state, seed_generator=seed_generator, **drawn, **options)
        penalties = Penalties(way.length_penalty, way.coverage_penalty)
        return beam_search(
            step, state, beams=way.beams, n_best=way.n_best, penalties=penalties, memory_mask=mask, **options
        )

    def _problem(self, encoded: Encoded, words: Any, limits: Any) -> tuple[Callable[..., Any], Any]:
        """The step and the first state, as the searches take them."""
        first, grammar = self.reader.start(encoded), self.grammar
        if grammar is None:
            return lambda tokens, state: self.reader.step(tokens, encoded, state), first

        def step(tokens: Any, state: Any) -> Any:
            inner, trees = state
            trees = grammar.advance(trees, tokens)
            log_p, weights, inner = self.reader.step(tokens, encoded, inner)
            return tf.where(grammar.may_follow(trees), log_p, -np.inf), weights, (inner, trees)

        return step, (first, grammar.start(words, limits))
