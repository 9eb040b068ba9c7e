"""What a model says of a piece of music: the negative log-likelihood of each frame, and what may come next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from ..datasets import Frames
from ..datasets.lists import is_pitch
from .frame_text import Piece, frames_of, text_of
from .raw_text import answers


@dataclass(frozen=True)
class FrameScores:
    """One piece and its likelihood.

    Args:
        piece: as it was given.
        nlls: (T) -log p of each frame given those before it, in nats.
        outside: how many of the piece's pitches the model has no place for; they cost nothing in `nlls`.
        following: each pitch's probability to sound after the piece.

    `str(scores)` is the piece as a line of text after its NLL per frame.
    """

    piece: Frames
    nlls: list[float]
    outside: int
    following: dict[int, float]

    @property
    def text(self) -> str:
        """The piece as a line."""
        return text_of(self.piece)

    @property
    def log_probability(self) -> float:
        """Of the whole piece, in nats."""
        return -float(np.sum(self.nlls))

    @property
    def nll_per_frame(self) -> float:
        """The mean of `nlls`; NaN for a piece without frames."""
        return float(np.mean(self.nlls)) if self.nlls else float("nan")

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "text": self.text,
            "log_probability": self.log_probability,
            "nll_per_frame": self.nll_per_frame if self.nlls else None,
            "nlls": self.nlls,
            "outside": self.outside,
            "following": {str(pitch): p for pitch, p in self.following.items()},
        }

    def __str__(self) -> str:
        return f"{self.nll_per_frame:.4f}\t{self.text}"

    @classmethod
    def of(cls, piece: Frames, found: Mapping[str, Any]) -> FrameScores:
        """One row of the graph's outputs."""
        return cls(
            piece,
            [float(value) for value in found["nlls"][: int(found["lengths"])]],
            int(found["outside"]),
            dict(zip(found["next_pitches"].tolist(), found["next_probabilities"].tolist(), strict=True)),
        )


def score_pieces(pieces: Piece | Sequence[Piece], serve: Callable[[list[str]], dict[str, np.ndarray]]) -> Any:
    """A `FrameScores` for one piece, a list of them for several; `serve` gives the graph's outputs for lines of text.

    Raises InputError with the piece and the step at fault.
    """
    one = isinstance(pieces, str | Frames) or _is_piece(pieces)
    given: list[Any] = [pieces] if one else list(cast(Sequence[Piece], pieces))
    several = [frames_of(piece, f"piece {at}") for at, piece in enumerate(given)]
    texts = [text_of(piece) for piece in several]
    results = [FrameScores.of(piece, row) for piece, row in zip(several, answers(texts, serve), strict=True)]
    return results[0] if one else results


def _is_piece(pieces: Any) -> bool:
    """Whether it is a list of steps; a list of pieces holds lines, `Frames`, or lists of steps."""
    return isinstance(pieces, Sequence) and bool(len(pieces)) and all(map(_is_step, pieces))


def _is_step(step: Any) -> bool:
    return isinstance(step, Sequence) and not isinstance(step, str) and all(map(is_pitch, step))
