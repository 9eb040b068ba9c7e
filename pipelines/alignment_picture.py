"""The attention of each step as a picture: rows are what was put out, columns what was read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from .pictures import text_fonts

CELL = 0.32  # inches
MARGIN = 1.6  # for the units' names


def alignment_picture(source: Sequence[str], target: Sequence[str], weights: ArrayLike, path: str | Path) -> None:
    """Draws weights (T, S) with the S units of the source across and the T units of the target down, as a PNG."""
    from matplotlib.figure import Figure

    shares, fonts = np.asarray(weights, np.float64), text_fonts()
    width, height = (max(2.5, MARGIN + CELL * len(units)) for units in (source, target))
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots()
    axes.imshow(shares, cmap="Greys", vmin=0, vmax=1, aspect="equal")
    axes.xaxis.tick_top()
    upright = all(len(unit) <= 1 for unit in source)
    axes.set_xticks(range(len(source)), source, rotation=0 if upright else 90, family=fonts)
    axes.set_yticks(range(len(target)), target, family=fonts)
    axes.set_xticks(np.arange(-0.5, len(source)), minor=True)
    axes.set_yticks(np.arange(-0.5, len(target)), minor=True)
    axes.grid(which="minor", color="#dddddd", linewidth=0.5)
    axes.tick_params(which="both", length=0)
    figure.savefig(path, dpi=120)
