"""Recurrent language models: h[t] = cell(e(w[t]), h[t-1]), p(w[t+1]) = softmax(W h[t] + b)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from ..datasets import Batches, Corpus, InputError, Ragged
from ..layers import END_ID
from .base_language_model import LanguageModel
from .gate_reading import GateReading, gate_reading
from .gradient_lens import GradientLens, gradient_lens
from .network_training import Plateau, Swap
from .next_token_training import NextTokenTraining
from .pipeline import Training
from .recurrent_config import RecurrentLanguageModelConfig
from .recurrent_network import RecurrentNetwork
from .token_stream import TokenStream, overlapping_rows
from .vocabulary_scores import chosen_log_probabilities, with_padding

ROWS, WINDOW = 32, 64  # of a stream that is scored: rows side by side, each after a window that only warms its state up
END_CLASS = END_ID - 1  # the softmax has no class for padding: class c is the token of id c + 1


class RecurrentLanguageModel(LanguageModel):
    """Words (B, T) -> the next ones (B, T): embedding, recurrent layers, softmax. Score: perplexity.

    Args:
        **hyperparameters: fields of `RecurrentLanguageModelConfig`.

    Raises InputError for an unknown hyperparameter or a value out of range.

    Example: `RecurrentLanguageModel(cell="gru", units=100).fit(ks.datasets.load("ptb")).generate("the")`

    Reference: Mikolov et al., Recurrent neural network based language model, 2010; Zaremba, Sutskever & Vinyals, Recurrent
    neural network regularization, 2014.
    """

    config_type = RecurrentLanguageModelConfig

    @property
    def labels(self) -> list[str]:
        return self._labels

    def learn(self, corpus: Corpus) -> None:
        super().learn(corpus)
        self._labels = _labels(corpus) if self.config.condition else []

    def documents(self) -> dict[str, Any]:
        return {**super().documents(), "labels": self._labels}

    def restore(self, documents: dict[str, Any]) -> None:
        super().restore(documents)
        self._labels = documents["labels"]

    def network(self) -> RecurrentNetwork:
        network = RecurrentNetwork(len(self.text) - 1, self.config, len(self._labels), name="language_model")
        self.model = network
        sizes = [tf.TensorSpec((None, size), tf.float32) for size in network.state_sizes]
        rows = tf.TensorSpec((None, None), tf.int32)
        self._window = tf.function(
            lambda inputs, targets, states: _losses(network, inputs, targets, states),
            input_signature=[rows, rows, sizes],
        )
        self._step = tf.function(
            lambda tokens, states: _step(network, tokens, states), input_signature=[rows, sizes], jit_compile=False
        )
        self._prepare()
        return network

    def training(self, corpus: Corpus) -> Training:
        c, train = self.config, self.encode(corpus.train)
        if c.context == "stream":
            stream = TokenStream(train.values - 1, c.batch_size, c.steps, END_CLASS, c.seed)
            batches, steps = stream.dataset(), stream.steps
        else:
            conditions = self.conditions(corpus.train)
            columns: dict[str, Any] = {"ids": train} if conditions is None else {"ids": train, "condition": conditions}
            cut = Batches(columns, c.batch_size, seed=c.seed)
            batches, steps = cut.stream().map(_sentences), cut.steps
        model = NextTokenTraining(self.model, c.batch_size if c.context == "stream" else 0, c.clip_norm, c.averaging)
        model.compile(optimizer=self._optimizer(steps * c.epochs))
        model.optimizer.build(self._trained().trainable_variables)
        valid, conditions = self.encode(corpus.valid), self.conditions(corpus.valid)
        after = [Swap(), Plateau(c.decay_factor if c.decay == "plateau" else 1.0)]
        return Training(model, batches, steps, lambda: self._evaluation(valid, conditions), [Swap()], after)

    def _optimizer(self, steps: int) -> keras.optimizers.Optimizer:
        kind, rate = OPTIMIZERS[self.config.optimizer if self.config.optimizer != "auto" else USUAL[self.config.cell]]
        return kind(self._rate(steps, rate), weight_decay=self.config.weight_decay or None)

    def gradient_lens(self, texts: Any, steps: int = 50, rows: int = 32) -> GradientLens:
        """How far back the gradient of the loss reaches on these texts; see `GradientLens`.

        Args:
            texts: strings, or a split of a corpus.
            steps: how far back, at most.
            rows: how many texts, or places in one stream, are looked at.

        Raises InputError where there is no token.
        """
        return gradient_lens(self, texts, steps, rows)

    def gates(self, text: str, layer: int = 1) -> GateReading:
        """What the gates of one layer, 1 for the lowest, did at each token; raises InputError for cells without gates."""
        return gate_reading(self, text, layer)

    def pictures(self, folder: Path, corpus: Corpus) -> dict[str, float]:
        figures = super().pictures(folder, corpus)
        lens = self.gradient_lens(corpus.valid)
        lens.png(folder / "gradient_lens.png")
        return {**figures, **{name: value for name, value in lens.figures().items() if name not in self.history}}

    def scores(self, ids: tf.Tensor, lengths: tf.Tensor, condition: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        network = self._trained()
        classes = tf.maximum(ids - 1, 0)
        inputs = tf.pad(classes[:, :-1], [[0, 0], [1, 0]], constant_values=END_CLASS)
        hidden, _ = network.read(inputs, network.start(tf.shape(ids)[0], condition))
        chosen = tf.where(ids > 0, chosen_log_probabilities(network.head, hidden, classes), 0.0)
        return chosen, with_padding(network.head(tf.gather(hidden, lengths - 1, batch_dims=1)))

    def running_log_probabilities(self, ids: Ragged) -> np.ndarray:
        if self.config.context == "sentence":
            return self.log_probabilities(ids)
        rows = overlapping_rows(np.asarray(ids.values) - 1, ROWS, WINDOW, END_CLASS)
        states = self._trained().start(len(rows.inputs))
        found = []
        for place in range(0, rows.inputs.shape[1], WINDOW):
            cut = slice(place, place + WINDOW)
            losses, states = self._window(rows.inputs[:, cut], rows.targets[:, cut], states)
            found.append(losses.numpy())
            if not place:  # nothing stands before the first row
                states = [state * (np.arange(len(rows.inputs)) > 0)[:, None].astype(np.float32) for state in states]
        return rows.in_order(-np.concatenate(found, axis=1).astype(np.float64))

    def start(self, condition: np.ndarray) -> list[tf.Tensor]:
        return self._trained().start(len(condition), condition)

    def advance(self, state: list[tf.Tensor], tokens: np.ndarray) -> tuple[np.ndarray, list[tf.Tensor]]:
        inputs = np.where(tokens == 0, END_CLASS, tokens - 1).astype(np.int32)
        log_p, state = self._step(inputs[:, None], [tf.convert_to_tensor(each) for each in state])
        return log_p.numpy(), state


OPTIMIZERS = {"adam": (keras.optimizers.Adam, 0.002), "sgd": (keras.optimizers.SGD, 20.0)}  # and their usual rates
USUAL = {"lstm": "sgd", "gru": "sgd", "elman": "adam", "jordan": "adam"}  # see docs/results.md


def _losses(network: RecurrentNetwork, inputs: Any, targets: Any, states: Any) -> Any:
    hidden, states = network.read(inputs, states)
    return network.token_losses(hidden, targets), states


def _step(network: RecurrentNetwork, tokens: Any, states: Any) -> Any:
    log_p, states = network(tokens, states)
    return with_padding(log_p[:, 0]), states


def _sentences(batch: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
    """Whole texts as classes: each token after the one before it, the first after an end."""
    targets = batch["ids"] - 1  # padding becomes -1: not counted
    inputs = tf.pad(tf.maximum(targets, 0)[:, :-1], [[0, 0], [1, 0]], constant_values=END_CLASS)
    found = {"inputs": inputs, "targets": targets}
    return {**found, "condition": batch["condition"]} if "condition" in batch else found


def _labels(corpus: Corpus) -> list[str]:
    labels = {example.label for split in (corpus.train, corpus.valid) for example in split}
    if None in labels:
        raise InputError(f"condition=true: corpus {corpus.name} has texts without a label, expected one for each")
    if any(isinstance(label, tuple) for label in labels):
        raise InputError(f"condition=true: corpus {corpus.name} has tuples of labels, expected one label for each text")
    return sorted(labels)
