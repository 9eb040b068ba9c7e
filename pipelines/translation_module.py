"""The graph of a translator from raw strings to strings: the same in `translate` and in an export."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from ..layers import END, START_ID, UNKNOWN_ID, Hypotheses, Penalties, TextUnits, beam_search, greedy_search, sample
from .translation_data import ended
from .translation_network import Encoded, TranslationNetwork, moved_on


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


class TranslationModule(tf.Module):
    """Strings in, strings out.

    `serve(text (B,) of string)` returns `translation` (B,), the best; `translations` (B, n) with `scores` and
    `log_probabilities` (B, n), the best first, and `finished` (B, n), whether a translation came to its end within the
    limit; `truncated` (B,), whether the source was longer than what is read; `source_units` (B, S) and `target_units` (B,
    n, T), "" is padding, with `source_lengths` (B,) and `lengths` (B, n); and `alignment` (B, n, T, S), the attention's
    weights, all 0 without attention.

    Args:
        source, target: from strings to ids, and back.
        network: the translator's.
        reach: how long sentences are.
        way: how translations are searched for.
        replace_unknown: whether an unknown unit becomes what it was aligned with.
    """

    def __init__(
        self,
        source: TextUnits,
        target: TextUnits,
        network: TranslationNetwork,
        reach: Reach,
        way: Way,
        replace_unknown: bool,
        seed_generator: Any = None,
    ) -> None:
        super().__init__()
        self.source, self.target = source, target
        attends = network.config.attention != "none"
        answer = Answer(source, target, _reader(network), reach, replace_unknown and attends, attends)
        self.serve: Callable[..., Any] = tf.function(
            lambda text: answer.of(text, way, seed_generator),
            input_signature=[tf.TensorSpec((None,), tf.string, name="text")],
        )


class Reader(NamedTuple):
    """What a graph needs of the network, which it must not hold."""

    encode: Callable[[Any], Encoded]
    start: Callable[[Encoded], list[Any]]
    step: Callable[..., Any]


def _reader(network: TranslationNetwork) -> Reader:
    return Reader(network.encode, network.start, network.step)


class Answer(NamedTuple):
    """From raw strings to what is said of them."""

    source: TextUnits
    target: TextUnits
    reader: Reader
    reach: Reach
    replace_unknown: bool
    attends: bool

    def of(self, texts: Any, way: Way, seed_generator: Any = None) -> dict[str, Any]:
        """The named outputs of `TranslationModule.serve`."""
        surfaces, ids = self.source.surfaces(texts), self.source(texts)
        truncated = ids.row_lengths() > self.reach.read
        surfaces, ids = surfaces[:, : self.reach.read], ids[:, : self.reach.read]
        read = ended(ids)
        dense = tf.reshape(read.to_tensor(), [read.nrows(), -1])
        encoded = self.reader.encode(dense)
        found = self.search(encoded, dense > 0, tf.cast(read.row_lengths(), tf.int32), way, seed_generator)
        weights = found.weights
        if not self.attends:
            shape = tf.concat([tf.shape(found.tokens), tf.shape(dense)[1:]], axis=0)
            weights = tf.zeros(shape)
        units, written = self.written(found, weights, surfaces)
        return {
            "translation": written[:, 0],
            "translations": written,
            "scores": found.scores,
            "log_probabilities": found.log_p,
            "finished": found.finished,
            "truncated": truncated,
            "source_units": tf.concat([surfaces, tf.fill([surfaces.nrows(), 1], END)], axis=1).to_tensor(),
            "source_lengths": tf.cast(read.row_lengths(), tf.int32),
            "target_units": units,
            "lengths": found.lengths,
            "alignment": weights,
        }

    def search(self, encoded: Encoded, mask: Any, lengths: Any, way: Way, seed_generator: Any = None) -> Hypotheses:
        """Translations of sources whose lengths are (B,)."""
        banned = (START_ID,) if self.replace_unknown else (START_ID, UNKNOWN_ID)
        options: dict[str, Any] = {"length": self.reach.limits(lengths), "banned": banned, "keep_weights": self.attends}

        def step(tokens: Any, state: Any) -> Any:
            return self.reader.step(tokens, encoded, state)

        state = self.reader.start(encoded)
        if way.method == "greedy":
            return greedy_search(step, state, **options)
        if way.method == "sample":
            drawn: dict[str, Any] = {"temperature": way.temperature, "top_k": way.top_k, "top_p": way.top_p}
            return sample(step, state, seed_generator=seed_generator, **drawn, **options)
        penalties = Penalties(way.length_penalty, way.coverage_penalty)
        rest: dict[str, Any] = {"beams": way.beams, "n_best": way.n_best, "penalties": penalties, "memory_mask": mask}
        return beam_search(step, state, **rest, **options)

    def written(self, found: Hypotheses, weights: Any, surfaces: Any) -> tuple[Any, Any]:
        """The units (B, n, T) and the texts (B, n) that were found."""
        names = tf.gather(tf.constant([*["", *self.target.vocabulary.tokens[1:]]]), found.tokens)
        if not self.replace_unknown:
            return names, self.target.write(found.tokens)
        padded = surfaces.to_tensor()  # (B, S - 1): an end stands for no unit
        padded = tf.concat([padded, tf.fill([tf.shape(padded)[0], 1], "")], axis=1)  # nor does nothing
        real = tf.sequence_mask(surfaces.row_lengths(), tf.shape(weights)[-1])[:, None, None]
        places = tf.argmax(tf.where(real, weights, -1.0), axis=-1, output_type=tf.int32)  # (B, n, T)
        copied = tf.gather(padded, places, batch_dims=1)
        return tf.where(found.tokens == UNKNOWN_ID, copied, names), self.target.write(found.tokens, copied)


class ForcedModule(tf.Module):
    """log p of given targets. `of(source (B, S), target (B, T))`, ids with their ends, gives log p of each unit of the target
    (B, T), 0 on padding, whether it was the most probable one (B, T), and the attention's weights (B, T, S), 0 without
    attention."""

    def __init__(self, network: TranslationNetwork) -> None:
        super().__init__()
        ids = tf.TensorSpec((None, None), tf.int32)
        self.of: Callable[..., Any] = tf.function(lambda x, y: _forced(network, x, y), input_signature=[ids, ids])


def _forced(network: TranslationNetwork, source: Any, target: Any) -> Any:
    outputs, weights = network.decode(moved_on(target), network.encode(source))
    log_p = network.head(outputs)
    real = target > 0
    chosen = tf.where(real, tf.gather(log_p, target, batch_dims=2), 0.0)
    right = real & (tf.argmax(log_p, axis=-1, output_type=tf.int32) == target)
    if weights is None:
        weights = tf.zeros(tf.concat([tf.shape(target), tf.shape(source)[1:]], axis=0))
    return chosen, right, tf.where(real[..., None], weights, 0.0)


def seeds(seed: int) -> Any:
    """What draws are taken from."""
    return keras.random.SeedGenerator(seed)
