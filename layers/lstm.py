"""LSTM cell (Hochreiter & Schmidhuber, 1997; forget gate of Gers et al., 2000).

i, f, o = σ(x W + h U + b), each with weights of its own
c̃ = tanh(x Wc + h Uc + bc)
c' = f ∘ c + i ∘ c̃          an open forget gate (1) keeps the memory, a shut one (0) erases it
h' = o ∘ tanh(c')
"""

from typing import Any

import keras
from keras import ops

from .cell import Cell


@keras.saving.register_keras_serializable(package="keras_seq")
class LSTMCell(Cell):
    """Long short-term memory: four inputs, one output, and a memory that gates write, keep and read.

    Args:
        units: H, the size of the hidden state and of the memory.
        activation: of the new memory c̃ and of the output.
        recurrent_activation: of the gates i, f and o.
        unit_forget_bias: whether the forget gate's bias starts at 1 (Jozefowicz et al., 2015).
        **kwargs: what every `Cell` takes.

    Call arguments:
        inputs: x[t], (B, D).
        states: [h[t-1], c[t-1]], each (B, H).

    Returns h[t] (B, H) and [h[t], c[t]]. Masking: none here; the runner keeps the old state on padded steps.

    Example: `Recurrence(LSTMCell(64))(keras.ops.zeros((2, 5, 8)))` has shape (2, 5, 64).

    Reference: Hochreiter & Schmidhuber, Long short-term memory, 1997. Weights and gate order (i, f, c̃, o) are laid
    out as in `keras.layers.LSTM`.
    """

    gates = 4

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        unit_forget_bias: bool = True,
        **kwargs: Any,
    ):
        super().__init__(units, **kwargs)
        self.activation = keras.activations.get(activation)
        self.recurrent_activation = keras.activations.get(recurrent_activation)
        self.unit_forget_bias = unit_forget_bias
        self.state_size = [self.units, self.units]

    def add_bias(self, width):
        return self.add_weight(shape=(width,), initializer=self._bias_start, name="bias")

    def _bias_start(self, shape, dtype=None):
        bias = self.bias_initializer(shape, dtype)
        if not self.unit_forget_bias:
            return bias
        forget = ops.arange(shape[0]) // self.units == 1
        return ops.where(forget, ops.ones_like(bias), bias)

    def call(self, inputs, states, training=False):
        h, c = states
        a = ops.matmul(inputs, self.kernel) + ops.matmul(h, self.recurrent_kernel) + self.bias  # (B, 4H)
        i, f, new, o = ops.split(a, 4, axis=-1)
        gate = self.recurrent_activation
        c = gate(f) * c + gate(i) * self.activation(new)
        h = gate(o) * self.activation(c)
        return h, [h, c]

    def get_config(self):
        return {
            **super().get_config(),
            "activation": keras.activations.serialize(self.activation),
            "recurrent_activation": keras.activations.serialize(self.recurrent_activation),
            "unit_forget_bias": self.unit_forget_bias,
        }
