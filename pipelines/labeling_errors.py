"""Sentences that a labeller got wrong, with the right and the given labels in columns under the tokens."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

WIDTH = 120  # of a line, in letters
ROWS = ("", "right", "given")


@dataclass(frozen=True)
class LabelingError:
    """One sentence: tokens (T), the right labels and those given; the label of the whole where the pipeline gives one."""

    tokens: Sequence[str]
    right: Sequence[str]
    given: Sequence[str]
    right_label: str | None = None
    given_label: str | None = None

    def __str__(self) -> str:
        lines = [f"[{self.right_label}], given [{self.given_label}]"] if self.given_label != self.right_label else []
        for part in self._parts():
            rows = zip(*([_filled(cell, max(map(_width, column))) for cell in column] for column in part), strict=True)
            lines += ["  ".join([f"{name:5}", *row]).rstrip() for name, row in zip(ROWS, rows, strict=True)]
        return "\n".join(lines)

    def _parts(self) -> Iterator[list[tuple[str, str, str]]]:
        """Columns (token, right, given), as many at a time as stand in a line."""
        part: list[tuple[str, str, str]] = []
        used = len(ROWS[1])
        for token, right, given in zip(self.tokens, self.right, self.given, strict=True):
            column = (token, right, given if given == right else f"*{given}")
            size = 2 + max(map(_width, column))
            if part and used + size > WIDTH:
                yield part
                part, used = [], len(ROWS[1])
            part.append(column)
            used += size
        if part:
            yield part


def error_listing(errors: Iterable[LabelingError]) -> str:
    """The sentences one after another, a blank line between them; a star stands before each label that is wrong.

    Example: `print(error_listing(tagger.evaluate(corpus.test).errors[:10]))`
    """
    return "\n\n".join(map(str, errors))


def _filled(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    """In letters; those of East Asia are twice as wide, and marks that stand on a letter take no room."""
    real = (point for point in text if unicodedata.category(point) not in ("Mn", "Me", "Cf"))
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in real)
