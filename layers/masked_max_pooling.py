"""One vector for a whole sequence: the largest value of every feature over the steps that count."""

import keras
from keras import ops

from .mask import check_mask


@keras.saving.register_keras_serializable(package="keras_seq")
class MaskedMaxPooling(keras.Layer):
    """Maximum over time that leaves padding out.

    Call arguments:
        sequences: (B, T, D).
        mask: (B, T) of bool; False marks padding, which may lie anywhere.

    Returns (B, D); zeros for a row without any step. Masking: consumed.

    Example: `MaskedMaxPooling()(keras.ops.ones((2, 5, 8)))` has shape (2, 8).

    Reference: Collobert et al., Natural language processing (almost) from scratch, 2011.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.input_spec = keras.layers.InputSpec(ndim=3)

    def call(self, sequences, mask=None):
        check_mask(self.name, mask, tuple(sequences.shape))
        if mask is None:
            return ops.max(sequences, axis=1)
        largest = ops.max(ops.where(mask[..., None], sequences, -float("inf")), axis=1)
        return ops.where(ops.any(mask, axis=1)[:, None], largest, 0)

    def compute_mask(self, sequences, mask=None):
        return None

    def compute_output_shape(self, sequences_shape):
        return (sequences_shape[0], sequences_shape[2])
