"""Translations that are not their reference, each with its chrF (Popović, 2015)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sacrebleu.metrics.chrf import CHRF


@dataclass(frozen=True)
class TranslationError:
    """One sentence: its source, the reference, the translation that was given instead, and its chrF, 0 to 100.

    `str(error)` has a line for each of them.
    """

    source: str
    reference: str
    translation: str
    chrf: float

    def __str__(self) -> str:
        texts = {"source": self.source, "reference": self.reference, "translation": self.translation}
        lines = {name: " ".join(text.split()) for name, text in texts.items()} | {"chrF": f"{self.chrf:.2f}"}
        return "\n".join(f"{name:11}  {line}".rstrip() for name, line in lines.items())


def translation_errors(
    sources: Sequence[str], references: Sequence[str], translations: Sequence[str]
) -> Iterator[TranslationError]:
    """Those of N sentences whose translation is not exact."""
    chrf = CHRF()
    for source, reference, translation in zip(sources, references, translations, strict=True):
        if not is_exact(translation, reference):
            score = chrf.sentence_score(translation, [reference]).score
            yield TranslationError(source, reference, translation, score)


def is_exact(translation: str, reference: str) -> bool:
    """Whether they differ in blanks at most."""
    return translation.split() == reference.split()
