"""Feed-forward language models over a window of words (Bengio et al., 2003)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from ..datasets import Corpus, Ragged
from ..datasets.endless import endless
from .base_language_model import LanguageModel
from .network_training import Plateau, Swap
from .next_token_training import NextTokenTraining
from .pipeline import Training
from .vocabulary_scores import chosen_log_probabilities, with_padding
from .window_network import WindowLanguageModelConfig, WindowNetwork

BLOCK = 4096  # windows scored at once


class WindowLanguageModel(LanguageModel):
    """The last n-1 words -> the next one. Score: perplexity.

    Args:
        **hyperparameters: fields of `WindowLanguageModelConfig`.

    Raises InputError for an unknown hyperparameter or a value out of range.

    Example: `WindowLanguageModel(order=5, direct=True).fit(ks.datasets.load("ptb"))`
    """

    config_type = WindowLanguageModelConfig

    def network(self) -> WindowNetwork:
        self.model = network = WindowNetwork(len(self.text) - 1, self.config, name="language_model")
        rows = tf.TensorSpec((None, self.config.order - 1), tf.int32)
        self._losses = tf.function(
            lambda windows, targets: network.token_losses(network.read(windows)[0], targets),
            input_signature=[rows, tf.TensorSpec((None,), tf.int32)],
        )
        self._next = tf.function(lambda windows: with_padding(network(windows)), input_signature=[rows])
        self._prepare()
        return network

    def training(self, corpus: Corpus) -> Training:
        c = self.config
        windows = Windows(self.encode(corpus.train), c.order, c.batch_size, c.seed)
        model = NextTokenTraining(self._trained(), 0, c.clip_norm, c.averaging)
        model.compile(optimizer=self._optimizer(windows.steps * c.epochs))
        model.optimizer.build(self._trained().trainable_variables)
        valid = self.encode(corpus.valid)
        after = [Swap(), Plateau()]
        return Training(model, windows.dataset(), windows.steps, lambda: self._evaluation(valid, None), [Swap()], after)

    def _optimizer(self, steps: int) -> keras.optimizers.Optimizer:
        return keras.optimizers.Adam(self._rate(steps), weight_decay=self.config.weight_decay or None)

    def log_probabilities(self, ids: Ragged, conditions: np.ndarray | None = None) -> np.ndarray:
        windows = Windows(ids, self.config.order, BLOCK)
        found = [self._losses(batch["inputs"], batch["targets"]).numpy() for batch in windows.epoch(0)]
        return -np.concatenate(found)[: len(ids.values)].astype(np.float64)

    def scores(self, ids: tf.Tensor, lengths: tf.Tensor, condition: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        width, network = self.config.order - 1, self._trained()
        before = tf.pad(ids[:, :-1], [[0, 0], [width, 0]])
        windows = tf.stack([before[:, place : place + tf.shape(ids)[1]] for place in range(width)], axis=2)
        hidden, _ = network.read(tf.reshape(windows, [-1, width]))
        hidden = tf.reshape(hidden, [*tf.unstack(tf.shape(ids)), hidden.shape[-1]])
        chosen = tf.where(ids > 0, chosen_log_probabilities(network.head, hidden, tf.maximum(ids - 1, 0)), 0.0)
        return chosen, with_padding(network.head(tf.gather(hidden, lengths - 1, batch_dims=1)))

    def start(self, condition: np.ndarray) -> np.ndarray:
        return np.zeros((len(condition), self.config.order - 1), np.int32)

    def advance(self, state: np.ndarray, tokens: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        state = np.concatenate([state[:, 1:], tokens[:, None]], axis=1).astype(np.int32)
        return self._next(state).numpy(), state


class Windows:
    """Each token with the n-1 before it in its text, 0 where there are none: inputs (B, n-1), targets (B,) as classes.

    Args:
        ids: the texts with their ends.
        order: n.
        rows: B; the last batch is filled up with targets of -1.
        seed: shuffles by (seed, epoch); None keeps the order.
    """

    def __init__(self, ids: Ragged, order: int, rows: int, seed: int | None = None) -> None:
        self.width, self.rows, self.seed = order - 1, rows, seed
        starts = np.repeat(ids.splits[:-1], ids.lengths)
        self.tokens = np.asarray(ids.values)
        self.depth = np.arange(len(self.tokens)) - starts
        self.steps = -(-len(self.tokens) // rows)

    def epoch(self, epoch: int) -> Iterator[dict[str, Any]]:
        """The batches of one epoch."""
        order = np.arange(len(self.tokens))
        if self.seed is not None:
            order = np.random.default_rng([self.seed, epoch]).permutation(len(self.tokens))
        for start in range(0, len(order), self.rows):
            places = order[start : start + self.rows]
            back = np.arange(self.width, 0, -1)
            at = np.maximum(places[:, None] - back, 0)
            before = np.where(back <= self.depth[places, None], self.tokens[at], 0)
            lacking = self.rows - len(places)
            yield {
                "inputs": np.pad(before, [(0, lacking), (0, 0)]).astype(np.int32),
                "targets": np.pad(self.tokens[places] - 1, (0, lacking), constant_values=-1).astype(np.int32),
            }

    def dataset(self) -> tf.data.Dataset:
        """One epoch after another without end."""
        inputs = tf.TensorSpec((self.rows, self.width), tf.int32)
        signature = {"inputs": inputs, "targets": tf.TensorSpec((self.rows,), tf.int32)}
        return endless(self.epoch, signature)
