"""The graph of a translator from raw strings to strings: the same in `translate` and in an export."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import tensorflow as tf

from ..datasets import InputError
from ..layers import END, START_ID, UNKNOWN_ID, Hypotheses, TextUnits
from ..layers.tree_grammar import TreeGrammar
from .translation_data import ended
from .translation_network import TranslationNetwork, moved_on
from .translation_search import Reach, Search, Way, reader_of


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
        seed_generator: what draws are taken from.
    """

    def __init__(
        self,
        source: TextUnits,
        target: TextUnits,
        network: TranslationNetwork,
        reach: Reach,
        way: Way,
        seed_generator: Any = None,
    ) -> None:
        super().__init__()
        self.source, self.target = source, target
        c = network.config
        attends = c.attention != "none"
        replaces = c.unknown_replacement and attends and c.output == "text"
        banned = (START_ID,) if replaces else (START_ID, UNKNOWN_ID)
        grammar = TreeGrammar(target.vocabulary.tokens) if c.output == "tree" else None
        answer = Answer(source, target, Search(reader_of(network), reach, banned, attends, grammar), replaces)
        self.serve: Callable[..., Any] = tf.function(
            lambda text: answer.of_any(text, way, seed_generator),
            input_signature=[tf.TensorSpec((None,), tf.string, name="text")],
        )


class Answer(NamedTuple):
    """From raw strings to what is said of them."""

    source: TextUnits
    target: TextUnits
    search: Search
    replace_unknown: bool

    def of_any(self, texts: Any, way: Way, seed_generator: Any) -> dict[str, Any]:
        """As `of`, also of no texts: no loop of the network takes 0 rows, so one without words stands for them."""
        count = tf.size(texts)
        found = self.of(tf.concat([texts, tf.fill([tf.maximum(1 - count, 0)], "")], axis=0), way, seed_generator)
        return {name: value[:count] for name, value in found.items()}

    def of(self, texts: Any, way: Way, seed_generator: Any) -> dict[str, Any]:
        """The named outputs of `TranslationModule.serve`."""
        dense, given = sources_read(self.source, texts, self.search.reach.read)
        words = self.source.tokenizer(texts).text.row_lengths()
        found = self.search.find(dense, words, way, seed_generator)
        weights = found.weights
        if weights is None:
            shape = tf.concat([tf.shape(found.tokens), tf.shape(dense)[1:]], axis=0)
            weights = tf.zeros(shape)
        units, written = self.written(found, weights, given["source_units"], given["source_lengths"])
        return {
            "translation": written[:, 0],
            "translations": written,
            "scores": found.scores,
            "log_probabilities": found.log_p,
            "finished": found.finished,
            "target_units": units,
            "lengths": found.lengths,
            "alignment": weights,
            **given,
        }

    def written(self, found: Hypotheses, weights: Any, sources: Any, lengths: Any) -> tuple[Any, Any]:
        """The units (B, n, T) and the texts (B, n) that were found; sources are units (B, S), of such lengths (B,)."""
        names = tf.gather(tf.constant([*["", *self.target.vocabulary.tokens[1:]]]), found.tokens)
        if not self.replace_unknown:
            return names, self.target.write(found.tokens)
        real = tf.sequence_mask(lengths - 1, tf.shape(sources)[1])  # an end stands for nothing
        places = tf.argmax(tf.where(real[:, None, None], weights, -1.0), axis=-1, output_type=tf.int32)  # (B, n, T)
        copied = tf.gather(tf.where(real, sources, ""), places, batch_dims=1)
        return tf.where(found.tokens == UNKNOWN_ID, copied, names), self.target.write(found.tokens, copied)


def sources_read(units: TextUnits, texts: Any, most: int) -> tuple[Any, dict[str, Any]]:
    """The ids (B, S) of raw strings (B,), `most` of each and its end, and what is told of them."""
    surfaces, ids = units.surfaces(texts), units(texts)
    surfaces, kept = surfaces[:, :most], ended(ids[:, :most])
    return kept.to_tensor(), {
        "truncated": ids.row_lengths() > most,
        "source_units": tf.concat([surfaces, tf.fill([surfaces.nrows(), 1], END)], axis=1).to_tensor(),
        "source_lengths": tf.cast(kept.row_lengths(), tf.int32),
    }


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
    """What draws are taken from; raises InputError for a seed below 0."""
    if seed < 0:
        raise InputError(f"seed={seed}: expected at least 0")
    return keras.random.SeedGenerator(seed)
