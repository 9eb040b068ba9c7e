"""What every step says for every label: x[t] W + b. The part that `CRF` and `LabelSoftmax` share."""

from typing import Any

import keras
from keras import ops

from .cell import seeded


class Emissions(keras.Layer):
    """Base of the layers that label; subclasses add `log_likelihood`, `decode` and `marginals` of the emissions.

    Args:
        units: K, the number of labels.
        kernel_initializer: start value of W.
        seed: makes a start value given by name repeatable.

    Call arguments:
        inputs: features, (B, T, D).

    Returns emissions (B, T, K), float32 or wider. Masking: none is handed on; the methods take it as an argument.
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

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "seed": self.seed,
        }
