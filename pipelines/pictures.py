"""Pictures of a run, as PNG files."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

SHARES = ("f1", "macro_f1", "border_f1_within_5", "accuracy", "label_accuracy", "exact_match")


def training_curves(
    history: Mapping[str, Sequence[float]], path: str | Path, figures: Sequence[str] = SHARES, shares: bool = True
) -> None:
    """Loss on the left, the validation figures on the right, over the epochs; the best epoch marked.

    Args:
        history: name -> its value after each epoch; of `best_epoch` the last says which one was kept.
        path: of the PNG.
        figures: which are drawn of those that are there.
        shares: whether they end at 1.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    figure = Figure(figsize=(10, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    epochs = range(1, len(history["loss"]) + 1)
    left.plot(epochs, history["loss"], color="tab:blue")
    left.set(xlabel="epoch", ylabel="training loss", ylim=(0, None))
    for name in figures:
        if f"valid_{name}" in history:
            right.plot(epochs, history[f"valid_{name}"], label=name.replace("_", " "))
    best = round(history["best_epoch"][-1])
    right.axvline(best, color="grey", linestyle=":", label=f"best epoch {best}")
    right.set(xlabel="epoch", ylabel="validation", ylim=(None, 1 if shares else None))
    right.legend(loc="lower right" if shares else "upper right")
    for axes in (left, right):
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    figure.savefig(path, dpi=120)


def confusion_matrix(
    confusion: Mapping[tuple[str, str], int], path: str | Path, most: int = 16, what: str = "tokens"
) -> None:
    """Rows: the right label; columns: the one that was given; cells: how many, coloured by their share of the row.

    Args:
        confusion: (right, given) -> tokens, or whole texts.
        path: of the PNG.
        most: how many labels are drawn: those with the most errors.
        what: is counted.
    """
    from matplotlib.figure import Figure

    labels = _most_confused(confusion, most)
    counts = np.array([[confusion.get((right, given), 0) for given in labels] for right in labels])
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    side = 2.5 + 0.5 * len(labels)
    figure = Figure(figsize=(side + 1, side), layout="constrained")
    axes = figure.subplots()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(labels)), labels, rotation=45, ha="right")
    axes.set_yticks(range(len(labels)), labels)
    axes.set(xlabel="given", ylabel="right", title=f"{what} by label: the most confused")
    for (row, column), count in np.ndenumerate(counts):
        if count:
            colour = "white" if shares[row, column] > 0.5 else "black"
            axes.text(column, row, str(count), ha="center", va="center", color=colour, fontsize=8)
    figure.savefig(path, dpi=120)


def _most_confused(confusion: Mapping[tuple[str, str], int], most: int) -> list[str]:
    """Labels in alphabetical order; where there are more than `most`, those with the most errors."""
    errors: Counter[str] = Counter()
    for (right, given), count in confusion.items():
        for label in {right, given}:
            errors[label] += count if right != given else 0
    return sorted(label for label, _ in errors.most_common(most))


def coloured_tokens(
    tokens: Sequence[str],
    values: Sequence[float],
    most: float,
    path: str | Path,
    least: float = 0.0,
    colours: str = "Reds",
    unit: str = "bits",
) -> None:
    """Words in lines, as in a book, each on a ground of the colour of its value; a scale beside them.

    Args:
        tokens, values: (T) each.
        most, least: the values at the ends of the scale.
        path: of the PNG.
        colours: matplotlib's name of them.
        unit: of the values.
    """
    from matplotlib import colormaps
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize
    from matplotlib.figure import Figure

    lines = _lines_of_words(tokens)
    height = 0.9 + 0.42 * len(lines)
    figure = Figure(figsize=(12, height))
    axes = figure.add_axes((0.02, 0.25 / height, 0.86, 1 - 0.5 / height))
    axes.set(xlim=(0, WIDTH), ylim=(len(lines), 0))
    axes.axis("off")
    scale = ScalarMappable(Normalize(least, most), colormaps[colours])
    shades, fonts = scale.to_rgba(np.asarray(values, np.float64)), text_fonts()
    for row, line in enumerate(lines):
        column = 0.0
        for place in line:
            colour = shades[place]
            dark = sum(colour[:3]) < 1.5
            box = {"facecolor": colour, "edgecolor": "none", "boxstyle": "round,pad=0.25"}
            axes.text(
                column,
                row + 0.5,
                _escaped(tokens[place]),
                bbox=box,
                color="white" if dark else "black",
                va="center",
                family=fonts,
                fontsize=11,
            )
            column += _width(tokens[place]) + 1.2
    beside = figure.add_axes((0.91, 0.25 / height, 0.015, 1 - 0.5 / height))
    figure.colorbar(scale, cax=beside, label=unit)
    figure.savefig(path, dpi=120)


WIDTH = 108  # letters of a line
FONTS = ["DejaVu Sans Mono", "Noto Sans Mono CJK SC", "Noto Sans CJK SC", "WenQuanYi Zen Hei"]


def text_fonts() -> list[str]:
    """Those of `FONTS` that this machine has: matplotlib warns of every other one at every word."""
    from matplotlib.font_manager import fontManager

    there = set(fontManager.get_font_names())
    return [*(font for font in FONTS if font in there), "monospace"]


def _lines_of_words(tokens: Sequence[str]) -> list[list[int]]:
    """Places of tokens, line by line."""
    lines: list[list[int]] = [[]]
    used = 0.0
    for place, token in enumerate(tokens):
        if lines[-1] and used + _width(token) > WIDTH:
            lines.append([])
            used = 0.0
        lines[-1].append(place)
        used += _width(token) + 1.2
    return lines


def _width(token: str) -> int:
    """In letters; those of East Asia are twice as wide."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in token)


def _escaped(token: str) -> str:
    """Without the signs that begin mathematics."""
    return token.replace("$", r"\$") or " "
