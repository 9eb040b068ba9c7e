"""The feed-forward language model: ŷ = softmax(W2 tanh(W1 x + b1) + W3 x + b3), x = the vectors of the last n-1 words.

Without W3 x + b3 it is the simplified model; b3 and b2, the bias of the softmax, are one. Tied, W2 is the words' vectors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras
from keras import ops

from ..datasets import InputError
from ..layers import VocabularySoftmax
from .config import TrainingConfig, option
from .language_model_config import TextOptions


@dataclass(frozen=True)
class WindowLanguageModelConfig(TextOptions, TrainingConfig):
    """The hyperparameters of `WindowLanguageModel`."""

    kind: str = option("nnlm", "the kind of language model", ("nnlm",))
    order: int = option(5, "n: the last n-1 words are read", low=2)
    embedding_dim: int = option(100, "E, the size of a word's vector", low=1)
    units: int = option(200, "H, the size of the hidden layer", low=1)
    direct: bool = option(False, "whether the vectors also lead to the softmax directly, past the hidden layer")
    tied: bool = option(False, "whether the softmax uses the words' vectors; the hidden layer then has their size")
    dropout: float = option(
        0.0, "the share of features dropped, of the vectors and of the hidden layer", low=0, below=1
    )
    precision: str = option("float32", "of the products with the vocabulary while training", ("float32", "bfloat16"))
    batch_size: int = option(256, "windows a step", low=1)
    epochs: int = option(20, "the most passes over the training data", low=1)
    patience: int = option(3, "epochs without a better validation score before training stops", low=1)
    learning_rate: float = option(1e-3, "of Adam, at the start", low=1e-9)
    weight_decay: float = option(0.0, "decoupled from the gradient", low=0, below=1)
    clip_norm: float = option(1.0, "the gradient's largest norm; 0 leaves it as it is", low=0)
    averaging: str = option(
        "none", "weights at evaluation: the last, a moving average, a mean", ("none", "ema", "asgd")
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.tied and self.direct:
            raise InputError("tied=true with direct=true: expected one of them, as the softmax would read more than h")
        if self.tied and self.units != self.embedding_dim:
            raise InputError(
                f"tied=true with units={self.units} and embedding_dim={self.embedding_dim}: expected the same number"
            )


@keras.saving.register_keras_serializable(package="keras_seq")
class WindowNetwork(keras.Model):
    """Windows to log p, by Bengio's equation.

    Args:
        vocabulary_size: V.
        config: the hyperparameters.

    Call arguments:
        windows: the ids of the last n-1 words, the last on the right, (B, n-1).

    Returns log p of the next word (B, V).

    Reference: Bengio, Ducharme, Vincent & Jauvin, A neural probabilistic language model, 2003.
    """

    def __init__(self, vocabulary_size: int, config: WindowLanguageModelConfig, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.vocabulary_size, self.config = vocabulary_size, config
        c, seed = config, config.seed * 1000
        self.state_sizes: list[int] = []  # nothing is carried from batch to batch
        rows = 1 if c.tied else vocabulary_size + 1  # row 0 stands before a text
        self.words = keras.layers.Embedding(
            rows, c.embedding_dim, keras.initializers.RandomUniform(-0.1, 0.1, seed=seed), name="words"
        )
        self.hidden = keras.layers.Dense(
            c.units,
            activation="tanh",
            kernel_initializer=keras.initializers.GlorotUniform(seed=seed + 1),
            name="hidden",
        )
        self.dropouts = [keras.layers.Dropout(c.dropout, seed=seed + place) for place in (2, 3)]
        self.head = VocabularySoftmax(vocabulary_size, training_dtype=c.precision, seed=seed + 4, name="softmax")
        self.build()

    def build(self, input_shape: Any = None) -> None:
        """Makes all weights."""
        if getattr(self, "built", False):
            return
        c = self.config
        width = (c.order - 1) * c.embedding_dim
        self.words.build()
        self.hidden.build((None, width))
        self.head.build((None, c.units + (width if c.direct else 0)))
        self.built = True

    def start(self, batch: Any, condition: Any = None) -> list[Any]:
        """No states."""
        return []

    def vectors(self, words: Any) -> Any:
        """e(w), (..., E), of ids, where 0 stands before a text."""
        if not self.config.tied:
            return self.words(words)
        before = ops.expand_dims(words == 0, -1)
        return ops.where(before, self.words.embeddings[0], self.head.vectors(ops.maximum(words - 1, 0)))

    def read(self, windows: Any, states: Any = (), training: bool = False) -> tuple[Any, list[Any]]:
        """What the softmax reads, (B, H), or (B, H + (n-1) E) with direct connections: [W2; W3] is its one matrix."""
        x = ops.reshape(self.vectors(windows), (-1, (self.config.order - 1) * self.config.embedding_dim))
        x = self.dropouts[0](x, training=training)
        h = self.dropouts[1](self.hidden(x), training=training)
        return ops.concatenate([h, x], axis=-1) if self.config.direct else h, []

    def token_losses(self, hidden: Any, targets: Any, training: bool = False) -> Any:
        """-log p of the targets (B,), 0 where they are -1, in nats."""
        return self.head.loss(hidden, targets, training=training)

    def call(self, windows: Any, training: bool = False) -> Any:
        return self.head(self.read(windows, training=training)[0])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "vocabulary_size": self.vocabulary_size, "config": vars(self.config)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> WindowNetwork:
        return cls(**{**config, "config": WindowLanguageModelConfig(**config["config"])})
