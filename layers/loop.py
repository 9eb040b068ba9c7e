"""What the recurrence needs of a backend beyond `keras.ops`: a loop, gradients written by hand, compilation.

One module per backend holds them (`loop_tensorflow`, `loop_jax`); this one picks the module of the backend that Keras runs on.
"""

import importlib
from collections.abc import Callable
from typing import Any, NamedTuple

import keras


class Walk(NamedTuple):
    """One pass over time.

    step: (carry, the inputs of one step) -> (carry, the outputs of one step).
    carry: what a step hands to the next one, arrays (B, ...).
    inputs: arrays (T, B, ...), of which each step sees its own (B, ...).
    widths: W of each output (B, W) of a step.
    reverse: whether the last step comes first; inputs and outputs keep their order.
    """

    step: Callable
    carry: tuple
    inputs: tuple
    widths: tuple[int, ...]
    reverse: bool = False


BACKENDS = ("tensorflow", "jax")

_name = keras.backend.backend()
if _name not in BACKENDS:
    raise ImportError(f"keras_seq.layers: expected KERAS_BACKEND to be one of {', '.join(BACKENDS)}, got {_name}")
_backend: Any = importlib.import_module(f".loop_{_name}", __package__)

scan = _backend.scan
differentiable = _backend.differentiable
softmax_slope = _backend.softmax_slope
lstm_of_one_row = _backend.lstm_of_one_row  # None where a backend has none
compiled = _backend.compiled
split_rows = _backend.split_rows
inside_compilation = _backend.inside_compilation
ALWAYS_COMPILED = _backend.ALWAYS_COMPILED  # whether every loop is XLA's, whatever is around it
RUN_SIDE_BY_SIDE = _backend.RUN_SIDE_BY_SIDE  # whether independent loops and programs of one graph use several cores
device_kind = _backend.device_kind
