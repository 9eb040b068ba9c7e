"""A word's vector from its letters (dos Santos & Zadrozny, 2014): embed, convolve, take the largest over the word."""

from typing import Any

import keras
from keras import ops

from .cell import seeded
from .window import windows


@keras.saving.register_keras_serializable(package="keras_seq")
class CharacterConvolution(keras.Layer):
    """Character n-grams of every token, found by filters and pooled over the token.

    Args:
        vocabulary_size: the number of characters, padding (0) and unknown (1) counted.
        units: F, the number of filters.
        embedding_dim: E, the size of a character's vector.
        width: the number of neighbouring characters that a filter sees.
        seed: makes the start values repeatable.

    Call arguments:
        characters: ids (B, T, C); 0 is padding.

    Returns (B, T, F); zeros for a token without characters. Windows reach over both ends of a token into padding.

    Example: `CharacterConvolution(50, units=30)(keras.ops.ones((2, 5, 12), "int32"))` has shape (2, 5, 30).

    Reference: dos Santos & Zadrozny, Learning character-level representations for POS tagging, 2014.
    """

    def __init__(
        self,
        vocabulary_size: int,
        units: int,
        embedding_dim: int = 25,
        width: int = 3,
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.vocabulary_size = vocabulary_size
        self.units = units
        self.embedding_dim = embedding_dim
        self.width = width
        self.seed = seed

    def build(self, characters_shape):
        uniform = keras.initializers.RandomUniform(-0.5, 0.5)
        self.embeddings = self.add_weight(
            shape=(self.vocabulary_size, self.embedding_dim),
            initializer=seeded(uniform, self.seed, 0),
            name="embeddings",
        )
        self.kernel = self.add_weight(
            shape=(self.width * self.embedding_dim, self.units),
            initializer=seeded(keras.initializers.GlorotUniform(), self.seed, 1),
            name="kernel",
        )
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, characters):
        real = ops.not_equal(characters, 0)
        x = ops.where(real[..., None], ops.take(self.embeddings, characters, axis=0), 0)  # (B, T, C, E)
        left = (self.width - 1) // 2
        around = windows(x, left, self.width - 1 - left)  # (B, T, C, width E)
        y = ops.relu(ops.matmul(around, self.kernel) + self.bias)
        return ops.max(ops.where(real[..., None], y, 0), axis=2)  # relu >= 0, so 0 leaves padding out

    def compute_output_shape(self, characters_shape):
        return (*characters_shape[:2], self.units)

    def get_config(self):
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "units": self.units,
            "embedding_dim": self.embedding_dim,
            "width": self.width,
            "seed": self.seed,
        }
