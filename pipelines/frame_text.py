"""A piece of music as a line of text: a word for each step, its pitches joined by `+`, `-` where all are silent.

`60+64+67 60+64+67 - 62` is a chord twice, a rest and a note.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..datasets import Frames, InputError
from ..datasets.lists import pitches

SILENCE = "-"
JOINED = "+"
Piece = str | Frames | Sequence[Sequence[int]]


def frames_of(piece: Piece, where: str = "piece") -> Frames:
    """One piece as a user gives it: a line of text, `Frames`, or a list of steps, which may be empty.

    Raises InputError with the number (from 1) of the step at fault.
    """
    if isinstance(piece, str):
        return Frames(tuple(_step(word, f"{where}, step {at}") for at, word in enumerate(piece.split(), start=1)))
    steps = piece.frames if isinstance(piece, Frames) else piece
    return Frames(() if isinstance(steps, Sequence) and not steps else pitches(steps, where))


def text_of(piece: Frames | Iterable[Sequence[int]]) -> str:
    """The line of a piece; `frames_of` reads it back."""
    steps = piece.frames if isinstance(piece, Frames) else piece
    return " ".join(JOINED.join(map(str, step)) or SILENCE for step in steps)


def _step(word: str, where: str) -> tuple[int, ...]:
    parts = [] if word == SILENCE else word.split(JOINED)
    if not all(part.isascii() and part.isdecimal() and int(part) < 128 for part in parts):
        raise InputError(f"{where}: expected MIDI pitches (0 to 127) joined by +, or - for silence, got {word!r:.80}")
    return tuple(sorted(set(map(int, parts))))
