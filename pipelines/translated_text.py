"""A translation of one text, and which of its units each of the translation's rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..datasets import Tree, tree_from_linear
from .alignment_picture import alignment_picture
from .raw_text import answers, check_texts


@dataclass(frozen=True, eq=False)
class TranslatedText:
    """One text and one translation of it.

    Args:
        text: as it was given.
        translation: its translation.
        score: by which translations of a text are ordered; `Penalties` says how.
        log_probability: of all units of the translation with its end, in nats.
        source_units: S, with the end.
        target_units: T, with the end where it came.
        alignment: the attention's weights (T, S); all 0 without attention.
        finished: whether the end came within the limit.
        truncated: whether the text was longer than what is read.

    `str(translated)` is the translation.
    """

    text: str
    translation: str
    score: float
    log_probability: float
    source_units: list[str]
    target_units: list[str]
    alignment: NDArray[np.float32]
    finished: bool
    truncated: bool

    def as_dict(self, alignment: bool = False) -> dict[str, Any]:
        """Plain values for JSON, the alignment, and the units that it is of, where asked for."""
        aligned = ("source_units", "target_units", "alignment")
        plain = {name: value for name, value in vars(self).items() if name not in aligned}
        if alignment:
            plain |= {name: getattr(self, name) for name in aligned[:2]} | {"alignment": self.alignment.tolist()}
        return plain

    def tree(self) -> Tree:
        """The tree that the translation writes over the text's words, repaired where it is none: see `tree_from_linear`."""
        return tree_from_linear(self.translation, self.text.split())

    def png(self, path: str | Path) -> None:
        """Draws the alignment: the translation's units down, the source's across, the darker the more attention."""
        alignment_picture(self.source_units, self.target_units, self.alignment, path)

    def __str__(self) -> str:
        return self.translation

    @classmethod
    def of(cls, text: str, row: Mapping[str, Any], place: int = 0) -> TranslatedText:
        """One of the translations in a row of the graph's outputs."""
        sources, targets = int(row["source_lengths"]), int(row["lengths"][place])
        return cls(
            text,
            row["translations"][place].decode(),
            float(row["scores"][place]),
            float(row["log_probabilities"][place]),
            [unit.decode() for unit in row["source_units"][:sources]],
            [unit.decode() for unit in row["target_units"][place, :targets]],
            np.asarray(row["alignment"][place, :targets, :sources]),
            bool(row["finished"][place]),
            bool(row["truncated"]),
        )


def translate_texts(
    texts: str | Sequence[str], serve: Callable[[list[str]], dict[str, NDArray[Any]]], n_best: int | None = None
) -> Any:
    """A `TranslatedText` for one string, a list of them for several; `serve` gives the graph's outputs for a batch.

    With `n_best` there is a list of so many in the place of each one, of fewer where there are fewer. Raises InputError for
    anything that is not a string or cannot be written in UTF-8.
    """
    several = check_texts(texts)
    found = []
    for text, row in zip(several, answers(several, serve), strict=True):
        best = [TranslatedText.of(text, row, place) for place in range(len(row["lengths"])) if row["lengths"][place]]
        found.append(best[0] if n_best is None else best[:n_best])
    return found[0] if isinstance(texts, str) else found
