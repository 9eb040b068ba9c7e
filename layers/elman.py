"""Elman cell (Elman, 1990): h[t] = f(x[t] W + h[t-1] U + b)."""

from typing import Any

import keras
from keras import ops

from .cell import Cell, known_activation


@keras.saving.register_keras_serializable(package="keras_seq")
class ElmanCell(Cell):
    """The simple recurrent cell, whose memory is its own hidden layer.

    Args:
        units: H, the size of the hidden state.
        activation: f, a Keras activation name or function.
        use_bias: whether b is learnt.
        kernel_initializer, recurrent_initializer, bias_initializer: start values of W, U and b.
        seed: makes the start values repeatable.

    Call arguments:
        inputs: x[t], (B, D).
        states: [h[t-1]], each (B, H).

    Returns h[t] (B, H) and [h[t]]. Masking: none here; the runner keeps the old state on padded steps.

    Example: `Recurrence(ElmanCell(64))(keras.ops.zeros((2, 5, 8)))` has shape (2, 5, 64).

    Reference: Elman, Finding structure in time, 1990. Weights are laid out as in `keras.layers.SimpleRNN`.
    """

    gates = 1

    def __init__(self, units: int, activation: Any = "tanh", **kwargs: Any):
        super().__init__(units, **kwargs)
        self.activation = known_activation(self, "activation", activation)
        self.state_size = self.units

    def call(self, inputs, states, training=False):
        h = states[0]
        h = self.activation(ops.matmul(inputs, self.kernel) + ops.matmul(h, self.recurrent_kernel) + self.bias)
        return h, [h]

    def get_config(self):
        return {**super().get_config(), "activation": keras.activations.serialize(self.activation)}
