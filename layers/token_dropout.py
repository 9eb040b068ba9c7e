"""Tokens replaced by `<UNK>` at random while training, so that the unknown word has learnt from context."""

from typing import Any

import keras
from keras import ops

PADDING, UNKNOWN = 0, 1  # the first two ids of every vocabulary


@keras.saving.register_keras_serializable(package="keras_seq")
class TokenDropout(keras.Layer):
    """Replaces a share of the ids by that of the unknown token; padding stays.

    Args:
        rate: the share, from 0 to below 1.
        seed: makes the draws repeatable.

    Call arguments:
        ids: (B, T, ...) of int; 0 is padding, 1 the unknown token.
        training: only then anything is replaced.

    Returns (B, T, ...) of int.

    Raises ValueError for a rate outside [0, 1).

    Example: `TokenDropout(0.1)(keras.ops.full((2, 5), 7), training=True)`.

    Reference: Iyyer et al., Deep unordered composition rivals syntactic methods, 2015 (word dropout).
    """

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        if not 0 <= rate < 1:
            raise ValueError(f"TokenDropout: rate={rate}, expected 0 <= rate < 1")
        self.rate = rate
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, ids, training=False):
        if not training or not self.rate:
            return ids
        dropped = keras.random.uniform(ops.shape(ids), seed=self.seed_generator) < self.rate
        return ops.where(ops.logical_and(dropped, ops.not_equal(ids, PADDING)), UNKNOWN, ids)

    def compute_output_shape(self, ids_shape):
        return ids_shape

    def compute_output_spec(self, ids, training=False):
        return keras.KerasTensor(ids.shape, dtype=ids.dtype)  # whole numbers, whatever the layer's own dtype

    def get_config(self):
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}
