"""The task in one call."""

from __future__ import annotations

from typing import Any

from ..datasets import Corpus
from .classifier import Classifier


def classification(
    corpus: Corpus, *, tracking: str | None = "mlflow", progress: bool = True, **hyperparameters: Any
) -> Classifier:
    """Trains a `Classifier` on a corpus, chooses the epoch on its validation split, and tracks the run.

    Args:
        corpus: texts, or tokens, each with a label, or with a tuple of them where a text may have several.
        tracking: "mlflow", or None for no record.
        progress: whether a bar is shown.
        **hyperparameters: fields of `ClassifierConfig`.

    Raises InputError for a mistake in the corpus or the hyperparameters.

    Example: `ks.pipelines.classification(corpus, cell="gru", pooling="attention").predict("not bad at all").label`
    """
    return Classifier(**hyperparameters).fit(corpus, tracking=tracking, progress=progress)
