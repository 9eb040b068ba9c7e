"""A word's vector from its letters (Lample et al., 2016): [h→[C]; h←[1]], the last states of both directions over them."""

from typing import Any

import keras
from keras import ops

from .bidirectional import Bidirectional
from .cell import seeded
from .lstm import LSTMCell


@keras.saving.register_keras_serializable(package="keras_seq")
class CharacterRecurrence(keras.Layer):
    """Every token spelt from both ends by an LSTM; all tokens of a batch side by side, each a sequence of its own.

    Args:
        vocabulary_size: the number of characters, padding (0) and unknown (1) counted.
        units: H, the size of one direction's state.
        embedding_dim: E, the size of a character's vector.
        seed: makes the start values repeatable.

    Call arguments:
        characters: ids (B, T, C); 0 is padding, which may lie anywhere.

    Returns (B, T, 2H); zeros for a token without characters.

    Example: `CharacterRecurrence(50, units=25)(keras.ops.ones((2, 5, 12), "int32"))` has shape (2, 5, 50).

    Reference: Lample et al., Neural architectures for named entity recognition, 2016.
    """

    def __init__(
        self, vocabulary_size: int, units: int, embedding_dim: int = 25, seed: int | None = None, **kwargs: Any
    ):
        super().__init__(**kwargs)
        self.vocabulary_size = vocabulary_size
        self.units = units
        self.embedding_dim = embedding_dim
        self.seed = seed
        self._spelling = Bidirectional(
            LSTMCell(units, seed=seed, name="cell", dtype=self.dtype_policy),
            return_sequences=False,
            name="spelling",
            dtype=self.dtype_policy,
        )

    def build(self, characters_shape):
        uniform = keras.initializers.RandomUniform(-0.5, 0.5)
        self.embeddings = self.add_weight(
            shape=(self.vocabulary_size, self.embedding_dim),
            initializer=seeded(uniform, self.seed, 2),
            name="embeddings",
        )
        self._spelling.build((None, None, self.embedding_dim))

    def call(self, characters, training=False):
        batch, time, count = ops.shape(characters)
        letters = ops.reshape(characters, (-1, count))  # (B T, C)
        vectors = ops.take(self.embeddings, letters, axis=0)
        states = self._spelling(vectors, mask=ops.not_equal(letters, 0), training=training)  # (B T, 2H)
        return ops.reshape(states, (batch, time, 2 * self.units))

    def compute_output_shape(self, characters_shape):
        return (*characters_shape[:2], 2 * self.units)

    def get_config(self):
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "units": self.units,
            "embedding_dim": self.embedding_dim,
            "seed": self.seed,
        }
