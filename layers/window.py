"""A feed-forward network over each step and its neighbours: y[t] = f(W [x[t-k]; ...; x[t+k]] + b) (Collobert et al., 2011)."""

from typing import Any

import keras
from keras import ops

from .cell import known_activation, positive_integer, seeded
from .mask import check_mask


@keras.saving.register_keras_serializable(package="keras_seq")
class Window(keras.Layer):
    """Reads every step with its k neighbours on either side; what lies further off it cannot see.

    Args:
        units: H, the size of the output.
        reach: k.
        activation: f.
        seed: makes the start values repeatable.

    Call arguments:
        sequences: x, (B, T, D).
        mask: (B, T) of bool; False marks padding, which is read as zeros, as is what lies beyond either end.

    Returns (B, T, H). Masking: the mask is handed on.

    Raises ValueError for a size below 1, an unknown activation, or a mask of another shape.

    Example: `Window(64, reach=2)(keras.ops.zeros((2, 5, 8)))` has shape (2, 5, 64).

    Reference: Collobert et al., Natural language processing (almost) from scratch, 2011.
    """

    def __init__(self, units: int, reach: int = 2, activation: Any = "tanh", seed: int | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.units = positive_integer(self, "units", units)
        self.reach = positive_integer(self, "reach", reach)
        self.activation = known_activation(self, "activation", activation)
        self.seed = seed
        self.supports_masking = True
        self.input_spec = keras.layers.InputSpec(ndim=3)

    def build(self, sequences_shape):
        self.kernel = self.add_weight(
            shape=((2 * self.reach + 1) * sequences_shape[-1], self.units),
            initializer=seeded(keras.initializers.GlorotUniform(), self.seed, 0),
            name="kernel",
        )
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, sequences, mask=None):
        check_mask(self.name, mask, tuple(sequences.shape))
        x = sequences if mask is None else ops.where(mask[..., None], sequences, 0)
        return self.activation(ops.matmul(windows(x, self.reach, self.reach), self.kernel) + self.bias)

    def compute_output_shape(self, sequences_shape):
        return (*sequences_shape[:-1], self.units)

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "reach": self.reach,
            "activation": keras.activations.serialize(self.activation),
            "seed": self.seed,
        }


def windows(x: Any, left: int, right: int) -> Any:
    """Each step of x (..., T, D) beside its neighbours, (..., T, (left + 1 + right) D), zeros beyond both ends."""
    count = ops.shape(x)[-2]
    x = ops.pad(x, [(0, 0)] * (len(x.shape) - 2) + [(left, right), (0, 0)])
    return ops.concatenate([x[..., i : i + count, :] for i in range(left + 1 + right)], axis=-1)
