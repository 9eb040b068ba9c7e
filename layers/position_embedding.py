"""What stands where: y[t] = x[t] + P[min(t, L - 1)], a learnt vector for each of the first places (Gehring et al., 2017)."""

from typing import Any

import keras
from keras import ops

from .cell import positive_integer


@keras.saving.register_keras_serializable(package="keras_seq")
class PositionEmbedding(keras.Layer):
    """Adds to each step a vector of its place, counted from the start of the sequence.

    For sequences that are aligned, such as windows of DNA around a site: a recurrent network would have to count. The vectors
    start at 0.

    Args:
        length: L, the places that have a vector of their own; those after the last share that of the last.

    Call arguments:
        sequences: x, (B, T, D).

    Returns (B, T, D). Masking: the mask is handed on.

    Raises ValueError for a length below 1.

    Example: `PositionEmbedding(60)(keras.ops.zeros((2, 5, 8)))` has shape (2, 5, 8).

    Reference: Gehring et al., Convolutional sequence to sequence learning, 2017.
    """

    def __init__(self, length: int, **kwargs: Any):
        super().__init__(**kwargs)
        self.length = positive_integer(self, "length", length)
        self.supports_masking = True
        self.input_spec = keras.layers.InputSpec(ndim=3)

    def build(self, sequences_shape):
        self.vectors = self.add_weight(shape=(self.length, sequences_shape[-1]), initializer="zeros", name="vectors")

    def call(self, sequences):
        places = ops.minimum(ops.arange(ops.shape(sequences)[1], dtype="int32"), self.length - 1)
        return sequences + ops.cast(ops.take(self.vectors, places, axis=0), sequences.dtype)

    def compute_output_shape(self, sequences_shape):
        return sequences_shape

    def get_config(self):
        return {**super().get_config(), "length": self.length}
