"""GRU cell (Cho et al., 2014): two gates choose between the old state and a new memory.

z = σ(x Wz + h Uz + bz)                     how much of the old state is kept
r = σ(x Wr + h Ur + br)                     how much of it the new memory sees
h̃ = tanh(x Wh + r ∘ (h Uh + ch) + bh)       reset after the product (arXiv:1406.1078v1, cuDNN; the default)
h̃ = tanh(x Wh + (r ∘ h) Uh + bh)            reset before it (the paper as published, arXiv:1406.1078v3)
h' = (1 - z) ∘ h̃ + z ∘ h
"""

from typing import Any

import keras
from keras import ops

from .cell import Cell, boolean, known_activation


@keras.saving.register_keras_serializable(package="keras_seq")
class GRUCell(Cell):
    """The gated recurrent unit.

    Args:
        units: H, the size of the hidden state.
        activation: of the new memory h̃.
        recurrent_activation: of the gates z and r.
        reset_after: whether r multiplies the product h Uh (with a bias of its own) or the state itself.
        **kwargs: what every `Cell` takes.

    Call arguments:
        inputs: x[t], (B, D).
        states: [h[t-1]], each (B, H).

    Returns h[t] (B, H) and [h[t]]. Masking: none here; the runner keeps the old state on padded steps.

    Example: `Recurrence(GRUCell(64))(keras.ops.zeros((2, 5, 8)))` has shape (2, 5, 64).

    Reference: Cho et al., Learning phrase representations using RNN encoder-decoder, 2014. Weights and gate order
    (z, r, h̃) are laid out as in `keras.layers.GRU`.
    """

    gates = 3

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        reset_after: bool = True,
        **kwargs: Any,
    ):
        super().__init__(units, **kwargs)
        self.activation = known_activation(self, "activation", activation)
        self.recurrent_activation = known_activation(self, "recurrent_activation", recurrent_activation)
        self.reset_after = boolean(self, "reset_after", reset_after)
        self.state_size = self.units

    def bias_shape(self, width):
        return (2, width) if self.reset_after else (width,)

    def call(self, inputs, states, training=False):
        h = self.read(inputs, states)["hidden"]
        return h, [h]

    def read(self, inputs: Any, states: Any) -> dict[str, Any]:
        """Both gates of one step by their names, and the new state, `hidden`; (B, H) each."""
        h = states[0]
        z, r, new = (self._reset_after if self.reset_after else self._reset_before)(inputs, h)
        return {"update": z, "reset": r, "hidden": (1 - z) * new + z * h}

    def _reset_after(self, x, h):
        bias: Any = self.bias
        b, c = (bias[0], bias[1]) if self.use_bias else (0.0, 0.0)
        xz, xr, xh = ops.split(ops.matmul(x, self.kernel) + b, 3, axis=-1)
        hz, hr, hh = ops.split(ops.matmul(h, self.recurrent_kernel) + c, 3, axis=-1)
        z = self.recurrent_activation(xz + hz)
        r = self.recurrent_activation(xr + hr)
        return z, r, self.activation(xh + r * hh)

    def _reset_before(self, x, h):
        gates, memory = self.recurrent_kernel[:, : 2 * self.units], self.recurrent_kernel[:, 2 * self.units :]
        xz, xr, xh = ops.split(ops.matmul(x, self.kernel) + self.bias, 3, axis=-1)
        hz, hr = ops.split(ops.matmul(h, gates), 2, axis=-1)
        z = self.recurrent_activation(xz + hz)
        r = self.recurrent_activation(xr + hr)
        return z, r, self.activation(xh + ops.matmul(r * h, memory))

    def get_config(self):
        return {
            **super().get_config(),
            "activation": keras.activations.serialize(self.activation),
            "recurrent_activation": keras.activations.serialize(self.recurrent_activation),
            "reset_after": self.reset_after,
        }
