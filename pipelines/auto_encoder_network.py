"""A sentence to a code, and from nothing but the code back to the sentence.

c = encoder(e(x[1]), …, e(x[T]));  r[t] = decoder(e(x[t-1]), c);  p(x | c) = Π_t softmax(Ws r[t] + bs)_x[t]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import keras
from keras import ops

from ..layers import END_ID, TokenDropout, VocabularySoftmax
from .auto_encoder_config import AutoEncoderConfig
from .code_decoder import CodeDecoder
from .code_encoder import CodeEncoder
from .translation_network import moved_on


@keras.saving.register_keras_serializable(package="keras_seq")
class AutoEncoderNetwork(keras.Model):
    """Sentences, with their ends, to log p of each of their units.

    Args:
        vocabulary_size: V.
        config: the hyperparameters.

    Call arguments:
        ids: (B, T), 0 is padding.
        training: whether noise is added.

    Returns log p (B, T, V).

    Reference: Dai & Le, Semi-supervised sequence learning, 2015; Li, Luong & Jurafsky, 2015, whose standard model it is.
    """

    def __init__(self, vocabulary_size: int, config: AutoEncoderConfig, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.vocabulary_size, self.config = vocabulary_size, config
        c, seeds = config, iter(range(config.seed * 1000, config.seed * 1000 + 500))
        self.head = VocabularySoftmax(vocabulary_size, seed=next(seeds), name="softmax")
        read, written = (_table(vocabulary_size, c, seeds, name) for name in ("read_vectors", "written_vectors"))
        self.read_vectors, self.written_vectors = (None if c.tied else table for table in (read, written))
        self.read_kept = TokenDropout(c.denoising, seed=next(seeds), name="denoising")
        self.written_kept = TokenDropout(c.token_dropout, seed=next(seeds), name="token_dropout")
        self.vectors_kept, self.outputs_kept = (
            keras.layers.Dropout(c.dropout, noise_shape=(None, 1, None), seed=next(seeds)) for _ in range(2)
        )
        self.encoder = CodeEncoder(c, seeds, name="encoder")
        self.decoder = CodeDecoder(c, c.embedding_dim, c.code_every_step, seeds, name="decoder")
        self.build()

    def build(self, input_shape: Any = None) -> None:
        """Makes all weights."""
        if getattr(self, "built", False):
            return
        width = self.config.embedding_dim
        self.head.build((None, width))
        for table in filter(None, (self.read_vectors, self.written_vectors)):
            table.build()
        self.encoder.build((None, None, width))
        self.decoder.build((None, None, width))
        self.built = True

    @property
    def read_table(self) -> Any:
        """The vectors of units where they are read, (V, E)."""
        return self.head.embeddings if self.read_vectors is None else self.read_vectors.embeddings

    def code(self, ids: Any, training: bool = False) -> Any:
        """c (B, C) of sentences (B, T); their ends are not read."""
        x = self._vectors(self.read_kept(ids, training=training), self.read_vectors, training)
        return self.encoder(x, ops.not_equal(ids, 0) & ops.not_equal(ids, END_ID), training=training)

    def outputs(self, ids: Any, code: Any, training: bool = False) -> Any:
        """r (B, T, E), from which each of the units (B, T) follows: of a code (B, C) and the units before it."""
        x = self._vectors(self.written_kept(moved_on(ids), training=training), self.written_vectors, training)
        return self.outputs_kept(self.decoder(x, code, training=training), training=training)

    def start(self, code: Any) -> list[Any]:
        """The state before the first unit, each (B, 1, H)."""
        return self.decoder.start(code)

    def step(self, tokens: Any, code: Any, state: Sequence[Any]) -> tuple[Any, None, list[Any]]:
        """One step of N hypotheses of each code: tokens (B, N) to log p (B, N, V), no attention, the new state."""
        outputs, state = self.decoder.step(self._vectors(tokens, self.written_vectors, False), code, state)
        return self.head(outputs), None, state

    def _vectors(self, ids: Any, table: Any, training: bool) -> Any:
        lookup = self.head.vectors if table is None else table
        return self.vectors_kept(lookup(ids), training=training)

    def losses(self, ids: Any, training: bool = False) -> Any:
        """-log p of each unit (B, T), 0 on padding; smoothed in training."""
        return self.losses_after(ids, self.code(ids, training), training)

    def losses_after(self, ids: Any, code: Any, training: bool = False) -> Any:
        """The same, by a code (B, C)."""
        labels = ops.where(ops.equal(ids, 0), -1, ids)
        smoothing = self.config.label_smoothing if training else 0.0
        return self.head.loss(self.outputs(ids, code, training), labels, training=training, smoothing=smoothing)

    def log_probabilities(self, ids: Any, code: Any, training: bool = False) -> Any:
        """log p (B, T, V) of what stands where each of the units does, by a code (B, C) and the units before it."""
        return self.head(self.outputs(ids, code, training))

    def call(self, ids: Any, training: bool = False) -> Any:
        return self.log_probabilities(ids, self.code(ids, training), training)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "vocabulary_size": self.vocabulary_size, "config": vars(self.config)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> AutoEncoderNetwork:
        return cls(**{**config, "config": AutoEncoderConfig(**config["config"])})


def _table(size: int, c: AutoEncoderConfig, seeds: Iterator[int], name: str) -> keras.layers.Embedding:
    start = keras.initializers.RandomUniform(-0.1, 0.1, seed=next(seeds))
    return keras.layers.Embedding(size, c.embedding_dim, start, name=name)
