"""Both directions over one sequence (Schuster & Paliwal, 1997): y[t] = [h→[t]; h←[t]]."""

from typing import Any

import keras
from keras import ops

from .recurrence import build_cell, known_cell
from .recurrent_dropout import RecurrentDropout
from .recurrent_layer import RecurrentLayer
from .travel import Journey, travel


@keras.saving.register_keras_serializable(package="keras_seq")
class Bidirectional(RecurrentLayer):
    """Runs one cell from the left and a second one, with weights of its own, from the right, side by side.

    Args:
        cell: the cell that runs from the left.
        backward_cell: the cell that runs from the right; None makes one like `cell`, with start values of its own.
        return_sequences: whether every y[t] is returned, or [h→[T]; h←[1]] alone.
        return_state: whether the final states of `cell` and those of `backward_cell` follow the output.
        dropout: the noise to learn with, a `RecurrentDropout`; each direction draws its own.
        jit_compile: as in `Recurrence`.

    Call arguments:
        sequences: x, (B, T, D).
        mask: (B, T) of bool; False marks padding, which may lie anywhere.
        initial_state: the states of `cell` followed by those of `backward_cell`, each (B, H).
        training: as in `Recurrence`.

    Returns (B, T, H→ + H←) or (B, H→ + H←); with `return_state` a list [output, *states]. Masking: as in `Recurrence`.

    Example: `Bidirectional(GRUCell(64))(keras.ops.zeros((2, 5, 8)))` has shape (2, 5, 128).

    Reference: Schuster & Paliwal, Bidirectional recurrent neural networks, 1997.
    """

    directions = 2

    def __init__(
        self,
        cell: keras.Layer,
        backward_cell: keras.Layer | None = None,
        return_sequences: bool = True,
        return_state: bool = False,
        dropout: RecurrentDropout | None = None,
        jit_compile: bool = True,
        **kwargs: Any,
    ):
        super().__init__(return_sequences, return_state, dropout, jit_compile, stateful=False, **kwargs)
        self.cell = known_cell(self, cell)
        self.backward_cell = mirrored(cell) if backward_cell is None else known_cell(self, backward_cell)

    @property
    def every_cell(self):
        return [self.cell, self.backward_cell]

    @property
    def output_width(self):
        return self.cell.output_size + self.backward_cell.output_size

    def build_cells(self, sequences_shape):
        for cell in self.every_cell:
            build_cell(cell, sequences_shape)
        return [sequences_shape[-1]] * 2

    def advance(self, x, states, noise, sequences, how):
        count = len(keras.tree.flatten(self.cell.state_size))
        journeys = [
            Journey(self.cell, False, x, how.mask, states[:count], noise[0]),
            Journey(self.backward_cell, True, x, how.mask, states[count:], noise[1]),
        ]
        (left, left_states), (right, right_states) = travel(journeys, sequences, how.training, how.own_program)
        return ops.concatenate([left, right], axis=-1), (*left_states, *right_states)

    def get_config(self):
        return {
            **super().get_config(),
            "cell": keras.saving.serialize_keras_object(self.cell),
            "backward_cell": keras.saving.serialize_keras_object(self.backward_cell),
        }


def mirrored(cell: keras.Layer) -> keras.Layer:
    """A cell like the one given, under another name and with other start values."""
    return type(cell).from_config({**reseeded(cell.get_config()), "name": f"{cell.name}_backward"})


def reseeded(config: Any) -> Any:
    """The configuration with every seed in it, those of initializers and of inner cells too, moved on."""
    if isinstance(config, list | tuple):
        return type(config)(map(reseeded, config))
    if not isinstance(config, dict):
        return config
    step = 7919  # a prime, so that neighbouring seeds of one network never meet
    return {k: v + step if k == "seed" and isinstance(v, int) else reseeded(v) for k, v in config.items()}
