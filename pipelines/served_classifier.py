"""An exported classifier, run as a server runs it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from ..datasets import InputError
from .classified_text import classify_texts
from .saved_model import SavedModelSession


class ServedClassifier:
    """An exported classifier; `predict` answers as that of the pipeline it was made from.

    Args:
        source: what `export` wrote: a version, or the folder of versions; or a Session of it.

    Raises InputError where there is no SavedModel, or it is not that of a classifier.

    Example: `ServedClassifier("serving/reviews").predict("not bad at all").label`
    """

    outputs: ClassVar[set[str]] = {"labels", "probabilities", "lengths", "truncated"}

    def __init__(self, source: str | Path | SavedModelSession) -> None:
        self.session = source if isinstance(source, SavedModelSession) else SavedModelSession(source)
        if missing := self.outputs - self.session.outputs:
            path = self.session.path
            raise InputError(f"{path}: no output {min(missing)!r}, expected an exported classification pipeline")

    def predict(self, texts: str | Sequence[str]) -> Any:
        """A `ClassifiedText` for one string, a list of them for several."""
        return classify_texts(texts, self.session)
