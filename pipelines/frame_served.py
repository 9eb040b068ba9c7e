"""An exported language model of frames, run as a server runs it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from ..datasets import InputError
from .frame_scores import score_pieces
from .frame_text import Piece
from .saved_model import SavedModelSession


class ServedFrameModel:
    """An exported model of music; `score` and `predict` answer as those of the pipeline it was made from.

    Args:
        source: what `export` wrote: a version, or the folder of versions; or a Session of it.

    Raises InputError where there is no SavedModel, or it is not that of a model of frames.

    Example: `ServedFrameModel("serving/chorales").score("60+64+67 62+65+69").nll_per_frame`
    """

    outputs: ClassVar[set[str]] = {"nlls", "lengths", "next_pitches", "next_probabilities", "outside"}

    def __init__(self, source: str | Path | SavedModelSession) -> None:
        self.session = source if isinstance(source, SavedModelSession) else SavedModelSession(source)
        if missing := self.outputs - self.session.outputs:
            path = self.session.path
            raise InputError(f"{path}: no output {min(missing)!r}, expected an exported language model of kind=frames")

    def score(self, pieces: Piece | Sequence[Piece], condition: None = None) -> Any:
        """A `FrameScores` for one piece, a list of them for several.

        Raises InputError with the piece and the step at fault, and for a condition: music starts from none.
        """
        return score_pieces(pieces, lambda texts: self.session(texts, condition))

    predict = score
