"""What a labeller says of one text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ..datasets import spans


@dataclass(frozen=True)
class TextSpan:
    """Code points [start, end) of the user's text carry `label`.

    `probability` is that of the least probable token of the span: the span as a whole is at most as probable.
    """

    label: str
    text: str
    start: int
    end: int
    probability: float


@dataclass(frozen=True)
class LabeledText:
    """Tokens (T) of a text as the user wrote them, with their IOB2 labels and what the model gives each of them.

    `offsets` are code points [start, end) of each token in `text`; `label`, with its probability, is that of the whole
    text, None where the pipeline did not learn one.
    """

    text: str
    tokens: list[str]
    labels: list[str]
    probabilities: list[float]
    offsets: list[tuple[int, int]] = field(repr=False)
    label: str | None = None
    label_probability: float | None = None

    @property
    def spans(self) -> list[TextSpan]:
        """The labelled parts of the text, in order."""
        return [self._span(*span) for span in spans(self.labels)]

    def _span(self, label: str, first: int, last: int) -> TextSpan:
        start, end = self.offsets[first][0], self.offsets[last - 1][1]
        return TextSpan(label, self.text[start:end], start, end, min(self.probabilities[first:last]))

    def as_dict(self) -> dict[str, Any]:
        """For JSON: everything, spans too."""
        return {**asdict(self), "spans": [asdict(span) for span in self.spans]}

    def __str__(self) -> str:
        found = "  ".join(f"{span.label}={span.text}" for span in self.spans) or "-"
        return found if self.label is None else f"[{self.label}]  {found}"


def code_points(text: str, byte_offsets: Sequence[int]) -> list[int]:
    """UTF-8 byte offsets of character borders in `text` as code point offsets."""
    encoded = text.encode()
    if len(encoded) == len(text):
        return [int(offset) for offset in byte_offsets]
    places = {}
    position = 0
    for number, character in enumerate(text):
        places[position] = number
        position += len(character.encode())
    places[position] = len(text)
    return [places[int(offset)] for offset in byte_offsets]
