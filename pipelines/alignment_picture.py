"""The attention of each step as a picture: rows are what was put out, columns what was read."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .picture_fonts import fonts_for, quiet_fonts

# In inches.
CELL, LONGEST = 0.32, 24.0  # a cell's side, the smaller the more of them there are: so wide may all together be
MARGIN = 0.12
LETTER = 0.25  # the width of a letter, in cells
SLANT = 0.75  # of a slanted name's width, how far it reaches up and to the right
NAME = 24  # letters of a name that are drawn


class Layout(NamedTuple):
    """Where all is drawn, in inches: a cell's side, and what is left of, above and right of the cells."""

    cell: float
    left: float
    top: float
    right: float
    slanted: bool

    @classmethod
    def of(cls, columns: Sequence[str], rows: Sequence[str]) -> Layout:
        """Names above slant where one of them is wider than a cell; the last, `</s>`, may be as wide as its own."""
        cell = min(CELL, LONGEST / max(len(columns), len(rows)))
        across, down = ([LETTER * cell * _width(name) for name in names] for names in (columns, rows))
        if max([*across[:-1], across[-1] - LETTER * cell]) < cell:
            return cls(cell, max(down) + 2 * MARGIN, cell + MARGIN, MARGIN, False)
        reach = [SLANT * width - (len(across) - place - 0.5) * cell for place, width in enumerate(across)]
        return cls(cell, max(down) + 2 * MARGIN, SLANT * max(across) + 2 * MARGIN, max(0, *reach) + MARGIN, True)


def alignment_picture(source: Sequence[str], target: Sequence[str], weights: ArrayLike, path: str | Path) -> None:
    """Draws weights (T, S) with the S units of the source across and the T units of the target down, as a PNG.

    A letter that no font of this machine has is a box, of which a warning is logged.
    """
    with quiet_fonts():
        alignment_figure(source, target, weights).savefig(path, dpi=150)


def alignment_figure(source: Sequence[str], target: Sequence[str], weights: ArrayLike) -> Any:
    """The same as a matplotlib Figure."""
    from matplotlib.figure import Figure

    columns, rows = ([_name(unit) for unit in units] for units in (source, target))
    layout, fonts = Layout.of(columns, rows), fonts_for([*columns, *rows])
    wide, high = len(columns) * layout.cell, len(rows) * layout.cell
    width, height = layout.left + wide + layout.right, layout.top + high + MARGIN
    figure = Figure(figsize=(width, height))
    axes = figure.add_axes((layout.left / width, MARGIN / height, wide / width, high / height))
    axes.imshow(np.asarray(weights, np.float64), cmap="Blues", vmin=0, vmax=1, aspect="auto")
    _draw_names(axes, columns, rows, layout, fonts)
    _draw_grid(axes, len(columns), len(rows))
    return figure


def _draw_names(axes: Any, columns: list[str], rows: list[str], layout: Layout, fonts: list[str]) -> None:
    style = {"family": fonts, "fontsize": 72 * LETTER * layout.cell / 0.6, "parse_math": False}
    slant = {"rotation": 45, "ha": "left", "va": "center", "rotation_mode": "anchor"} if layout.slanted else {}
    axes.xaxis.tick_top()
    axes.set_xticks(range(len(columns)), columns, **style, **slant)
    axes.set_yticks(range(len(rows)), rows, **style)
    axes.tick_params(which="both", length=0, pad=3)


def _draw_grid(axes: Any, columns: int, rows: int) -> None:
    axes.set_xticks(np.arange(-0.5, columns), minor=True)
    axes.set_yticks(np.arange(-0.5, rows), minor=True)
    axes.grid(which="minor", color="#dddddd", linewidth=0.5)
    axes.spines[:].set_color("#bbbbbb")


def _name(unit: str) -> str:
    """A unit as it is drawn: a blank is seen, and of a long one the beginning."""
    name = unit.replace(" ", "␣")
    return name if len(name) <= NAME else f"{name[: NAME - 1]}…"


def _width(name: str) -> int:
    """In letters; those of East Asia are twice as wide, and marks have none."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in name
    )
