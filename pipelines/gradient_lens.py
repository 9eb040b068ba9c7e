"""How far back the gradient of a trained recurrent language model reaches, on real text; see `layers/gradient_lens.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from ..datasets import Examples, InputError, Text
from ..layers import END_ID
from ..layers.gradient_lens import (
    gradient_bound,
    norms_by_distance,
    spectral_norm,
    spectral_radius,
    state_gradients,
    step_jacobians,
    visited,
)
from .gradient_pictures import gradient_curves

if TYPE_CHECKING:
    from .recurrent_language_model import RecurrentLanguageModel
    from .recurrent_network import RecurrentNetwork

FIRST = END_ID - 1  # the class that stands before the first token
WORK = 1e9  # N³ of all the N × N Jacobians whose singular values and eigenvalues are computed: a second or two
MOST = 10_000  # texts of a stream
DISTANCES = (1, 2, 5, 10, 20, 50, 100)  # of the figures
STATES = {1: ("h",), 2: ("h", "c")}  # names of a cell's states by their number


@dataclass(frozen=True)
class GradientLens:
    """How a gradient changes on its way back, on average over texts.

    Args:
        rows: how many texts, or places in one, were looked at.
        norms: "layer 1 h" -> ‖∂L_t/∂h[t-k]‖ for k = 0, 1, ...; of an LSTM also c and both together ("layer 1"). L_t is
            the loss of the last token, -log p, in nats; h and c are what a step hands to the next one, each with the other
            held. In float32: what is smaller than 1e-38 is 0.
        distances: k of the steps whose Jacobian ∂s[t-k+1]/∂s[t-k] was computed.
        spectral_norms, spectral_radii: "layer 1" -> those of the Jacobian over all states of the layer, for each of them.
        bounds: "layer 1" -> β_W β_h, which no spectral norm exceeds; of Elman cells alone.
        gradient_norm, clipped: the mean norm of the gradient of all weights, and the share of steps that were clipped, in
            each epoch of training; empty for a model that was loaded.
        clip_norm: the norm from which on gradients were clipped; 0 for none.
    """

    rows: int
    norms: dict[str, list[float]]
    distances: list[int]
    spectral_norms: dict[str, list[float]]
    spectral_radii: dict[str, list[float]]
    bounds: dict[str, float]
    gradient_norm: list[float] = field(default_factory=list)
    clipped: list[float] = field(default_factory=list)
    clip_norm: float = 0.0

    def figures(self) -> dict[str, float]:
        """Single numbers, for a table or a run's record."""
        found = {}
        for name, values in self.norms.items():
            for k in DISTANCES:
                if k < len(values):
                    found[f"{name} norm at {k}".replace(" ", "_")] = values[k]
        for kind, by_layer in (("norm", self.spectral_norms), ("radius", self.spectral_radii)):
            for name, values in by_layer.items():
                found[f"{name} spectral {kind}".replace(" ", "_")] = float(np.mean(values))
        if self.gradient_norm:
            found |= {"gradient_norm": max(self.gradient_norm), "clipped": float(np.mean(self.clipped))}
        return found

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    def png(self, path: str | Path) -> None:
        """Draws the norms and the Jacobians by distance and, where the model was trained here, the epochs."""
        gradient_curves(self, path)

    def __str__(self) -> str:
        shown = [k for k in (0, *DISTANCES) if k < max(map(len, self.norms.values()))]
        lines = ["norm at distance" + "".join(f"{k:>10}" for k in shown)]
        for name, values in self.norms.items():
            cells = (f"{values[k]:>10.2g}" if k < len(values) else f"{'-':>10}" for k in shown)
            lines.append(f"{name:16}" + "".join(cells))
        for name, values in self.spectral_norms.items():
            lines.append(
                f"{name}: spectral norm {np.mean(values):.3f}, radius {np.mean(self.spectral_radii[name]):.3f}"
            )
        return "\n".join(lines)


class Windows(NamedTuple):
    """Ends of texts, a row each: classes read (B, T), the last of them at `last` (B,), the token after it, start states."""

    inputs: NDArray[np.int32]
    last: NDArray[np.int64]
    targets: NDArray[np.int32]
    states: list[tf.Tensor]


def gradient_lens(
    model: RecurrentLanguageModel, texts: str | Sequence[str] | Examples, steps: int = 50, rows: int = 32
) -> GradientLens:
    """Looks at the loss of the last token of each text; of a model whose state goes on, at places all over the texts.

    Args:
        model: trained.
        texts: strings, or a split of a corpus; the first ones are taken.
        steps: how far back, at most; what stands before is read too.
        rows: how many texts, or places, at most.

    Raises InputError where there is no token, or for steps or rows below 1.

    Example: `gradient_lens(model, corpus.valid).png("gradients.png")`
    """
    for name, value in (("steps", steps), ("rows", rows)):
        if type(value) is not int or value < 1:
            raise InputError(f"gradient lens: {name}={value!r}, expected an integer of at least 1")
    network: Any = model._trained()
    windows = _windows(model, _sequences(model, texts, rows), steps, rows)
    cells = [layer.cell for layer in network.recurrence]
    vectors = network.vectors(windows.inputs)
    distances, norms, radii = _jacobians(cells, vectors, windows)
    return GradientLens(
        len(windows.last),
        _norms(network, cells, vectors, windows),
        distances,
        norms,
        radii,
        _bounds(cells),
        list(model.history.get("gradient_norm", ())),
        list(model.history.get("clipped", ())),
        model.config.clip_norm,
    )


def _sequences(model: Any, texts: str | Sequence[str] | Examples, rows: int) -> list[NDArray[np.int32]]:
    """Classes of texts without their ends, each after the class that begins it; of a stream, one of all texts."""
    several = [texts] if isinstance(texts, str) else texts
    stream = model.config.context == "stream"
    some = islice(several, MOST if stream else 4 * rows)  # of which a few may be empty
    ids = model.encode([Text(text) if isinstance(text, str) else text for text in some])
    classes = np.asarray(ids.values) - 1
    ends = np.asarray(ids.splits)
    parts = [classes] if stream else [classes[a : b - 1] for a, b in pairwise(ends)]
    found = [np.concatenate([[FIRST], part]).astype(np.int32) for part in parts if len(part)]
    if not found:
        raise InputError("gradient lens: texts without a token, expected at least one")
    return found


def _windows(model: Any, sequences: list[NDArray[np.int32]], steps: int, rows: int) -> Windows:
    if model.config.context == "stream":
        (whole,) = sequences
        places = np.unique(np.linspace(min(steps, len(whole) - 1), len(whole) - 1, rows).astype(int))
        pieces = [whole[max(0, place - 2 * steps) : place + 1] for place in places]  # the first half warms the state up
    else:
        pieces = sequences[:rows]
    lengths = np.array([min(steps, len(piece) - 1) for piece in pieces])
    inputs = np.full((len(pieces), lengths.max()), FIRST, np.int32)
    for row, (piece, length) in enumerate(zip(pieces, lengths, strict=True)):
        inputs[row, :length] = piece[len(piece) - 1 - length : -1]
    before = [piece[: len(piece) - 1 - length] for piece, length in zip(pieces, lengths, strict=True)]
    states = [_after(model, classes) for classes in before]
    joined = [tf.concat(each, axis=0) for each in zip(*states, strict=True)]
    return Windows(inputs, lengths - 1, np.array([piece[-1] for piece in pieces]), joined)


def _after(model: Any, classes: NDArray[np.int32]) -> list[tf.Tensor]:
    """The states of one row after these classes; the start where there are none."""
    states = model.start(model._share(None)[None])
    return model.model.read(classes[None], states)[1] if len(classes) else states


def _norms(
    network: RecurrentNetwork, cells: list[keras.Layer], vectors: Any, windows: Windows
) -> dict[str, list[float]]:
    def loss(outputs: Any) -> Any:
        return network.head.loss(tf.gather(outputs, windows.last, batch_dims=1), windows.targets)

    found: dict[str, list[float]] = {}
    for number, slopes in enumerate(state_gradients(cells, vectors, loss, windows.states), 1):
        names = STATES.get(len(slopes), [f"state {i}" for i in range(1, len(slopes) + 1)])
        for name, slope in zip(names, slopes, strict=True):
            found[f"layer {number} {name}"] = _mean_norms(slope, windows)
        if len(slopes) > 1:
            found[f"layer {number}"] = _mean_norms(np.concatenate(slopes, axis=-1), windows)
    return found


def _mean_norms(slopes: NDArray, windows: Windows) -> list[float]:
    """By distance, over the rows that reach so far."""
    return [float(value) for value in np.nanmean(norms_by_distance(slopes, windows.last + 1), axis=0)]


def _jacobians(
    cells: list[keras.Layer], vectors: Any, windows: Windows
) -> tuple[list[int], dict[str, list[float]], dict[str, list[float]]]:
    """(distances, spectral norms, spectral radii) of steps of the longest rows: of as many as the work allows."""
    size = max(sum(keras.tree.flatten(cell.state_size)) for cell in cells)
    steps = int(windows.last.max()) + 1
    count = max(1, min(int(WORK / len(cells) / size**3), steps * len(vectors)))
    longest = np.flatnonzero(windows.last + 1 == steps)[: max(1, count // steps)]
    distances = np.unique(np.linspace(1, steps, min(count, steps)).astype(int))
    norms: dict[str, list[float]] = {}
    radii: dict[str, list[float]] = {}
    for number, (cell, met) in enumerate(zip(cells, visited(cells, vectors, windows.states), strict=True), 1):
        for k in distances:
            jacobians = step_jacobians(
                cell, met.inputs[longest, steps - k], [state[longest, steps - k] for state in met.states]
            )
            norms.setdefault(f"layer {number}", []).append(float(spectral_norm(jacobians).mean()))
            radii.setdefault(f"layer {number}", []).append(float(spectral_radius(jacobians).mean()))
    return [int(k) for k in distances], norms, radii


def _bounds(cells: Sequence[keras.Layer]) -> dict[str, float]:
    found: Mapping[str, float | None] = {f"layer {number}": _bound(cell) for number, cell in enumerate(cells, 1)}
    return {name: bound for name, bound in found.items() if bound is not None}


def _bound(cell: keras.Layer) -> float | None:
    try:
        return gradient_bound(cell)
    except ValueError:
        return None
