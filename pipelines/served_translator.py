"""An exported translator, run as a server runs it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from ..datasets import InputError
from .saved_model import SavedModelSession
from .translated_text import translate_texts


class ServedTranslator:
    """An exported translator; `translate` and `predict` answer as those of the pipeline it was made from.

    Args:
        source: what `export` wrote: a version, or the folder of versions; or a Session of it.

    Raises InputError where there is no SavedModel, or it is not that of a translator.

    Example: `ServedTranslator("serving/en-de").translate("a man sleeps").translation`
    """

    outputs: ClassVar[set[str]] = {"translation", "translations", "scores", "source_units", "target_units", "alignment"}

    def __init__(self, source: str | Path | SavedModelSession) -> None:
        self.session = source if isinstance(source, SavedModelSession) else SavedModelSession(source)
        if missing := self.outputs - self.session.outputs:
            path = self.session.path
            raise InputError(f"{path}: no output {min(missing)!r}, expected an exported translation pipeline")

    def translate(self, texts: str | Sequence[str], n_best: int | None = None) -> Any:
        """A `TranslatedText` for one string, a list of them for several; with `n_best` lists of so many.

        Raises InputError for what is no text, and for more translations of each than the export gives: as many as its
        pipeline had beams.
        """
        return translate_texts(texts, lambda batch: self._enough(self.session(batch), n_best or 1), n_best)

    predict = translate

    def _enough(self, found: dict[str, Any], wanted: int) -> dict[str, Any]:
        if (most := found["scores"].shape[1]) < wanted:
            raise InputError(f"n_best={wanted}: expected at most {most}, for {self.session.path} has so many beams")
        return found
