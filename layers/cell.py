"""What every recurrent cell shares: its weights W (D, G·H), U (H, G·H), b, for G gates side by side."""

from typing import Any

import keras
from keras import ops


class Cell(keras.Layer):
    """Base of the recurrent cells; it follows Keras' cell protocol, so a cell also runs in `keras.layers.RNN`.

    Args:
        units: H, the size of the hidden state, at least 1.
        use_bias: whether b is learnt; without it b is zero.
        kernel_initializer, recurrent_initializer, bias_initializer: start values of W, U and b.
        seed: makes start values given by name repeatable; None draws them anew each time.

    Subclasses set `gates` (G) and `state_size`, and write one step in `call(inputs (B, D), states) -> (h (B, H), states)`.
    """

    gates = 1

    def __init__(
        self,
        units: int,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        if not isinstance(units, int) or units < 1:
            raise ValueError(f"{type(self).__name__}: units={units!r}, expected an integer of at least 1")
        self.units = units
        self.use_bias = use_bias
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.recurrent_initializer = keras.initializers.get(recurrent_initializer)
        self.bias_initializer = keras.initializers.get(bias_initializer)
        self.seed = seed
        self.output_size = units

    def build(self, input_shape):
        width = self.gates * self.units
        self.kernel = self.add_weight(
            shape=(input_shape[-1], width), initializer=seeded(self.kernel_initializer, self.seed, 0), name="kernel"
        )
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, width),
            initializer=seeded(self.recurrent_initializer, self.seed, 1),
            name="recurrent_kernel",
        )
        self.bias = self.add_bias(width) if self.use_bias else 0.0  # no array: one made here may die with its graph

    def bias_shape(self, width: int) -> tuple[int, ...]:
        """The shape of b; a cell that keeps two biases says so here."""
        return (width,)

    def add_bias(self, width: int) -> Any:
        """b, created with the cell's start value."""
        return self.add_weight(shape=self.bias_shape(width), initializer=self.bias_initializer, name="bias")

    def get_initial_state(self, batch_size=None):
        """Zeros, one (B, H) array for each state."""
        sizes = self.state_size if isinstance(self.state_size, list) else [self.state_size]
        return [ops.zeros((batch_size, size), self.compute_dtype) for size in sizes]

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "use_bias": self.use_bias,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "recurrent_initializer": keras.initializers.serialize(self.recurrent_initializer),
            "bias_initializer": keras.initializers.serialize(self.bias_initializer),
            "seed": self.seed,
        }


def seeded(initializer: Any, seed: int | None, offset: int) -> Any:
    """The same initializer drawing from `seed + offset`; unchanged where there is no seed or nothing random."""
    config = initializer.get_config() if hasattr(initializer, "get_config") else {}
    if seed is None or "seed" not in config:
        return initializer
    return type(initializer).from_config({**config, "seed": seed + offset})
