"""One vector for a whole sequence: the mean of every feature over the steps that count, (1/n) Σ_t x_t."""

import keras
from keras import ops

from .mask import check_mask


@keras.saving.register_keras_serializable(package="keras_seq")
class MaskedMeanPooling(keras.Layer):
    """Mean over time that leaves padding out; the sum runs in float32, or wider, whatever the layer's dtype.

    Call arguments:
        sequences: (B, T, D).
        mask: (B, T) of bool; False marks padding, which may lie anywhere.

    Returns (B, D); zeros for a row without any step. Masking: consumed.

    Example: `MaskedMeanPooling()(keras.ops.ones((2, 5, 8)))` has shape (2, 8).

    Reference: Iyyer et al., Deep unordered composition rivals syntactic methods for text classification, 2015.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.input_spec = keras.layers.InputSpec(ndim=3)

    def call(self, sequences, mask=None):
        check_mask(self.name, mask, tuple(sequences.shape))
        x = ops.cast(sequences, keras.backend.result_type(sequences.dtype, "float32"))
        if mask is None:
            return ops.cast(ops.mean(x, axis=1), self.compute_dtype)
        steps = ops.cast(mask, x.dtype)[..., None]  # (B, T, 1)
        total = ops.sum(ops.where(mask[..., None], x, 0), axis=1)
        return ops.cast(total / ops.maximum(ops.sum(steps, axis=1), 1), self.compute_dtype)

    def compute_mask(self, sequences, mask=None):
        return None

    def compute_output_shape(self, sequences_shape):
        return (sequences_shape[0], sequences_shape[2])
