"""The cliff of an error surface: one recurrent unit, two weights.

x[t] = w σ(x[t-1]) + b,  x[0] = 0.5,  E(w, b) = (σ(x[50]) - 0.7)²

Where a small step in w or b takes the unit from one of its resting points to the other, E rises like a wall, and a
gradient taken there throws the weights far away, unless it is clipped: ĝ ← θ/‖ĝ‖ ĝ where ‖ĝ‖ ≥ θ.

Reference: Pascanu, Mikolov & Bengio, On the difficulty of training recurrent neural networks, 2013, figure 6.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

STEPS, START, TARGET = 50, 0.5, 0.7


def surface(w: Any, b: Any, steps: int = STEPS) -> NDArray:
    """E at each pair of weights; w and b may be grids."""
    return (_sigmoid(_unroll(w, b, steps)[0]) - TARGET) ** 2


def slope(w: Any, b: Any, steps: int = STEPS) -> NDArray:
    """∂E/∂w and ∂E/∂b, side by side along a last axis: exact, by the derivatives of every step."""
    x, by_w, by_b = _unroll(w, b, steps)
    y = _sigmoid(x)
    return 2 * ((y - TARGET) * y * (1 - y))[..., None] * np.stack([by_w, by_b], axis=-1)


def descend(start: Sequence[float], rate: float, updates: int, clip_norm: float = 0.0, steps: int = STEPS) -> NDArray:
    """The path of gradient descent, (updates + 1, 2).

    Args:
        start: w and b.
        rate: the learning rate.
        updates: how many steps it takes.
        clip_norm: θ; 0 leaves gradients as they are.
        steps: of the unit's recurrence.
    """
    path = [np.asarray(start, float)]
    for _ in range(updates):
        gradient = slope(path[-1][0], path[-1][1], steps)
        norm = float(np.linalg.norm(gradient))
        if clip_norm and norm > clip_norm:
            gradient = gradient * (clip_norm / norm)
        path.append(path[-1] - rate * gradient)
    return np.stack(path)


def _unroll(w, b, steps):
    """x after the steps, and its derivatives by w and b."""
    w, b = np.broadcast_arrays(np.asarray(w, float), np.asarray(b, float))
    x, by_w, by_b = np.full(w.shape, START), np.zeros(w.shape), np.zeros(w.shape)
    for _ in range(steps):
        y = _sigmoid(x)
        steepness = w * y * (1 - y)
        x, by_w, by_b = w * y + b, y + steepness * by_w, 1 + steepness * by_b
    return x, by_w, by_b


def _sigmoid(x):
    return (1 + np.tanh(x / 2)) / 2  # without an exponential that overflows
