"""What the network reads of each token: the vector of its word and, where wanted, one made of its letters."""

from typing import Any

import keras
from keras import ops

from .cell import seeded
from .character_convolution import CharacterConvolution
from .token_dropout import TokenDropout


@keras.saving.register_keras_serializable(package="keras_seq")
class TokenEmbedding(keras.Layer):
    """Word vectors, learnt with the task, beside character features.

    Args:
        vocabulary_size: V, padding (0) and unknown (1) counted.
        units: E, the size of a word's vector.
        character_vocabulary_size: the number of characters, padding and unknown counted; 0 leaves characters out.
        character_units: F, the number of character filters.
        token_dropout: the share of words read as unknown while training; their letters stay.
        seed: makes start values and draws repeatable.

    Call arguments:
        words: ids (B, T); 0 is padding.
        characters: ids (B, T, C); 0 is padding. Only where characters are used.

    Returns (B, T, E), or (B, T, E + F). Masking: makes the mask, True where the word is not 0.

    Example: `TokenEmbedding(1000, 64)(keras.ops.ones((2, 5), "int32"))` has shape (2, 5, 64).
    """

    def __init__(
        self,
        vocabulary_size: int,
        units: int,
        character_vocabulary_size: int = 0,
        character_units: int = 30,
        token_dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.vocabulary_size = vocabulary_size
        self.units = units
        self.character_vocabulary_size = character_vocabulary_size
        self.character_units = character_units
        self.token_dropout = token_dropout
        self.seed = seed
        self.supports_masking = True
        self._dropout = TokenDropout(token_dropout, seed=seed, name="token_dropout")
        self._spelling = None
        if character_vocabulary_size:
            self._spelling = CharacterConvolution(
                character_vocabulary_size, character_units, seed=seed, name="characters", dtype=self.dtype_policy
            )

    def build(self, words_shape, characters_shape=None):
        bound = (3 / self.units) ** 0.5  # variance 1 / E, as in Lample et al., 2016
        uniform = keras.initializers.RandomUniform(-bound, bound)
        self.embeddings = self.add_weight(
            shape=(self.vocabulary_size, self.units), initializer=seeded(uniform, self.seed, 2), name="embeddings"
        )
        if self._spelling is not None:
            self._spelling.build(characters_shape)

    def call(self, words, characters=None, training=False):
        vectors = ops.take(self.embeddings, self._dropout(words, training=training), axis=0)
        if self._spelling is None:
            return vectors
        return ops.concatenate([vectors, self._spelling(characters)], axis=-1)

    def compute_mask(self, words, characters=None, mask=None):
        return ops.not_equal(words, 0)

    def compute_output_shape(self, words_shape, characters_shape=None):
        return (*words_shape, self.units + (self.character_units if self.character_vocabulary_size else 0))

    def get_config(self):
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "units": self.units,
            "character_vocabulary_size": self.character_vocabulary_size,
            "character_units": self.character_units,
            "token_dropout": self.token_dropout,
            "seed": self.seed,
        }
