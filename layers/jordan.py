"""Jordan cell (Jordan, 1986): the memory keeps the output, not the hidden layer.

h[t] = f(x[t] W + y[t-1] U + b)
y[t] = g(h[t] V + d)
"""

from typing import Any

import keras
from keras import ops

from .cell import APART, Cell, drawn_again, known_activation, positive_integer, seeded


@keras.saving.register_keras_serializable(package="keras_seq")
class JordanCell(Cell):
    """The simple recurrent cell whose memory is its own output.

    Args:
        units: H, the size of the hidden layer.
        output_units: O, the size of the output and of the memory; None makes it H.
        activation: f, a Keras activation name or function.
        output_activation: g, for instance softmax where y[t] is a distribution over O labels.
        **kwargs: what every `Cell` takes. V starts like W, d like b, each with numbers of its own.

    Call arguments:
        inputs: x[t], (B, D).
        states: [y[t-1]], each (B, O).

    Returns y[t] (B, O) and [y[t]]. Masking: none here; the runner keeps the old state on padded steps.

    Example: `Recurrence(JordanCell(64, 9, output_activation="softmax"))(keras.ops.zeros((2, 5, 8)))` has shape (2, 5, 9).

    Reference: Jordan, Serial order: a parallel distributed processing approach, 1986.
    """

    gates = 1

    def __init__(
        self,
        units: int,
        output_units: int | None = None,
        activation: Any = "tanh",
        output_activation: Any = "linear",
        **kwargs: Any,
    ):
        super().__init__(units, **kwargs)
        self.output_units = output_units
        self.activation = known_activation(self, "activation", activation)
        self.output_activation = known_activation(self, "output_activation", output_activation)
        if output_units is not None:
            self.output_size = positive_integer(self, "output_units", output_units)
        self.state_size = self.output_size

    def build(self, input_shape):
        super().build(input_shape)
        self.output_kernel = self.add_weight(
            shape=(self.units, self.output_size),
            initializer=seeded(drawn_again(self.kernel_initializer), self.seed, 2 * APART),
            name="output_kernel",
        )
        self.output_bias = self._add_output_bias() if self.use_bias else 0.0

    def _add_output_bias(self):
        start = seeded(drawn_again(self.bias_initializer), self.seed, 3 * APART)
        return self.add_weight(shape=(self.output_size,), initializer=start, name="output_bias")

    def call(self, inputs, states, training=False):
        y = states[0]
        h = self.activation(ops.matmul(inputs, self.kernel) + ops.matmul(y, self.recurrent_kernel) + self.bias)
        y = self.output_activation(ops.matmul(h, self.output_kernel) + self.output_bias)
        return y, [y]

    def get_config(self):
        return {
            **super().get_config(),
            "output_units": self.output_units,
            "activation": keras.activations.serialize(self.activation),
            "output_activation": keras.activations.serialize(self.output_activation),
        }
