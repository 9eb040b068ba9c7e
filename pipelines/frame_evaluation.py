"""The figures of a language model of frames: NLL of a frame = -Σ_p log p(y[t, p] | the frames before t), in nats.

Every frame weighs the same, however long its piece (Boulanger-Lewandowski, Bengio & Vincent, 2012).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..datasets import InputError, Ragged
from .evaluation import Evaluation
from .frame_pitches import PitchRange


def frame_evaluation(nlls: Ragged, hits: NDArray[np.int64], outside: int, pitches: PitchRange) -> Evaluation:
    """The figures of all pieces.

    Args:
        nlls: of each frame, in nats, (N,), piece by piece.
        hits: pitches that sound and are predicted, that are predicted alone, that sound alone: (3,).
        outside: how many pitches the model has no place for.
        pitches: those that it has places for.

    Figures:
        nll_per_frame: the mean over all frames; the first of a piece is predicted from nothing.
        nll_per_frame_after_first: the same without the first frame of each piece, as Bai, Kolter & Koltun (2018) count.
        nll_per_frame_by_piece: the mean over pieces of each one's mean.
        accuracy: TP / (TP + FP + FN) of all pitches, one being predicted where p > 0.5 (Bay, Ehmann & Downie, 2009).
        pieces, frames, pitches_outside.

    Raises InputError for no frames.
    """
    values = np.asarray(nlls.values, np.float64)
    if not len(values):
        raise InputError("no frames to evaluate, expected at least one")
    means = [nlls[row].mean(dtype=np.float64) for row, length in enumerate(nlls.lengths) if length]
    after = np.ones(len(values), bool)
    after[nlls.splits[:-1][nlls.lengths > 0]] = False
    figures = {
        "nll_per_frame": float(values.mean()),
        "nll_per_frame_after_first": float(values[after].mean()) if after.any() else float("nan"),
        "nll_per_frame_by_piece": float(np.mean(means)),
        "accuracy": float(hits[0] / hits.sum()) if hits.any() else float("nan"),
        "pieces": len(nlls),
        "frames": len(values),
        "pitches_outside": outside,
    }
    return Evaluation(figures, notes=_notes(outside, pitches))


def _notes(outside: int, pitches: PitchRange) -> list[str]:
    if not outside:
        return []
    some = "1 pitch lies" if outside == 1 else f"{outside} pitches lie"
    return [
        f"{some} outside {pitches.low} to {pitches.high} and cost nothing here; with them the NLL would be infinite"
    ]
