"""What the gates of a cell say while it reads, step by step; the equations are those of `lstm` and `gru`."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from .gru import GRUCell
from .lstm import LSTMCell


def read_gates(cell: keras.Layer, inputs: Any, states: Sequence[Any] | None = None) -> dict[str, NDArray]:
    """Every gate and state at every step, by its name, each (B, T, H).

    Args:
        cell: an `LSTMCell` (input, forget, output; memory, hidden) or a `GRUCell` (update, reset; hidden), built, with any of
            its options. `memory` is c, `hidden` is h, or its projection.
        inputs: x, (B, T, D).
        states: before the first step, each (B, H); None starts at zero.

    Raises ValueError for a cell without gates.

    Example: `read_gates(layer.cell, keras.ops.zeros((2, 5, 8)))["forget"]` has shape (2, 5, 64).
    """
    if type(cell) not in STEPS:
        raise ValueError(f"read_gates: {type(cell).__name__}, expected one of {', '.join(c.__name__ for c in STEPS)}")
    x = ops.cast(ops.convert_to_tensor(inputs), cell.compute_dtype)
    states = cell.get_initial_state(x.shape[0]) if states is None else [ops.cast(state, x.dtype) for state in states]
    step, found = STEPS[type(cell)], []
    for t in range(x.shape[1]):
        read = step(cell, x[:, t], states)
        states = [read[name] for name in ("hidden", "memory") if name in read]
        found.append(read)
    return {name: np.stack([ops.convert_to_numpy(read[name]) for read in found], axis=1) for name in found[0]}


def _lstm(cell, x, states):
    (h, c), sigma = states, cell.recurrent_activation
    i, *f, new, o = ops.split(cell._sums(x, h), cell.gates, axis=-1)
    i = sigma(cell._peep(i, c, 0))
    f = 1 - i if cell.coupled else sigma(cell._peep(f[0], c, 1))
    c = f * c + i * cell.activation(new)
    o = sigma(cell._peep(o, c, -1))
    h = o * cell.activation(cell._read(c))
    h = h if cell.projection is None else ops.matmul(h, cell.projection_kernel)
    return {"input": i, "forget": f, "output": o, "memory": c, "hidden": h}


def _gru(cell, x, states):
    """The gates alone; the state is the cell's own."""
    h, count = states[0], 2 * cell.units
    sums = ops.matmul(x, cell.kernel[:, :count]) + ops.matmul(h, cell.recurrent_kernel[:, :count])
    if cell.use_bias:
        bias = ops.sum(cell.bias, axis=0) if cell.reset_after else cell.bias
        sums = sums + bias[:count]
    z, r = ops.split(cell.recurrent_activation(sums), 2, axis=-1)
    return {"update": z, "reset": r, "hidden": cell(x, [h])[0]}


STEPS: dict[type, Callable[..., dict[str, Any]]] = {LSTMCell: _lstm, GRUCell: _gru}
