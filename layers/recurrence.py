"""Many steps of one cell: h[t], s[t] = cell(x[t], s[t-1]), with s[0] = 0 and the same weights at every step."""

from typing import Any

import keras

from .cell import boolean
from .recurrent_dropout import RecurrentDropout
from .recurrent_layer import RecurrentLayer
from .travel import Journey, travel


@keras.saving.register_keras_serializable(package="keras_seq")
class Recurrence(RecurrentLayer):
    """Runs a cell over time, from the left or from the right.

    Args:
        cell: a `Cell` of this package, or any layer that follows Keras' cell protocol.
        return_sequences: whether every h[t] is returned, or the last one alone.
        return_state: whether the final states follow the output.
        reverse: whether time runs from the right to the left. The outputs stay in the input's order.
        stateful: whether the final states of a batch are the initial ones of the next: a stream cut into batches, with
            gradients that end at the cut (truncated back-propagation). Needs a fixed batch size; see `reset_state`.
        dropout: the noise to learn with, a `RecurrentDropout`.
        jit_compile: whether a training step may compile the passes through this layer with XLA, by themselves.

    Call arguments:
        sequences: x, (B, T, D).
        mask: (B, T) of bool; False marks padding, which may lie anywhere. None: every step counts.
        initial_state: the list of the cell's states, each (B, H); None starts at zero.
        training: whether noise is added; handed on to a cell that takes it.

    Returns (B, T, H), or (B, H) of the last step that counts; with `return_state` a list [output, *final states].
    Masking: a padded step keeps the state that it meets and puts out zeros; the mask is handed on with sequences.

    Raises ValueError for an input that is not of rank 3 or has no steps, and for a mask or states of another shape.

    Example: `Recurrence(LSTMCell(64), reverse=True)(keras.ops.zeros((2, 5, 8)))` has shape (2, 5, 64).

    Reference: Werbos, Backpropagation through time: what it does and how to do it, 1990. `path` says how it computes.
    """

    directions = 1

    def __init__(
        self,
        cell: keras.Layer,
        return_sequences: bool = True,
        return_state: bool = False,
        reverse: bool = False,
        stateful: bool = False,
        dropout: RecurrentDropout | None = None,
        jit_compile: bool = True,
        **kwargs: Any,
    ):
        super().__init__(return_sequences, return_state, dropout, jit_compile, stateful, **kwargs)
        self.cell = known_cell(self, cell)
        self.reverse = boolean(self, "reverse", reverse)

    @property
    def every_cell(self):
        return [self.cell]

    @property
    def output_width(self):
        return self.cell.output_size

    def build_cells(self, sequences_shape):
        build_cell(self.cell, sequences_shape)
        return [sequences_shape[-1]]

    def advance(self, x, states, noise, sequences, how):
        journey = Journey(self.cell, self.reverse, x, how.mask, states, noise[0])
        return travel([journey], sequences, how.training, how.own_program)[0]

    def get_config(self):
        cell = keras.saving.serialize_keras_object(self.cell)
        return {**super().get_config(), "cell": cell, "reverse": self.reverse, "stateful": self.stateful}


def known_cell(owner: keras.Layer, cell: Any) -> keras.Layer:
    """The cell; raises ValueError, naming the owner's class, for what does not follow Keras' cell protocol."""
    if not all(hasattr(cell, name) for name in ("state_size", "output_size", "call")):
        kind = type(owner).__name__
        raise ValueError(
            f"{kind}: cell={cell!r}, expected a cell with state_size and output_size, such as LSTMCell(64)"
        )
    return cell


def build_cell(cell: keras.Layer, sequences_shape: tuple) -> None:
    """Builds a cell, once, for inputs (B, T, D)."""
    if not cell.built:
        cell.build((sequences_shape[0], sequences_shape[2]))
