"""The task in one call."""

from __future__ import annotations

from typing import Any

from ..datasets import Corpus, InputError
from .base_language_model import LanguageModel
from .frame_language_model import FrameLanguageModel
from .ngram_language_model import NgramLanguageModel
from .recurrent_language_model import RecurrentLanguageModel
from .window_language_model import WindowLanguageModel

LANGUAGE_MODELS: dict[str, type[LanguageModel] | type[FrameLanguageModel]] = {
    "rnn": RecurrentLanguageModel,
    "nnlm": WindowLanguageModel,
    "ngram": NgramLanguageModel,
    "frames": FrameLanguageModel,
}
DEFAULT_KIND = "rnn"


def language_model(
    corpus: Corpus,
    kind: str = DEFAULT_KIND,
    *,
    tracking: str | None = "mlflow",
    progress: bool = True,
    **hyperparameters: Any,
) -> LanguageModel | FrameLanguageModel:
    """Trains a language model of one kind on a corpus, chooses by its validation split, and tracks the run.

    Args:
        corpus: texts, tokens, or for kind="frames" music.
        kind: "ngram", "nnlm", "rnn" or "frames".
        tracking: "mlflow", or None for no record.
        progress: whether a bar is shown.
        **hyperparameters: fields of the kind's configuration.

    Raises InputError for a mistake in the corpus or the hyperparameters.

    Example: `ks.pipelines.language_model(ks.datasets.load("ptb"), kind="ngram", order=5)`
    """
    if kind not in LANGUAGE_MODELS:
        raise InputError(f"kind={kind!r}: expected one of {', '.join(LANGUAGE_MODELS)}")
    return LANGUAGE_MODELS[kind](**hyperparameters).fit(corpus, tracking=tracking, progress=progress)
