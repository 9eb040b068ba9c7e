"""Each label on its own: p(y | x) = Π_t softmax(x[t] W + b)[y_t]. The CRF without a chain, to compare with it."""

import keras
from keras import ops

from .emissions import Emissions


@keras.saving.register_keras_serializable(package="keras_seq")
class LabelSoftmax(Emissions):
    """Labels every step independently; it answers the same calls as `CRF`.

    Args:
        units: K, the number of labels.
        kernel_initializer: start value of the projection of the inputs.
        seed: makes a start value given by name repeatable.

    Call arguments:
        inputs: features, (B, T, D).

    Returns emissions (B, T, K). Masking: the methods take the mask as an argument; True may lie anywhere.

    Example: `LabelSoftmax(3)(keras.ops.ones((1, 2, 4)))` has shape (1, 2, 3).
    """

    def log_likelihood(self, emissions, labels, mask):
        """log p(labels | emissions) of each row, (B,). labels (B, T) of int, mask (B, T) of bool."""
        labels = ops.where(mask, labels, 0)[..., None]
        chosen = ops.take_along_axis(ops.log_softmax(emissions), labels, axis=2)[..., 0]
        return ops.sum(ops.where(mask, chosen, 0), axis=1)

    def decode(self, emissions, mask):
        """The most probable labels (B, T) of int32, 0 on padding, and their log-probability (B,)."""
        labels = ops.cast(ops.where(mask, ops.argmax(emissions, axis=-1), 0), "int32")
        return labels, self.log_likelihood(emissions, labels, mask)

    def marginals(self, emissions, mask):
        """p(label at t = k | emissions), (B, T, K); zero on padding."""
        return ops.where(mask[..., None], ops.softmax(emissions), 0)
