"""What the gates of a trained recurrent language model do over the words of a sentence; see `layers/gates.py`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..datasets import InputError, Text
from ..layers import END_ID
from ..layers.gates import read_gates
from ..layers.gradient_lens import visited
from .gradient_pictures import gate_maps

if TYPE_CHECKING:
    from .recurrent_language_model import RecurrentLanguageModel

FIRST = END_ID - 1  # the class that stands before the first token
MOST = 200  # tokens of a picture


@dataclass(frozen=True)
class GateReading:
    """Gates and states of one layer while it reads a text.

    Args:
        text: as it was given.
        tokens: (T) what was read.
        gates: name -> (T, H): of an LSTM input, forget, output, memory, hidden; of a GRU update, reset, hidden.
        layer: whose they are, 1 for the lowest.
    """

    text: str
    tokens: list[str]
    gates: dict[str, NDArray]
    layer: int = 1

    def means(self) -> dict[str, list[float]]:
        """Each gate's mean over the units, and each state's mean size, at each token."""
        return {name: np.abs(values).mean(axis=1).tolist() for name, values in self.gates.items()}

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        gates = {name: values.tolist() for name, values in self.gates.items()}
        return {"text": self.text, "tokens": self.tokens, "layer": self.layer, "gates": gates}

    def png(self, path: str | Path, mean: bool = False) -> None:
        """Draws a heat map for each gate, of every unit or of the mean over units; InputError above 200 tokens."""
        if len(self.tokens) > MOST:
            raise InputError(f"a picture of {len(self.tokens)} tokens, expected at most {MOST}")
        gates = {name: np.array(values)[:, None] for name, values in self.means().items()} if mean else self.gates
        gate_maps(self.tokens, gates, path)


def gate_reading(model: RecurrentLanguageModel, text: str, layer: int = 1) -> GateReading:
    """Runs a text through a model and keeps what the gates of one layer did.

    Args:
        model: trained, with LSTM or GRU cells.
        text: one string; it begins as any text does, after the end of another.
        layer: 1 for the lowest.

    Raises InputError for a text without a token, a layer that is not there, or cells without gates.

    Example: `gate_reading(model, "Jane walked into the room").png("gates.png")`
    """
    network: Any = model._trained()
    if not isinstance(text, str):
        raise InputError(f"gates: expected one string, got {type(text).__name__}")
    if model.config.cell not in ("lstm", "gru"):
        raise InputError(f"gates: cell={model.config.cell} has none, expected a model with cell=lstm or gru")
    if type(layer) is not int or not 1 <= layer <= len(network.recurrence):
        raise InputError(f"gates: layer={layer!r}, expected 1 to {len(network.recurrence)}")
    classes = np.asarray(model.encode([Text(text)]).values)[:-1] - 1
    if not len(classes):
        raise InputError("gates: a text without a token, expected at least one")
    inputs = np.concatenate([[FIRST], classes]).astype(np.int32)[None]
    states = model.start(model._share(None)[None])
    met = visited([each.cell for each in network.recurrence], network.vectors(inputs), states)[layer - 1]
    gates = read_gates(network.recurrence[layer - 1].cell, met.inputs, [state[:, 0] for state in met.states])
    tokens = model.text.vocabulary.decode(classes + 1)
    return GateReading(text, list(tokens), {name: values[0, 1:] for name, values in gates.items()}, layer)
