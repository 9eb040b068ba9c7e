"""Word vectors, learnt with the task or by others; a word that the vocabulary lacks may be read by its letter trigrams.

e(w) = E[w];  of an unknown word e(w) = E[<UNK>] + Σ_g G[g] over its trigrams g (Huang et al., 2013).
"""

from typing import Any

import keras
import numpy as np
from keras import ops

from .cell import boolean, seeded
from .token_dropout import UNKNOWN, TokenDropout


@keras.saving.register_keras_serializable(package="keras_seq")
class TokenEmbedding(keras.Layer):
    """The vector of each word.

    Args:
        vocabulary_size: V, padding (0) and unknown (1) counted.
        units: E, the size of a word's vector.
        trigrams: the number of ids of letter trigrams beside padding; 0 leaves them out. Words of the vocabulary have a
            vector of their own and need none. They start at 0, so those that no training word had say nothing.
        fixed: whether the vectors that `start_from` puts in stay as they are; all others are learnt.
        token_dropout: the share of words read as unknown while training; their trigrams stay.
        seed: makes start values and draws repeatable.

    Call arguments:
        words: ids (B, T); 0 is padding.
        trigrams: ids (B, T, C); 0 is padding. Only where trigrams are used.

    Returns (B, T, E). Masking: makes the mask, True where the word is not 0.

    Example: `TokenEmbedding(1000, 64)(keras.ops.ones((2, 5), "int32"))` has shape (2, 5, 64).

    Reference: Huang et al., Learning deep structured semantic models for web search using clickthrough data, 2013.
    """

    def __init__(
        self,
        vocabulary_size: int,
        units: int,
        trigrams: int = 0,
        fixed: bool = False,
        token_dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.vocabulary_size = vocabulary_size
        self.units = units
        self.trigrams = trigrams
        self.fixed = boolean(self, "fixed", fixed)
        self.token_dropout = token_dropout
        self.seed = seed
        self.supports_masking = True
        self._dropout = TokenDropout(token_dropout, seed=seed, name="token_dropout")

    def build(self, words_shape, trigrams_shape=None):
        bound = (3 / self.units) ** 0.5  # variance 1 / E, as in Lample et al., 2016
        uniform = keras.initializers.RandomUniform(-bound, bound)
        self.embeddings = self.add_weight(
            shape=(self.vocabulary_size, self.units), initializer=seeded(uniform, self.seed, 2), name="embeddings"
        )
        if self.fixed:
            self.stays = self.add_weight(
                shape=(self.vocabulary_size,), initializer="zeros", dtype="bool", trainable=False, name="stays"
            )
        if self.trigrams:
            shape = (self.trigrams + 1, self.units)
            self.trigram_embeddings = self.add_weight(shape=shape, initializer="zeros", name="trigram_embeddings")

    def start_from(self, ids: Any, vectors: Any) -> None:
        """Gives words vectors of others; the rest is drawn anew in size, with their variance. The layer must be built.

        Args:
            ids: of the words, (N,), N at least 1.
            vectors: (N, E).

        Raises ValueError for vectors of another size.
        """
        vectors = np.asarray(vectors)
        if vectors.shape != (len(ids), self.units):
            raise ValueError(f"{self.name}: vectors of shape {vectors.shape}, expected {(len(ids), self.units)}")
        table = ops.convert_to_numpy(self.embeddings) * vectors.std() * self.units**0.5  # it had variance 1 / E
        table[ids] = vectors
        self.embeddings.assign(table)
        if self.fixed:
            self.stays.assign(np.isin(np.arange(self.vocabulary_size), ids))

    def call(self, words, trigrams=None, training=False):
        words = self._dropout(words, training=training)
        vectors = ops.take(self.embeddings, words, axis=0)
        if self.fixed:
            vectors = ops.where(ops.take(self.stays, words)[..., None], ops.stop_gradient(vectors), vectors)
        if not self.trigrams:
            return vectors
        counts = ops.logical_and(ops.not_equal(trigrams, 0), ops.equal(words, UNKNOWN)[..., None])  # (B, T, C)
        spelt = ops.where(counts[..., None], ops.take(self.trigram_embeddings, trigrams, axis=0), 0)
        return vectors + ops.sum(spelt, axis=2)

    def compute_mask(self, words, trigrams=None, mask=None):
        return ops.not_equal(words, 0)

    def compute_output_shape(self, words_shape, trigrams_shape=None):
        return (*words_shape, self.units)

    def get_config(self):
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "units": self.units,
            "trigrams": self.trigrams,
            "fixed": self.fixed,
            "token_dropout": self.token_dropout,
            "seed": self.seed,
        }
