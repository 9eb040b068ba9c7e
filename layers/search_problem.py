"""What is searched for sequences, asked step by step, and what a search keeps of its steps. A part that is not needed is ()."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from keras import ops, tree


class SearchProblem(NamedTuple):
    """What every search is given.

    step: (tokens (B, N), state) -> (log p (B, N, V), attention weights (B, N, S) or None, the new state).
    state: nested arrays (B, 1, ...), at least one, before the first token.
    length: the most tokens: an integer, a scalar tensor, or one for each row (B,).
    banned: ids that are never chosen.
    keep_weights: whether attention weights are kept.
    """

    step: Callable
    state: Any
    length: Any
    banned: Sequence[int]
    keep_weights: bool

    @property
    def rows(self):
        """B, an integer where it is known."""
        return ops.shape(tree.flatten(self.state)[0])[0]

    def limits(self):
        """The most tokens of each row (B,), and of all, an integer where it is known and never 0: there is always a step."""
        if isinstance(self.length, int | np.integer | np.ndarray | Sequence):
            length, most = np.asarray(self.length, "int32"), int(np.max(self.length))
            if most < 1:
                raise ValueError(f"length={self.length}: expected at least 1")
        else:
            length = ops.cast(self.length, "int32")
            most = ops.maximum(ops.max(length), 1)
        return ops.broadcast_to(length, (self.rows,)), most

    def ask(self, tokens, state):
        """One step: log p (B, N, V), of what is banned too, the attention weights, the new state."""
        log_p, weights, new = self.step(tokens, state)
        size = log_p.shape[-1]
        log_p = ops.reshape(ops.cast(log_p, "float32"), (self.rows, tokens.shape[1], size))
        new = tree.map_structure(
            lambda x, old: ops.reshape(x, ops.shape(old)), new, state
        )  # a loop may forget no shape
        return log_p, weights, new

    def reserve_weights(self, most, tokens, state):
        """Zeros (L, B, N, S), or (). The step is asked once more, for S: a graph runs no more of that than it needs."""
        if not self.keep_weights:
            return ()
        _, weights, _ = self.step(tokens, state)
        if weights is None:
            raise ValueError("keep_weights=True, but the step gives no attention weights")
        return ops.zeros((most, *ops.shape(tokens), ops.shape(weights)[-1]), "float32")


def write(buffer, t, value):
    """The buffer (L, ...) with a value (...) at t; () stays ()."""
    if isinstance(buffer, tuple):
        return buffer
    return ops.scatter_update(buffer, ops.reshape(t, (1, 1)), ops.cast(value, buffer.dtype)[None])


def pick(x, places):
    """Of x (B, N, ...) what stands at places (B, M): (B, M, ...)."""
    rows, count, *rest = ops.shape(x)
    flat = ops.reshape(ops.arange(rows, dtype="int32")[:, None] * count + places, (-1,))
    taken = ops.take(ops.reshape(x, (rows * count, *rest)), flat, axis=0)
    return ops.reshape(taken, (rows, places.shape[1], *rest))
