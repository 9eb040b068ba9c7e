"""Each label on its own: p(y | x) = Π_t softmax(x[t] W + b)[y_t]. The CRF without a chain, to compare with it."""

from typing import Any

import keras
from keras import ops

from .cell import seeded


@keras.saving.register_keras_serializable(package="keras_seq")
class LabelSoftmax(keras.Layer):
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

    def __init__(self, units: int, kernel_initializer: Any = "glorot_uniform", seed: int | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.units = units
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.seed = seed
        self.supports_masking = True

    def build(self, inputs_shape):
        self.kernel = self.add_weight(
            shape=(inputs_shape[-1], self.units),
            initializer=seeded(self.kernel_initializer, self.seed, 0),
            name="kernel",
        )
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, inputs):
        return ops.cast(ops.matmul(inputs, self.kernel) + self.bias, self._wide())

    def _wide(self):
        return keras.backend.result_type(self.compute_dtype, "float32")

    def compute_mask(self, inputs, mask=None):
        return None  # the loss reads its mask from the labels

    def compute_output_shape(self, inputs_shape):
        return (*inputs_shape[:-1], self.units)

    def compute_output_spec(self, inputs):
        return keras.KerasTensor(self.compute_output_shape(inputs.shape), dtype=self._wide())

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

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "seed": self.seed,
        }
