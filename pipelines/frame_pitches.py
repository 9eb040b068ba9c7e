"""From MIDI pitches to rows of 0 and 1, one place for each pitch that a model predicts, and back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..datasets import Examples, Frames, InputError, Ragged, RaggedWriter, check_examples

PIANO = (21, 108)  # the 88 keys, as in the literature's figures
MIDI = (0, 127)


@dataclass(frozen=True)
class PitchRange:
    """The pitches that a model predicts: from `low` to `high`, both counted.

    Example: `PitchRange(60, 62).rows([(60, 62), ()])` is ([[1, 0, 1], [0, 0, 0]], 0).
    """

    low: int
    high: int

    def __len__(self) -> int:
        return self.high - self.low + 1

    def rows(self, frames: Sequence[Sequence[int]]) -> tuple[NDArray[np.uint8], int]:
        """The frames as 0 and 1, (T, P), and how many of their pitches have no place."""
        rows = np.zeros((len(frames), len(self)), np.uint8)
        steps = np.repeat(np.arange(len(frames)), [len(frame) for frame in frames])
        pitches = np.array([pitch for frame in frames for pitch in frame], np.int64)
        inside = (pitches >= self.low) & (pitches <= self.high)
        rows[steps[inside], pitches[inside] - self.low] = 1
        return rows, int((~inside).sum())

    def frames(self, rows: NDArray[np.uint8]) -> tuple[tuple[int, ...], ...]:
        """The pitches of rows (T, P)."""
        return tuple(tuple((np.flatnonzero(row) + self.low).tolist()) for row in rows)

    def encode(self, examples: Examples, what: str) -> tuple[Ragged, int]:
        """All pieces as rows of 0 and 1, and how many pitches have no place; `what` is what messages call the examples.

        Raises InputError for examples that are no music.
        """
        check_examples(examples, Frames, what)
        writer, outside = RaggedWriter(), 0
        for example in examples:
            rows, missing = self.rows(example.frames)
            writer.append(rows, np.array([len(rows)], np.int64))
            outside += missing
        return writer.finish(), outside


def learn_range(examples: Iterable[Frames], kind: str, margin: int) -> PitchRange:
    """The range of a configuration's `pitches`: "piano", "midi", or "seen", that of the examples with a margin.

    Raises InputError where it is to be learnt and nothing sounds.
    """
    if kind != "seen":
        return PitchRange(*{"piano": PIANO, "midi": MIDI}[kind])
    heard = {pitch for example in examples for frame in example.frames for pitch in frame}
    if not heard:
        raise InputError("pitches=seen: nothing sounds in the training pieces, expected at least one pitch")
    return PitchRange(max(MIDI[0], min(heard) - margin), min(MIDI[1], max(heard) + margin))
