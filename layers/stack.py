"""Recurrent layers one upon the other; with both directions, each of them reads both directions of the layer below:

h→i[t] = f(h(i-1)[t] W→ + h→i[t-1] U→ + b→),  h←i[t] = f(h(i-1)[t] W← + h←i[t+1] U← + b←),  h(i-1) = [h→(i-1); h←(i-1)]
"""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from .bidirectional import mirrored
from .cell import boolean
from .recurrence import build_cell, known_cell
from .recurrent_dropout import RecurrentDropout
from .recurrent_layer import RecurrentLayer
from .travel import Journey, travel


@keras.saving.register_keras_serializable(package="keras_seq")
class Stack(RecurrentLayer):
    """A deep recurrent network, of one direction or of both.

    Args:
        cells: one cell for each layer, the lowest first.
        bidirectional: whether a second cell like each one, with weights of its own, runs from the right.
        residual: whether every layer above the first adds its input to its output (He et al., 2016). All layers must then be
            equally wide, and `return_sequences` must be True.
        return_sequences: whether every output of the uppermost layer is returned, or the last one alone.
        return_state: whether the final states follow the output, the lowest layer's first, the left cell's before the right's.
        stateful: as in `Recurrence`; not with `bidirectional`.
        dropout: the noise to learn with, a `RecurrentDropout`; every cell draws its own.
        jit_compile: as in `Recurrence`.

    Call arguments:
        sequences: x, (B, T, D).
        mask: (B, T) of bool; False marks padding, which may lie anywhere.
        initial_state: the states of all cells, in the order of `return_state`.
        training: as in `Recurrence`.

    Returns (B, T, H) or (B, H), twice as wide with `bidirectional`; with `return_state` a list [output, *states]. Masking: as
    in `Recurrence`.

    Example: `Stack([LSTMCell(64), LSTMCell(64)], bidirectional=True)(keras.ops.zeros((2, 5, 8)))` has shape (2, 5, 128).

    Reference: Irsoy & Cardie, Opinion mining with deep recurrent neural networks, 2014.
    """

    def __init__(
        self,
        cells: Sequence[keras.Layer],
        bidirectional: bool = False,
        residual: bool = False,
        return_sequences: bool = True,
        return_state: bool = False,
        stateful: bool = False,
        dropout: RecurrentDropout | None = None,
        jit_compile: bool = True,
        **kwargs: Any,
    ):
        super().__init__(return_sequences, return_state, dropout, jit_compile, stateful, **kwargs)
        if not isinstance(cells, Sequence) or not cells:
            raise ValueError(f"Stack: cells={cells!r}, expected a list of at least one cell")
        self.cells = [known_cell(self, cell) for cell in cells]
        self.bidirectional = boolean(self, "bidirectional", bidirectional)
        self.residual = boolean(self, "residual", residual)
        self.backward_cells = [mirrored(cell) for cell in cells] if bidirectional else []
        self.directions = 2 if bidirectional else 1
        if stateful and bidirectional:
            raise ValueError("Stack: stateful with bidirectional: a stream has no end to start from")
        if residual and not return_sequences:
            raise ValueError("Stack: residual without return_sequences, expected return_sequences=True")
        if residual and len(set(self._widths())) > 1:
            raise ValueError(f"Stack: residual, expected layers of one width, got {self._widths()}")

    @property
    def every_cell(self):
        return [cell for layer in self._layers_of_cells() for cell in layer]

    @property
    def output_width(self):
        return self._widths()[-1]

    def build_cells(self, sequences_shape):
        widths = []
        for layer, width in zip(self._layers_of_cells(), self._widths(), strict=True):
            for cell in layer:
                build_cell(cell, sequences_shape)
                widths.append(sequences_shape[-1])
            sequences_shape = (*sequences_shape[:2], width)
        return widths

    def advance(self, x, states, noise, sequences, how):
        finals: list = []
        states, noise = iter(states), iter(noise)
        for number, layer in enumerate(self._layers_of_cells(), 1):
            journeys = [
                Journey(cell, reverse, x, how.mask, _take(cell, states), next(noise))
                for cell, reverse in zip(layer, (False, True), strict=False)
            ]
            upper = number == len(self.cells)
            outputs = travel(journeys, sequences or not upper, how.training, how.own_program)
            finals += [state for _, final in outputs for state in final]
            y = ops.concatenate([output for output, _ in outputs], axis=-1) if self.bidirectional else outputs[0][0]
            x = x + y if self.residual and number > 1 else y
        return x, tuple(finals)

    def _layers_of_cells(self):
        """The cells of each layer: from the left, and from the right where there is one."""
        return (
            list(zip(self.cells, self.backward_cells, strict=True))
            if self.bidirectional
            else [(c,) for c in self.cells]
        )

    def _widths(self):
        """The width of each layer's output."""
        return [self.directions * cell.output_size for cell in self.cells]

    def get_config(self):
        return {
            **super().get_config(),
            "cells": [keras.saving.serialize_keras_object(cell) for cell in self.cells],
            "bidirectional": self.bidirectional,
            "residual": self.residual,
            "stateful": self.stateful,
        }


def _take(cell, states):
    """The next states, as many as the cell has."""
    return tuple(next(states) for _ in keras.tree.flatten(cell.state_size))
