"""LSTM cell (Hochreiter & Schmidhuber, 1997; forget gate of Gers et al., 2000), and what the field has made of it.

i, f, o = σ(x W + h U + b), each with weights of its own
c̃ = tanh(x Wc + h Uc + bc)
c' = f ∘ c + i ∘ c̃          an open forget gate (1) keeps the memory, a shut one (0) erases it
h' = o ∘ tanh(c')

peephole             i, f = σ(... + p ∘ c), o = σ(... + p ∘ c')          Gers & Schmidhuber, 2000
coupled              f = 1 - i: what is written is what is forgotten     Greff et al., 2017
layer_normalization  LN(x W) ∘ g + LN(h U) ∘ g' + b in place of x W + h U + b, over all gates as one vector, and
                     h' = o ∘ tanh(LN(c') ∘ g" + b")                     Ba et al., 2016, equations 20 to 22
projection           h' = (o ∘ tanh(c')) P                               Sak et al., 2014
"""

from typing import Any

import keras
from keras import ops

from .cell import APART, Cell, boolean, drawn_again, known_activation, positive_integer, seeded

EPSILON = 1e-3  # as in keras.layers.LayerNormalization: h U is all zeros at the first step


@keras.saving.register_keras_serializable(package="keras_seq")
class LSTMCell(Cell):
    """Long short-term memory: four inputs, one output, and a memory that gates write, keep and read.

    Args:
        units: H, the size of the memory, and of the hidden state unless it is projected.
        activation: of the new memory c̃ and of the output.
        recurrent_activation: of the gates i, f and o.
        forget_bias: the start value of the forget gate's bias (Jozefowicz et al., 2015); None leaves it to
            `bias_initializer`. A coupled cell has no such bias.
        peephole: whether the gates see the memory, each unit its own; the weights start at zero.
        coupled: whether the forget gate is 1 - i: three gates (i, c̃, o), without weights for f.
        layer_normalization: whether x W, h U and the memory that is read are normalized. The memory that is kept, and
            that peepholes see, is not. Without `use_bias` the memory has a gain alone.
        projection: the size of the hidden state, of its own; None makes it H.
        **kwargs: what every `Cell` takes. P starts like W, with numbers of its own.

    Call arguments:
        inputs: x[t], (B, D).
        states: [h[t-1], c[t-1]], (B, H or projection) and (B, H).

    Returns h[t] (B, H or projection) and [h[t], c[t]]. Masking: none here; the runner keeps the old state on padded steps.

    Example: `Recurrence(LSTMCell(64, projection=16))(keras.ops.zeros((2, 5, 8)))` has shape (2, 5, 16).

    Reference: Hochreiter & Schmidhuber, Long short-term memory, 1997. Weights and gate order (i, f, c̃, o) are laid
    out as in `keras.layers.LSTM`; then come `peepholes` (a row for each of i, f and o), gains, and P.
    """

    gates = 4

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        forget_bias: float | None = 1.0,
        peephole: bool = False,
        coupled: bool = False,
        layer_normalization: bool = False,
        projection: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(units, **kwargs)
        self.activation = known_activation(self, "activation", activation)
        self.recurrent_activation = known_activation(self, "recurrent_activation", recurrent_activation)
        if forget_bias is not None and type(forget_bias) not in (int, float):
            raise ValueError(f"{type(self).__name__}: forget_bias={forget_bias!r}, expected a number or None")
        self.forget_bias = forget_bias
        self.peephole = boolean(self, "peephole", peephole)
        self.coupled = boolean(self, "coupled", coupled)
        self.layer_normalization = boolean(self, "layer_normalization", layer_normalization)
        self.projection = projection
        if projection is not None:
            self.output_size = positive_integer(self, "projection", projection)
        self.gates = 3 if coupled else 4
        self.state_size = [self.output_size, self.units]

    def build(self, input_shape):
        super().build(input_shape)
        if self.peephole:
            self.peepholes = self.add_weight(shape=(self.gates - 1, self.units), initializer="zeros", name="peepholes")
        if self.layer_normalization:
            self._add_gains(self.gates * self.units)
        if self.projection is not None:
            self.projection_kernel = self.add_weight(
                shape=(self.units, self.projection),
                initializer=seeded(drawn_again(self.kernel_initializer), self.seed, 2 * APART),
                name="projection_kernel",
            )

    def _add_gains(self, width):
        self.kernel_gain = self.add_weight(shape=(width,), initializer="ones", name="kernel_gain")
        self.recurrent_gain = self.add_weight(shape=(width,), initializer="ones", name="recurrent_gain")
        self.memory_gain = self.add_weight(shape=(self.units,), initializer="ones", name="memory_gain")
        self.memory_bias = None
        if self.use_bias:
            self.memory_bias = self.add_weight(shape=(self.units,), initializer="zeros", name="memory_bias")

    def bias_start(self):
        draw = super().bias_start()
        if self.forget_bias is None or self.coupled:
            return draw

        def start(shape, dtype=None):
            forget = ops.arange(shape[0]) // self.units == 1
            bias = draw(shape, dtype)
            return ops.where(forget, ops.full_like(bias, self.forget_bias), bias)

        return start

    def call(self, inputs, states, training=False):
        read = self.read(inputs, states)
        return read["hidden"], [read["hidden"], read["memory"]]

    def read(self, inputs: Any, states: Any) -> dict[str, Any]:
        """Every gate of one step by its name; of the new states `memory` is c, `hidden` is h or its projection; (B, H) each."""
        h, c = states
        gate = self.recurrent_activation
        i, *f, new, o = ops.split(self._sums(inputs, h), self.gates, axis=-1)  # no f in a coupled cell
        i = gate(self._peep(i, c, 0))
        f = 1 - i if self.coupled else gate(self._peep(f[0], c, 1))
        c = f * c + i * self.activation(new)
        o = gate(self._peep(o, c, -1))
        h = o * self.activation(self._read(c))
        if self.projection is not None:
            h = ops.matmul(h, self.projection_kernel)
        return {"input": i, "forget": f, "output": o, "memory": c, "hidden": h}

    def _sums(self, x, h):
        x, h = ops.matmul(x, self.kernel), ops.matmul(h, self.recurrent_kernel)  # (B, G·H)
        if self.layer_normalization:
            x = ops.layer_normalization(x, self.kernel_gain, epsilon=EPSILON)
            h = ops.layer_normalization(h, self.recurrent_gain, epsilon=EPSILON)
        return x + h + self.bias

    def _peep(self, sums, c, row):
        return sums + self.peepholes[row] * c if self.peephole else sums

    def _read(self, c):
        if not self.layer_normalization:
            return c
        return ops.layer_normalization(c, self.memory_gain, self.memory_bias, epsilon=EPSILON)

    def get_config(self):
        return {
            **super().get_config(),
            "activation": keras.activations.serialize(self.activation),
            "recurrent_activation": keras.activations.serialize(self.recurrent_activation),
            "forget_bias": self.forget_bias,
            "peephole": self.peephole,
            "coupled": self.coupled,
            "layer_normalization": self.layer_normalization,
            "projection": self.projection,
        }
