"""Cells over time, by the path that suits: the mathematics of `fused` for the standard cells, the cell's own step for others.

Shapes: x (B, T, D), mask (B, T) of bool, states (B, H).
"""

import inspect
from typing import Any, NamedTuple

import keras
from keras import ops

from . import fused
from .elman import ElmanCell
from .fused_cells import ACTIVATIONS, FusedElman, FusedGRU, FusedLSTM, FusedResetBeforeGRU
from .gru import GRUCell
from .loop import RUN_SIDE_BY_SIDE, Walk, scan
from .lstm import LSTMCell
from .recurrent_dropout import Noise


class Journey(NamedTuple):
    """One cell, and what it is to run over."""

    cell: keras.Layer
    reverse: bool
    x: Any
    mask: Any
    states: tuple
    noise: Noise = Noise()


def travel(journeys, sequences, training, own_program):
    """[(output, final states), ...]: outputs (B, T, H) of every step, or (B, H) of the last one that counts.

    training: whether a gradient will be asked for. own_program: whether each journey is compiled by itself.
    """
    kinds = [fused_kind(journey.cell) for journey in journeys]
    if not all(kinds):
        return [_by_cell(journey, sequences, training) for journey in journeys]
    chains = [_chain(kind, journey) for kind, journey in zip(kinds, journeys, strict=True)]
    if not training:
        results = fused.infer(chains, sequences)
    elif own_program and RUN_SIDE_BY_SIDE:
        results = [result for chain in chains for result in fused.run([chain], sequences, own_program)]
    else:
        results = fused.run(chains, sequences, own_program)
    return [
        (output if sequences else _last(states[0], journey.mask), states)
        for (output, states), journey in zip(results, journeys, strict=True)
    ]


def fused_kind(cell: keras.Layer) -> Any:
    """The hand-written mathematics of a cell; None where it has to run by its own step."""
    return None if unfused_because(cell) else _KINDS[type(cell)](cell)


def unfused_because(cell: keras.Layer) -> str:
    """Why a cell runs by its own step; empty where it need not."""
    if type(cell) not in _KINDS:
        return f"{type(cell).__name__} is no standard cell"
    options = ("peephole", "coupled", "layer_normalization", "projection")
    for option in options:
        if getattr(cell, option, None):
            return f"{type(cell).__name__} with {option}"
    for argument in ("activation", "recurrent_activation"):
        name = _activation(cell, argument)
        if name not in ACTIVATIONS:
            return f"{argument}={name}, its slope is not written by hand"
    return ""


def _activation(cell, argument):
    function: Any = getattr(cell, argument, keras.activations.linear)
    name = getattr(function, "__name__", type(function).__name__)
    if name in ACTIVATIONS and keras.activations.get(name) is not function:
        return f"another {name}"
    return name


def _elman(cell):
    return FusedElman(cell.units, cell.activation.__name__)


def _gru(cell):
    kind = FusedGRU if cell.reset_after else FusedResetBeforeGRU
    return kind(cell.units, cell.activation.__name__, cell.recurrent_activation.__name__)


def _lstm(cell):
    return FusedLSTM(cell.units, cell.activation.__name__, cell.recurrent_activation.__name__)


_KINDS = {ElmanCell: _elman, GRUCell: _gru, LSTMCell: _lstm}


def _chain(kind, journey):
    cell, noise, dtype = journey.cell, journey.noise, journey.x.dtype
    kernel, recurrent = (ops.cast(w, dtype) for w in (cell.kernel, cell.recurrent_kernel))
    width = recurrent.shape[-1]
    bias = ops.cast(cell.bias, dtype) if cell.use_bias else ops.zeros(cell.bias_shape(width), dtype)
    if noise.weights is not None:
        recurrent = recurrent * noise.weights
    weights = (kernel, recurrent, bias)
    x = journey.x if noise.inputs is None else journey.x * noise.inputs[:, None]
    return fused.Chain(kind, journey.reverse, x, weights, journey.states, journey.mask, noise.zone, noise.states)


def _by_cell(journey, sequences, training):
    """A cell by its own step, with the backend's gradient."""
    cell, noise = journey.cell, journey.noise
    x = ops.transpose(journey.x if noise.inputs is None else journey.x * noise.inputs[:, None], (1, 0, 2))
    mask = None if journey.mask is None else ops.transpose(journey.mask)[..., None]
    zone = noise.zone or ()
    options = {"training": training} if "training" in inspect.signature(cell.call).parameters else {}
    _draw_masks_of_keras(cell, x, journey.states, training)

    def step(carry, inputs):
        x, *rest = inputs
        output, states = carry[0], carry[1:]
        counts = rest.pop(0) if mask is not None else None
        new_output, new = cell(x, _nested(cell, states), **options)
        new = keras.tree.flatten(new)
        puts_out_state = new_output is new[0]
        new_output, *new = (ops.cast(each, x.dtype) for each in (new_output, *new))
        for place, share in enumerate(zone):
            share = share if isinstance(share, float) else rest[place]
            new[place] = states[place] + share * (new[place] - states[place])
        if zone and puts_out_state:
            new_output = new[0]
        written = new_output if counts is None else ops.where(counts, new_output, 0)
        if counts is not None:
            new_output = ops.where(counts, new_output, output)
            new = [ops.where(counts, to, old) for to, old in zip(new, states, strict=True)]
        return (new_output, *new), (written,) if sequences else ()

    start = ops.zeros((ops.shape(x)[1], cell.output_size), x.dtype)
    inputs = (x, *(() if mask is None else (mask,)), *(share for share in zone if not isinstance(share, float)))
    widths = (cell.output_size,) if sequences else ()
    ((carry, outputs),) = scan([Walk(step, (start, *journey.states), inputs, widths, journey.reverse)])
    return (ops.transpose(outputs[0], (1, 0, 2)) if sequences else carry[0]), carry[1:]


def _nested(cell, states):
    """Flat states as the cell's own step wants them."""
    size = cell.state_size if isinstance(cell.state_size, list | tuple) else [cell.state_size]
    return keras.tree.pack_sequence_as(size, list(states))


def _draw_masks_of_keras(cell, x, states, training):
    """Keras' own cells with dropout draw once a batch, and must do so before the loop; some hold others."""
    if not training:
        return
    inputs, states = x[0], iter(states)
    for one in getattr(cell, "cells", [cell]):
        first, *_ = [next(states) for _ in keras.tree.flatten(one.state_size)]
        for kind, array in (("dropout_mask", inputs), ("recurrent_dropout_mask", first)):
            if hasattr(one, f"get_{kind}"):
                getattr(one, f"reset_{kind}")()
                getattr(one, f"get_{kind}")(array)
        inputs = ops.zeros((ops.shape(x)[1], one.output_size), x.dtype)


def _last(state, mask):
    """The last output; zeros for a row without any step."""
    return state if mask is None else ops.where(ops.any(mask, axis=1, keepdims=True), state, 0)
