"""Several features of each token as one vector: x[t] = [a[t]; b[t]; ...]."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="keras_seq")
class SideBySide(keras.Layer):
    """Joins features of tokens; the words' ids say which tokens there are.

    `keras.layers.Concatenate` would take a feature without a mask for one whose every step counts.

    Call arguments:
        words: ids (B, T); 0 is padding.
        *features: (B, T, D_i) each, at least one.

    Returns (B, T, Σ D_i). Masking: makes the mask, True where the word is not 0.

    Example: `SideBySide()(words, vectors, letters)`.
    """

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, words, *features):
        return ops.concatenate(features, axis=-1)

    def compute_mask(self, words, mask=None):
        return ops.not_equal(words, 0)

    def compute_output_shape(self, words_shape, *features_shapes):
        return (*words_shape, sum(shape[-1] for shape in features_shapes))

    def compute_output_spec(self, words, *features):
        shape = self.compute_output_shape(words.shape, *(feature.shape for feature in features))
        return keras.KerasTensor(shape, dtype=self.compute_dtype)
