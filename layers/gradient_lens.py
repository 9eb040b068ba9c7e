"""How a gradient fares on its way back through time.

∂L/∂s[t-k] = J[t-k+1]ᵀ ... J[t]ᵀ ∂L/∂s[t],  J[t] = ∂s[t]/∂s[t-1];  of an Elman cell ‖J‖ ≤ ‖U‖ max|f'| = β_W β_h, so that over
k steps the gradient changes by a factor of (β_W β_h)^k at most (Pascanu, Mikolov & Bengio, On the difficulty of training
recurrent neural networks, 2013; Bengio, Simard & Frasconi, 1994).

A state is what a step hands to the next one. Of an LSTM those are h and c, two variables of their own: the derivative
by h is that with c held, and the other way round. Everything is exact, by the backend's gradient of the cell's own step.
"""

import importlib
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from .elman import ElmanCell

gradients = importlib.import_module(f".gradient_{keras.backend.backend()}", __package__).gradients

STEEPEST = {"sigmoid": 0.25, "tanh": 1.0, "relu": 1.0, "linear": 1.0}  # max |f'|
CHUNK = 2_000_000  # numbers of the Jacobians that are computed at once


class Visited(NamedTuple):
    """What one cell met on its way: its inputs (B, T, D), and of each of its states those before each step, (B, T, H)."""

    inputs: NDArray
    states: list[NDArray]


def state_gradients(
    cells: Sequence[keras.Layer], inputs: Any, loss: Callable[[Any], Any], states: Sequence[Any] | None = None
) -> list[list[NDArray]]:
    """∂L/∂s[t] for t = 0 ... T: for each cell, for each of its states, (B, T + 1, H).

    Args:
        cells: one upon the other, the lowest first; each follows Keras' cell protocol and is built.
        inputs: x, (B, T, D).
        loss: from the outputs of the uppermost cell (B, T, H) to the loss of each row, (B,). To have that of step 7:
            `lambda outputs: my_loss(outputs[:, 6])`.
        states: s[0] of all cells, each (B, H); None starts at zero.

    What a lower cell hands to the next step also goes up to the next cell: the derivative takes both ways.

    Example: `state_gradients([cell], x, lambda y: keras.ops.sum(y[:, -1] ** 2, axis=-1))[0][0]`
    """
    x = _numbers(cells[0], inputs)
    states = _start(cells, x, states)
    moves = [ops.zeros_like(state) for _ in range(x.shape[1] + 1) for state in states]

    def value(*moves):
        outputs, _ = _walk(cells, x, states, moves)
        return ops.sum(loss(ops.stack(outputs, axis=1)))

    found = [ops.convert_to_numpy(slope) for slope in gradients(value, moves)]
    by_state = [np.stack(found[place :: len(states)], axis=1) for place in range(len(states))]
    return _by_cell(cells, by_state)


def norms_by_distance(slopes: NDArray, steps: Any = None) -> NDArray:
    """‖∂L_t/∂s[t-k]‖ for k = 0 ... T, (B, T + 1), of gradients (B, T + 1, H); NaN where a row has no step t-k.

    steps: t, the step of the loss, 1 to T, for all rows or for each, (B,); None is the last one.
    """
    rows, count = slopes.shape[:2]
    norms = np.linalg.norm(slopes.astype(np.float64), axis=-1)  # in float32 the square of 1e-25 is 0
    steps = np.broadcast_to(count - 1 if steps is None else steps, (rows,))
    places = np.asarray(steps)[:, None] - np.arange(count)
    return np.where(places >= 0, np.take_along_axis(norms, np.maximum(places, 0), axis=1), np.nan)


def visited(cells: Sequence[keras.Layer], inputs: Any, states: Sequence[Any] | None = None) -> list[Visited]:
    """What each cell of a network meets on inputs (B, T, D)."""
    x = _numbers(cells[0], inputs)
    _, met = _walk(cells, x, _start(cells, x, states))
    return [Visited(_joined(xs), [_joined(state) for state in zip(*before, strict=True)]) for xs, before in met]


def step_jacobians(cell: keras.Layer, inputs: Any, states: Sequence[Any]) -> NDArray:
    """∂s'/∂s of one step from each state, (B, N, N): N numbers for all states of the cell, side by side.

    Args:
        cell: built.
        inputs: x, (B, D).
        states: s, each (B, H).
    """
    x, states = _numbers(cell, inputs), [_numbers(cell, state) for state in states]
    size = sum(state.shape[-1] for state in states)
    rows = max(1, CHUNK // size**2)
    parts = [slice(first, first + rows) for first in range(0, x.shape[0], rows)]
    return np.concatenate([_jacobians(cell, x[part], [state[part] for state in states], size) for part in parts])


def spectral_norm(jacobians: NDArray) -> NDArray:
    """The largest singular value of each matrix: how much a step can lengthen a gradient; (..., N, N) -> (...)."""
    return np.linalg.norm(jacobians, 2, axis=(-2, -1))


def spectral_radius(jacobians: NDArray) -> NDArray:
    """The largest |eigenvalue| of each matrix: how much it does so in the long run, were it the same at every step."""
    return np.abs(np.linalg.eigvals(jacobians)).max(axis=-1)


def gradient_bound(cell: keras.Layer) -> float:
    """β_W β_h = ‖U‖ max|f'| of an Elman cell: no step lengthens a gradient more. Raises ValueError for another cell."""
    name = getattr(getattr(cell, "activation", None), "__name__", "")
    if type(cell) is not ElmanCell or name not in STEEPEST:
        raise ValueError(f"gradient_bound: {type(cell).__name__} {name}, expected ElmanCell with {', '.join(STEEPEST)}")
    return float(np.linalg.norm(cell.recurrent_kernel.numpy(), 2)) * STEEPEST[name]


def _walk(cells, x, states, moves=None):
    """The outputs of each step, and (inputs, states before) of each step for each cell. moves: added to the states."""
    moves = iter(moves) if moves is not None else None
    states = _by_cell(cells, _moved(states, moves))
    outputs: list = []
    met: list[tuple[list, list]] = [([], []) for _ in cells]
    for t in range(x.shape[1]):
        output = x[:, t]
        for place, cell in enumerate(cells):
            met[place][0].append(output)
            met[place][1].append(states[place])
            output, states[place] = _step(cell, output, states[place], moves)
        outputs.append(output)
    return outputs, met


def _step(cell, x, states, moves=None):
    """(output, new states, flat) of one step. Where the output is a state, it is the moved one."""
    output, new = cell(x, keras.tree.pack_sequence_as(_sizes(cell), list(states)))
    new = keras.tree.flatten(new)
    same = next((place for place, state in enumerate(new) if state is output), None)
    new = _moved(new, moves)
    return (output if same is None else new[same]), new


def _moved(states, moves):
    return list(states) if moves is None else [state + next(moves) for state in states]


def _jacobians(cell, x, states, size):
    """Row i of a Jacobian is the gradient of the i-th new number; each has a copy of the step to itself."""

    def copies(array):
        return ops.repeat(array, size, axis=0)  # (B·N, ...)

    chosen = ops.cast(ops.tile(ops.eye(size), (x.shape[0], 1)), x.dtype)

    def value(*states):
        _, new = _step(cell, copies(x), states)
        return ops.sum(ops.concatenate(new, axis=-1) * chosen)

    slopes = gradients(value, [copies(state) for state in states])
    whole = np.concatenate([ops.convert_to_numpy(slope) for slope in slopes], axis=-1)
    return whole.reshape(-1, size, size)


def _start(cells, x, states):
    sizes = [size for cell in cells for size in keras.tree.flatten(_sizes(cell))]
    if states is None:
        return [ops.zeros((x.shape[0], size), x.dtype) for size in sizes]
    if len(states) != len(sizes):
        raise ValueError(f"{len(states)} initial states, expected {len(sizes)} of sizes {sizes}")
    return [ops.cast(state, x.dtype) for state in states]


def _by_cell(cells, flat):
    """A flat list as one list for each cell."""
    rest = iter(flat)
    return [[next(rest) for _ in keras.tree.flatten(_sizes(cell))] for cell in cells]


def _sizes(cell):
    """Its state sizes, as the cell's own step nests its states."""
    return list(cell.state_size) if isinstance(cell.state_size, list | tuple) else [cell.state_size]


def _numbers(cell, array):
    return ops.cast(ops.convert_to_tensor(array), cell.compute_dtype)


def _joined(steps):
    return np.stack([ops.convert_to_numpy(each) for each in steps], axis=1)
