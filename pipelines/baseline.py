"""What a simple model reached beside which a network's figures are read."""

from __future__ import annotations

from dataclasses import dataclass

from .evaluation import Evaluation


@dataclass(frozen=True)
class Baseline:
    """The figures of one simple model.

    Args:
        name: the model with what was chosen on the validation split.
        valid, test: its figures there, none where a split is empty.
        features: how many features of the input it has counts or weights for.
        seconds: of training and labelling, with those of other settings that were tried.
    """

    name: str
    valid: Evaluation
    test: Evaluation
    features: int
    seconds: float
