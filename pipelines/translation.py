"""The task in one call."""

from __future__ import annotations

from typing import Any

from ..datasets import Corpus
from .translator import Translator


def translation(
    corpus: Corpus, *, tracking: str | None = "mlflow", progress: bool = True, **hyperparameters: Any
) -> Translator:
    """Trains a `Translator` on a corpus, chooses the epoch on its validation split, and tracks the run.

    Args:
        corpus: of `Parallel` texts.
        tracking: "mlflow", or None for no record.
        progress: whether a bar is shown.
        **hyperparameters: fields of `TranslationConfig`.

    Raises InputError for a mistake in the corpus or the hyperparameters.

    Example: `ks.pipelines.translation(corpus, source="en", target="de").translate("a man sleeps").translation`
    """
    return Translator(**hyperparameters).fit(corpus, tracking=tracking, progress=progress)
