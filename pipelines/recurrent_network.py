"""A recurrent language model's network: h[t] = cell(e(w[t]), h[t-1]), ŷ[t] = softmax(W h[t] + b)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import ops

from ..datasets import InputError
from ..layers import CELLS, AdaptiveSoftmax, Cell, Recurrence, RecurrentDropout, VocabularySoftmax
from .recurrent_config import RecurrentLanguageModelConfig
from .recurrent_layers import read_layers, state_sizes

CUTOFFS = (2000, 8000, 40_000)  # where the tails of an adaptive softmax begin


@keras.saving.register_keras_serializable(package="keras_seq")
class RecurrentNetwork(keras.Model):
    """Embedding, recurrent layers, softmax; the states go in and come out, so that a text can be read in pieces.

    Args:
        vocabulary_size: V.
        config: the hyperparameters.
        conditions: K, the number of labels that a text may start from; 0 for none.

    Call arguments:
        tokens: ids, (B, T).
        states: as `start` makes them, or as the last call returned them.
        training: whether noise is added.

    Returns (log p of the token after each (B, T, V), the new states).

    Reference: Mikolov et al., Recurrent neural network based language model, 2010; the kinds of dropout: Gal & Ghahramani,
    2016, and Merity, Keskar & Socher, Regularizing and optimizing LSTM language models, 2018.
    """

    def __init__(
        self, vocabulary_size: int, config: RecurrentLanguageModelConfig, conditions: int = 0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.vocabulary_size, self.config, self.conditions = vocabulary_size, config, conditions
        c, seeds = config, iter(range(config.seed * 1000, config.seed * 1000 + 1000))
        self.width = c.embedding_dim or c.units
        self.head = _head(vocabulary_size, c, next(seeds))
        start = keras.initializers.RandomUniform(-0.1, 0.1, seed=next(seeds))
        self.embedding = None if c.tied else keras.layers.Embedding(vocabulary_size, self.width, start, name="words")
        sizes = [c.units] * (c.layers - 1) + [self.width if c.tied else c.units]
        self.recurrence = [
            Recurrence(
                self._cell(size, next(seeds)), return_state=True, dropout=_noise(c, next(seeds)), name=f"recurrence_{i}"
            )
            for i, size in enumerate(sizes)
        ]
        rates = [c.input_dropout, *[c.layer_dropout] * (c.layers - 1), c.output_dropout]
        self.dropouts = [keras.layers.Dropout(rate, noise_shape=(None, 1, None), seed=next(seeds)) for rate in rates]
        self.words_kept = keras.layers.Dropout(c.embedding_dropout, seed=next(seeds), name="embedding_dropout")
        self.starts = [
            keras.layers.Embedding(
                conditions, size, keras.initializers.RandomNormal(stddev=0.1, seed=next(seeds)), name=f"start_{i}"
            )
            for i, size in enumerate(self.state_sizes if conditions else ())
        ]
        self.build()

    def _cell(self, units: int, seed: int) -> Cell:
        c = self.config
        options: dict[str, Any] = {"recurrent_initializer": c.recurrent_start, "seed": seed, "name": "cell"}
        if c.cell == "jordan":
            return JordanWordCell(units, self._expected, self.width, activation=c.activation, **options)
        if c.cell == "elman":
            options["activation"] = c.activation
        return CELLS[c.cell](units, **options)

    def build(self, input_shape: Any = None) -> None:
        """Makes all weights."""
        if getattr(self, "built", False):
            return
        self.head.build((None, self.width if self.config.tied else self.config.units))
        if self.embedding is not None:
            self.embedding.build()
        width = self.width
        for layer in self.recurrence:
            layer.build((None, None, width))
            width = layer.output_width
        for table in self.starts:
            table.build()
        self.built = True

    @property
    def state_sizes(self) -> list[int]:
        """The width of each state."""
        return state_sizes(self.recurrence)

    def start(self, batch: int, conditions: Any = None) -> list[Any]:
        """The states before the first token: zeros, or those of the condition (B, K), the share of each label.

        None is an equal share of each.
        """
        if conditions is None:
            conditions = ops.ones((batch, self.conditions)) / max(1, self.conditions)
        if not self.starts:
            return [ops.zeros((batch, size)) for size in self.state_sizes]
        return [ops.tanh(ops.matmul(conditions, table.embeddings)) for table in self.starts]

    def vectors(self, tokens: Any, training: bool = False) -> Any:
        """e(w), (..., E)."""
        table = self.head.vectors if self.embedding is None else self.embedding
        vectors = table(tokens)
        if training and self.config.embedding_dropout:  # a word is dropped wherever it stands in the batch
            kept = self.words_kept(ops.ones((self.vocabulary_size,)), training=True)
            vectors = vectors * ops.take(kept, tokens)[..., None]
        return vectors

    def _expected(self, hidden: Any) -> Any:
        """Σ_w p(w) e_w of the softmax over hidden (B, H), (B, E)."""
        return ops.matmul(ops.exp(self.head(hidden)), self.vectors(ops.arange(self.vocabulary_size)))

    def read(self, tokens: Any, states: Sequence[Any], training: bool = False) -> tuple[Any, list[Any]]:
        """h of the uppermost layer (B, T, H), and the new states."""
        return read_layers(self.vectors(tokens, training), self.recurrence, self.dropouts, states, training)

    def token_losses(self, hidden: Any, targets: Any, training: bool = False) -> Any:
        """-log p of the targets (B, T), 0 where they are -1, after hidden (B, T, H); (B, T) in nats."""
        if isinstance(self.head, AdaptiveSoftmax):
            return self.head.loss(hidden, targets)
        return self.head.loss(hidden, targets, training=training)

    def call(self, tokens: Any, states: Sequence[Any] | None = None, training: bool = False) -> tuple[Any, list[Any]]:
        states = self.start(ops.shape(tokens)[0]) if states is None else states
        hidden, states = self.read(tokens, states, training)
        return self.head(hidden), states

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "config": vars(self.config),
            "conditions": self.conditions,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> RecurrentNetwork:
        return cls(**{**config, "config": RecurrentLanguageModelConfig(**config["config"])})


class JordanWordCell(Cell):
    """The memory keeps the output, as its expected vector: h = f(x W + s U + b), s' = Σ_w softmax(h)_w e_w.

    Args:
        units: H.
        expected: from h (B, H) to s' (B, E), by the network's own softmax and vectors.
        width: E.
        activation: f.
    """

    gates = 1

    def __init__(self, units: int, expected: Callable[[Any], Any], width: int, activation: str, **kwargs: Any) -> None:
        super().__init__(units, **kwargs)
        self.activation = keras.activations.get(activation)
        self.expected, self.state_size = expected, width

    def build(self, input_shape: Any) -> None:
        self.output_size = self.state_size  # U has a row for each feature of the memory
        super().build(input_shape)
        self.output_size = self.units

    def call(self, inputs: Any, states: Any, training: bool = False) -> Any:
        h = self.activation(ops.matmul(inputs, self.kernel) + ops.matmul(states[0], self.recurrent_kernel) + self.bias)
        return h, [self.expected(h)]


def _head(vocabulary_size: int, c: RecurrentLanguageModelConfig, seed: int) -> keras.Layer:
    if c.softmax == "full":
        return VocabularySoftmax(vocabulary_size, training_dtype=c.precision, seed=seed, name="softmax")
    cutoffs = tuple(cutoff for cutoff in CUTOFFS if cutoff < vocabulary_size)
    if not cutoffs:
        raise InputError(f"softmax=adaptive: a vocabulary of {vocabulary_size}, expected more than {CUTOFFS[0]} tokens")
    return AdaptiveSoftmax(vocabulary_size, cutoffs, seed=seed, name="softmax")


def _noise(c: RecurrentLanguageModelConfig, seed: int) -> RecurrentDropout | None:
    return RecurrentDropout(weights=c.weight_drop, seed=seed) if c.weight_drop else None
