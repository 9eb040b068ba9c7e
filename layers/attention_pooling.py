"""One vector for a whole sequence: Σ_t a_t x_t, where a = softmax_t(vᵀ tanh(W x_t + b)) says how much each step matters."""

from typing import Any

import keras
from keras import ops

from .cell import boolean, positive_integer, seeded
from .mask import check_mask
from .masked_softmax import masked_softmax


@keras.saving.register_keras_serializable(package="keras_seq")
class AttentionPooling(keras.Layer):
    """The mean of a sequence under weights that a learnt query gives to its steps; padding has weight 0.

    Args:
        units: the size of W x_t + b.
        return_weights: whether a (B, T) follows the vector.
        seed: makes the start values repeatable.

    Call arguments:
        sequences: x, (B, T, D).
        mask: (B, T) of bool; False marks padding, which may lie anywhere.

    Returns (B, D), zeros for a row without any step; with `return_weights` a list of that and a. Masking: consumed.

    Example: `AttentionPooling(32)(keras.ops.ones((2, 5, 8)))` has shape (2, 8).

    Reference: Yang et al., Hierarchical attention networks for document classification, 2016.
    """

    def __init__(self, units: int, return_weights: bool = False, seed: int | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.units = positive_integer(self, "units", units)
        self.return_weights = boolean(self, "return_weights", return_weights)
        self.seed = seed
        self.supports_masking = True
        self.input_spec = keras.layers.InputSpec(ndim=3)

    def build(self, sequences_shape):
        start = keras.initializers.GlorotUniform()
        self.kernel = self.add_weight(
            shape=(sequences_shape[-1], self.units), initializer=seeded(start, self.seed, 0), name="kernel"
        )
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")
        self.query = self.add_weight(shape=(self.units, 1), initializer=seeded(start, self.seed, 1), name="query")

    def call(self, sequences, mask=None):
        check_mask(self.name, mask, tuple(sequences.shape))
        scores = ops.matmul(ops.tanh(ops.matmul(sequences, self.kernel) + self.bias), self.query)[..., 0]  # (B, T)
        weights = ops.cast(masked_softmax(scores, mask), self.compute_dtype)
        pooled = ops.sum(weights[..., None] * sequences, axis=1)
        return [pooled, weights] if self.return_weights else pooled

    def compute_mask(self, sequences, mask=None):
        return [None, None] if self.return_weights else None

    def compute_output_shape(self, sequences_shape):
        pooled = (sequences_shape[0], sequences_shape[2])
        return [pooled, sequences_shape[:2]] if self.return_weights else pooled

    def get_config(self):
        return {**super().get_config(), "units": self.units, "return_weights": self.return_weights, "seed": self.seed}
