"""Pictures of music, as PNG files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..datasets import Frames, InputError

NAMES = "C C# D D# E F F# G G# A A# B".split()
BLACK = {1, 3, 6, 8, 10}


def piano_roll(pieces: Mapping[str, Frames], path: str | Path, prompt: int = 0) -> None:
    """Pieces one above the other, time to the right and pitch upwards; a pitch that is held is one bar.

    Args:
        pieces: a title -> the piece.
        path: of the PNG.
        prompt: how many steps of each piece were given; their notes are grey.

    Raises InputError where nothing sounds.
    """
    from matplotlib.figure import Figure

    heard = [pitch for piece in pieces.values() for step in piece.frames for pitch in step]
    if not heard:
        raise InputError("piano roll: nothing sounds, expected at least one pitch")
    low, high, length = min(heard) - 1, max(heard) + 1, max(len(piece.frames) for piece in pieces.values())
    figure = Figure(figsize=(11, 0.4 + 3 * len(pieces)), layout="constrained")
    for axes, (title, piece) in zip(figure.subplots(len(pieces), squeeze=False)[:, 0], pieces.items(), strict=True):
        for pitch in range(low, high + 1):
            if pitch % 12 in BLACK:
                axes.axhspan(pitch - 0.5, pitch + 0.5, color="0.94", linewidth=0)
        for first, last, pitch in notes(piece):
            colour = "0.45" if first < prompt else "tab:blue"
            axes.barh(pitch, last - first, left=first, height=0.8, color=colour, edgecolor="white", linewidth=0.6)
        octaves = [pitch for pitch in range(low, high + 1) if pitch % 12 == 0]
        axes.set_yticks(octaves, [f"C{pitch // 12 - 1}" for pitch in octaves])
        axes.set(title=title, xlabel="step", xlim=(0, length), ylim=(low - 0.5, high + 0.5))
    figure.savefig(path, dpi=120)


def notes(piece: Frames) -> list[tuple[int, int, int]]:
    """(first step, the step after the last, pitch) of every note, a pitch that sounds on being one."""
    found: list[tuple[int, int, int]] = []
    sounding: dict[int, int] = {}
    for at, step in enumerate([*piece.frames, ()]):
        found += [(sounding.pop(pitch), at, pitch) for pitch in sorted(sounding.keys() - set(step))]
        sounding |= {pitch: at for pitch in step if pitch not in sounding}
    return sorted(found)
