"""An exported language model, run as a server runs it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from ..datasets import InputError
from .raw_text import answers, check_texts
from .saved_model import SavedModelSession
from .scored_text import ScoredText


class ServedLanguageModel:
    """An exported language model; `score` and `predict` answer as those of the pipeline it was made from.

    Args:
        source: what `export` wrote: a version, or the folder of versions; or a Session of it.

    Raises InputError where there is no SavedModel, or it is not that of a language model.

    Example: `ServedLanguageModel("serving/ptb").score("the cat is small").log_probability`
    """

    outputs: ClassVar[set[str]] = {
        "tokens",
        "log_probabilities",
        "known",
        "lengths",
        "next_tokens",
        "next_probabilities",
    }

    def __init__(self, source: str | Path | SavedModelSession) -> None:
        self.session = source if isinstance(source, SavedModelSession) else SavedModelSession(source)
        if missing := self.outputs - self.session.outputs:
            path = self.session.path
            raise InputError(f"{path}: no output {min(missing)!r}, expected an exported language-model pipeline")

    def score(self, texts: str | Sequence[str], condition: str | None = None) -> Any:
        """A `ScoredText` for one string, a list of them for several.

        Args:
            texts: raw strings.
            condition: the label that they start from; one that training had not is none.

        Raises InputError for what is no text, and for a condition of a model that takes none.
        """
        several = check_texts(texts)
        found = answers(several, lambda batch: self.session(batch, condition))
        results = [ScoredText.of(text, row) for text, row in zip(several, found, strict=True)]
        return results[0] if isinstance(texts, str) else results

    predict = score
