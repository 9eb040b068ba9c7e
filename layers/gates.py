"""What the gates of a cell say while it reads, step by step; the equations are those of `lstm` and `gru`."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from .gru import GRUCell
from .lstm import LSTMCell

GATED = (LSTMCell, GRUCell)


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
    if type(cell) not in GATED:
        raise ValueError(f"read_gates: {type(cell).__name__}, expected one of {', '.join(c.__name__ for c in GATED)}")
    x = ops.cast(ops.convert_to_tensor(inputs), cell.compute_dtype)
    states = cell.get_initial_state(x.shape[0]) if states is None else [ops.cast(state, x.dtype) for state in states]
    found = []
    for t in range(x.shape[1]):
        read = cell.read(x[:, t], states)
        states = [read[name] for name in ("hidden", "memory") if name in read]
        found.append(read)
    return {name: np.stack([ops.convert_to_numpy(read[name]) for read in found], axis=1) for name in found[0]}
