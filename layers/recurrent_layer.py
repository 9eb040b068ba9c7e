"""What `Recurrence`, `Bidirectional` and `Stack` share: checks, states, noise, and the choice of a path."""

import logging
import os
from typing import Any, NamedTuple

import keras
from keras import ops

from .cell import boolean
from .loop import ALWAYS_COMPILED, RUN_SIDE_BY_SIDE, device_kind, inside_compilation, split_rows
from .mask import check_mask, may_be_equal
from .recurrent_dropout import RecurrentDropout, draw
from .travel import unfused_because

logger = logging.getLogger(__name__)

PART = 250_000  # floating-point operations of a step's product from which a program of its own is worth its launch
WHOLE = 30_000_000  # a product of this size is spread over all cores by itself
FEWEST = 4  # rows of a part
USUAL_BATCH = 32  # assumed where the batch size is not known yet


class Path(NamedTuple):
    """How a recurrent layer computes: the name of the path, why it is taken, into how many parts a batch is cut."""

    name: str
    reason: str
    parts: int = 1


class How(NamedTuple):
    """What holds for every cell of one pass: mask (B, T) of bool or None, and the path."""

    mask: Any
    training: bool
    own_program: bool


class RecurrentLayer(keras.Layer):
    """Base of the layers that run cells over time.

    Subclasses list `every_cell` and the widths of these cells' inputs, and write
    `advance(x (B, T, D), states, noise, sequences, how) -> (output, states)`, with states and noise in the order of the cells.
    """

    def __init__(
        self,
        return_sequences: bool,
        return_state: bool,
        dropout: RecurrentDropout | None,
        jit_compile: bool,
        stateful: bool = False,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.return_sequences = boolean(self, "return_sequences", return_sequences)
        self.return_state = boolean(self, "return_state", return_state)
        self.jit_compile = boolean(self, "jit_compile", jit_compile)
        self.stateful = boolean(self, "stateful", stateful)
        self.dropout = _known_dropout(self, dropout)
        self.seed_generator = keras.random.SeedGenerator(dropout.seed) if dropout is not None else None
        self.supports_masking = True
        self.input_spec = keras.layers.InputSpec(ndim=3)

    @property
    def every_cell(self) -> list[keras.Layer]:
        """The cells in the order of their states."""
        raise NotImplementedError

    @property
    def output_width(self) -> int:
        """The last dimension of the output."""
        raise NotImplementedError

    def build(self, sequences_shape):
        self.input_widths = self.build_cells(sequences_shape)
        self.input_spec = keras.layers.InputSpec(ndim=3, axes={-1: sequences_shape[-1]})
        _check_dropout(self)
        if self.stateful:
            self.carried = self._state_weights(sequences_shape[0])

    def build_cells(self, sequences_shape):
        """Builds the cells; the width of each one's input."""
        raise NotImplementedError

    def advance(self, x, states, noise, sequences, how):
        raise NotImplementedError

    def call(self, sequences, mask=None, initial_state=None, training=False, sequences_mask=None):
        mask = sequences_mask if mask is None else mask  # where Keras puts an embedding's mask beside initial states
        states = self._check(sequences, mask, initial_state)
        time, batch = ops.shape(sequences)[1], ops.shape(sequences)[0]
        noise = [
            draw(self.dropout, self.seed_generator, cell, width, time, batch, training, sequences.dtype)
            for cell, width in zip(self.every_cell, self.input_widths, strict=True)
        ]
        states = tuple(self._start(batch, sequences.dtype) if states is None else states)
        output, states = self._in_parts(sequences, mask, states, noise, training)
        if self.stateful:
            for carried, state in zip(self.carried, states, strict=True):
                carried.assign(ops.cast(ops.stop_gradient(state), carried.dtype))
        return [output, *states] if self.return_state else output

    def path(
        self, training: bool = True, compiled: bool = False, device: str | None = None, batch: int | None = None
    ) -> Path:
        """Which way this layer computes, and why.

        Args:
            training: whether with a gradient; `predict`, `evaluate` and an export are without.
            compiled: whether XLA compiles the model around it (`jit_compile=True`); on JAX that makes no difference.
            device: CPU, GPU or TPU; None asks the backend.
            batch: B; None where it is not known.

        Returns the name, the reason, and the number of parts into which a batch is cut:
            "cell": no standard cell; its own step runs in a loop and the backend finds the gradient.
            "inference": nothing is kept that is not returned; stock operations alone, so a SavedModel may hold them.
            "fused": the backward pass by hand, inside the program that the model around it is compiled to, or op by op.
            "program": the same, compiled by XLA on its own, so the model around it need not be.
        No path uses cuDNN: every one of them runs wherever XLA or the backend's own operations do.
        """
        device = device or device_kind()
        because = next(filter(None, map(unfused_because, self.every_cell)), "")
        if because:
            return Path("cell", because)
        if not training:
            return Path("inference", "without training no gradient is kept")
        if compiled and not ALWAYS_COMPILED:
            return Path("fused", "the model around it is compiled, and takes the loop in")
        if not self.jit_compile:
            return Path("fused", "jit_compile=False: op by op")
        return Path("program", f"each pass compiled on its own for the {device}", self._parts(device, batch))

    def _parts(self, device, batch):
        """More than one where several cores would otherwise wait for one: XLA's loop has small products on one core."""
        if device != "CPU" or not RUN_SIDE_BY_SIDE:
            return 1
        batch = batch or USUAL_BATCH
        widest = max(cell.gates * cell.units**2 for cell in self.every_cell)  # of U, built or not
        work = 2 * batch * widest
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        if work >= WHOLE:
            return 1
        return max(1, min(round(work / PART), cores // self.directions, batch // FEWEST))

    def _in_parts(self, sequences, mask, states, noise, training):
        """`advance` for the whole batch, or for some of its rows at a time, which the backend may run side by side."""
        path = self.path(training, inside_compilation(), batch=sequences.shape[0])
        logger.debug("%s: %s (%s), %d part(s)", self.name, *path)
        parts = path.parts
        mask = None if mask is None else ops.cast(mask, "bool")
        how = How(mask, training, path.name == "program")
        if parts == 1:
            return self.advance(sequences, states, noise, self.return_sequences, how)
        results = [
            self.advance(x, some_states, some_noise, self.return_sequences, how._replace(mask=some_mask))
            for x, some_states, some_noise, some_mask in zip(
                split_rows(sequences, parts),
                zip(*(split_rows(state, parts) for state in states), strict=True),
                zip(*(each.split(parts) for each in noise), strict=True),
                [None] * parts if mask is None else split_rows(mask, parts),
                strict=True,
            )
        ]
        whole = [ops.concatenate(each, axis=0) for each in zip(*((y, *final) for y, final in results), strict=True)]
        return whole[0], whole[1:]

    def reset_state(self, states: list | None = None) -> None:
        """Puts a stateful layer's carried states back to zero, or to those given, each (B, H)."""
        if not self.stateful or not self.built:
            raise ValueError(f"{self.name}: reset_state, expected a layer made with stateful=True that has been called")
        for place, carried in enumerate(self.carried):
            carried.assign(ops.zeros_like(carried) if states is None else states[place])

    def _state_weights(self, batch):
        if batch is None:
            raise ValueError(
                f"{self.name}: stateful, expected a fixed batch size, got None: use keras.Input(batch_shape=...)"
            )
        return [
            self.add_weight(shape=(batch, size), initializer="zeros", trainable=False, name=f"state_{place}")
            for place, size in enumerate(self._state_sizes())
        ]

    def _start(self, batch, dtype):
        if self.stateful:
            return [ops.cast(carried, dtype) for carried in self.carried]
        starts = [
            state
            for cell in self.every_cell
            for state in (
                keras.tree.flatten(cell.get_initial_state(batch_size=batch))
                if hasattr(cell, "get_initial_state")
                else [ops.zeros((batch, size)) for size in keras.tree.flatten(cell.state_size)]
            )
        ]
        return [ops.cast(state, dtype) for state in starts]

    def _state_sizes(self) -> list[int]:
        return [size for cell in self.every_cell for size in keras.tree.flatten(cell.state_size)]

    def _check(self, sequences, mask, initial_state):
        """The initial states as a list; raises ValueError, in one line, for shapes that do not fit."""
        shape, name = tuple(sequences.shape), self.name
        if shape[1] == 0:
            raise ValueError(f"{name}: zero time steps, expected at least 1, got input of shape {shape}")
        check_mask(name, mask, shape)
        if self.stateful and self.built and not may_be_equal(shape[:1], self.carried[0].shape[:1]):
            raise ValueError(f"{name}: stateful, a batch of {shape[0]} rows, expected {self.carried[0].shape[0]}")
        if initial_state is None:
            return None
        states = keras.tree.flatten(initial_state)
        got, sizes = [tuple(state.shape) for state in states], self._state_sizes()
        if len(got) != len(sizes) or not all(
            may_be_equal(s, (shape[0], size)) for s, size in zip(got, sizes, strict=True)
        ):
            expected = [(shape[0], size) for size in sizes]
            raise ValueError(f"{name}: initial_state of shapes {got}, expected {expected}")
        dtype = sequences.dtype
        return [state if isinstance(state, keras.KerasTensor) else ops.cast(state, dtype) for state in states]

    def compute_mask(self, sequences, mask=None):
        output = mask if self.return_sequences else None
        return [output, *(None for _ in self._state_sizes())] if self.return_state else output

    def compute_output_shape(self, sequences_shape):
        batch, time = sequences_shape[:2]
        output = (batch, time, self.output_width) if self.return_sequences else (batch, self.output_width)
        return [output, *((batch, size) for size in self._state_sizes())] if self.return_state else output

    def compute_output_spec(self, sequences, mask=None, initial_state=None, training=False, sequences_mask=None):
        mask = sequences_mask if mask is None else mask
        self._check(sequences, mask, initial_state)  # a network that is put together wrongly fails there
        shapes = self.compute_output_shape(tuple(sequences.shape))
        if not self.return_state:
            return keras.KerasTensor(shapes, dtype=self.compute_dtype)
        return [keras.KerasTensor(shape, dtype=self.compute_dtype) for shape in shapes]

    def get_config(self):
        return {
            **super().get_config(),
            "return_sequences": self.return_sequences,
            "return_state": self.return_state,
            "dropout": keras.saving.serialize_keras_object(self.dropout),
            "jit_compile": self.jit_compile,
        }

    @classmethod
    def from_config(cls, config):
        nested = {"cell", "backward_cell", "cells", "dropout"} & set(config)
        return cls(**{**config, **{key: keras.saving.deserialize_keras_object(config[key]) for key in nested}})


def _known_dropout(layer, dropout):
    if dropout is None or isinstance(dropout, RecurrentDropout):
        return dropout
    expected = "expected a RecurrentDropout, such as RecurrentDropout(inputs=0.3)"
    raise ValueError(f"{type(layer).__name__}: dropout={dropout!r}, {expected}")


def _check_dropout(layer: Any) -> None:
    """Noise inside the recurrent product is a matter of the hand-written paths."""
    inside = layer.dropout and [kind for kind in ("states", "weights") if getattr(layer.dropout, kind)]
    for cell in layer.every_cell if inside else ():
        if because := unfused_because(cell):
            raise ValueError(
                f"{layer.name}: dropout of {' and '.join(inside)}, expected a standard cell, got: {because}"
            )
