"""The task in one call."""

from __future__ import annotations

from typing import Any

from ..datasets import Corpus
from .sequence_labeler import SequenceLabeler


def sequence_labeling(
    corpus: Corpus, *, tracking: str | None = "mlflow", progress: bool = True, **hyperparameters: Any
) -> SequenceLabeler:
    """Trains a `SequenceLabeler` on a corpus, chooses the epoch on its validation split, and tracks the run.

    Args:
        corpus: what `ks.datasets.load` or a reader returns.
        tracking: "mlflow", or None for no record.
        progress: whether a bar is shown.
        **hyperparameters: fields of `SequenceLabelerConfig`.

    Raises InputError for a mistake in the corpus or the hyperparameters.

    Example: `ks.pipelines.sequence_labeling(ks.datasets.load("atis"), units=128, joint=True)`
    """
    return SequenceLabeler(**hyperparameters).fit(corpus, tracking=tracking, progress=progress)
