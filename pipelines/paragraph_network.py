"""A paragraph to a code, and from nothing but the code back to the paragraph, by way of vectors of its sentences.

v[n] = encoder(x[n]);  c = encoder'(v[1], …, v[N]);  u[1], …, u[N+1] = decoder'(c);  p(x | c) = Π_n p(x[n] | u[n])

The last sentence, x[N+1], is empty: it ends the paragraph.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from ..layers import END_ID
from .auto_encoder_config import AutoEncoderConfig
from .auto_encoder_network import AutoEncoderNetwork
from .code_decoder import CodeDecoder, repeated
from .code_encoder import CodeEncoder


@keras.saving.register_keras_serializable(package="keras_seq")
class ParagraphNetwork(keras.Model):
    """Paragraphs, the empty sentence at the end of each, to log p of each of their units.

    In the paper a sentence is written after those before it; here each follows from the code alone, so all of them are written
    at once.

    Args:
        vocabulary_size: V.
        config: the hyperparameters.

    Call arguments:
        ids: (B, N, T), 0 is padding.
        training: whether noise is added.

    Returns log p (B, N, T, V).

    Reference: Li, Luong & Jurafsky, A hierarchical neural autoencoder for paragraphs and documents, 2015.
    """

    def __init__(self, vocabulary_size: int, config: AutoEncoderConfig, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.vocabulary_size, self.config = vocabulary_size, config
        c, seeds = config, iter(range(config.seed * 1000 + 500, config.seed * 1000 + 1000))
        self.sentences = AutoEncoderNetwork(vocabulary_size, c, name="sentences")
        self.encoder = CodeEncoder(c, seeds, name="paragraph_encoder")
        self.decoder = CodeDecoder(c, c.code_dim, False, seeds, name="paragraph_decoder")
        self.encoder.build((None, None, c.code_dim))
        self.decoder.build((None, None, c.code_dim))
        self.built = True

    def code(self, ids: Any, training: bool = False) -> Any:
        """c (B, C) of paragraphs (B, N, T)."""
        vectors = self.sentences.code(_sentences(ids), training)
        vectors = ops.reshape(vectors, (-1, ops.shape(ids)[1], self.config.code_dim))
        real = ops.not_equal(ids[:, :, 0], 0) & ops.not_equal(ids[:, :, 0], END_ID)
        return self.encoder(vectors, real, training=training)

    def vectors(self, code: Any, sentences: Any, training: bool = False) -> Any:
        """u (B, N, C), of so many sentences, from the code (B, C)."""
        return self.decoder(repeated(code, sentences), code, training=training)

    def losses(self, ids: Any, training: bool = False) -> Any:
        """-log p of each unit (B, N, T), 0 on padding; smoothed in training."""
        codes = self._codes(self.code(ids, training), ids, training)
        return ops.reshape(self.sentences.losses_after(_sentences(ids), codes, training), ops.shape(ids))

    def log_probabilities(self, ids: Any, code: Any, training: bool = False) -> Any:
        """log p (B, N, T, V) of what stands where each of the units does, by a code (B, C) and those before it in its
        sentence."""
        found = self.sentences.log_probabilities(_sentences(ids), self._codes(code, ids, training), training)
        return ops.reshape(found, (*ops.shape(ids), self.vocabulary_size))

    def _codes(self, code: Any, ids: Any, training: bool) -> Any:
        """u of all sentences one after the other, (B N, C)."""
        return ops.reshape(self.vectors(code, ops.shape(ids)[1], training), (-1, self.config.code_dim))

    def call(self, ids: Any, training: bool = False) -> Any:
        return self.log_probabilities(ids, self.code(ids, training), training)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "vocabulary_size": self.vocabulary_size, "config": vars(self.config)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> ParagraphNetwork:
        return cls(**{**config, "config": AutoEncoderConfig(**config["config"])})


def _sentences(ids: Any) -> Any:
    """(B, N, T) -> (B N, T)"""
    return ops.reshape(ids, (-1, ops.shape(ids)[2]))
