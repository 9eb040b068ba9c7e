"""1-of-N encoding: a word is a unit vector over the vocabulary, with one dimension for every other word."""

from typing import Any

import keras
from keras import ops

from .token_dropout import TokenDropout


@keras.saving.register_keras_serializable(package="keras_seq")
class OneHot(keras.Layer):
    """The unit vector of each word: looked up, and not learnt.

    What reads it has a weight for each word; of a vocabulary beyond some thousands, `TokenEmbedding` is the smaller network.

    Args:
        vocabulary_size: V, padding (0) and unknown (1) counted.
        token_dropout: the share of words read as unknown while training.
        seed: makes the draws repeatable.

    Call arguments:
        words: ids (B, T); 0 is padding.
        training: only then words are dropped.

    Returns (B, T, V - 1): the first dimension is that of unknown words; padding is 0 throughout. Masking: makes the mask,
    True where the word is not 0.

    Example: `OneHot(4)([[3, 1, 0]])` is [[[0, 0, 1], [1, 0, 0], [0, 0, 0]]].
    """

    def __init__(self, vocabulary_size: int, token_dropout: float = 0.0, seed: int | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.vocabulary_size = vocabulary_size
        self.token_dropout = token_dropout
        self.seed = seed
        self.supports_masking = True
        self._dropout = TokenDropout(token_dropout, seed=seed, name="token_dropout")

    def call(self, words, training=False):
        words = self._dropout(ops.convert_to_tensor(words), training=training)
        return ops.one_hot(words - 1, self.vocabulary_size - 1, dtype=self.compute_dtype)

    def compute_mask(self, words, mask=None):
        return ops.not_equal(words, 0)

    def compute_output_shape(self, words_shape):
        return (*words_shape, self.vocabulary_size - 1)

    def get_config(self):
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "token_dropout": self.token_dropout,
            "seed": self.seed,
        }
