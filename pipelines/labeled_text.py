"""What a labeller says of one text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from typing import Any

from ..datasets import Span, spans
from ..datasets.tag_schemes import NO_LABEL


@dataclass(frozen=True)
class TextSpan:
    """Code points [start, end) of the user's text carry `label`.

    `probability` is that of the whole span: that just these tokens are one span, and of this label, by a CRF summed over all
    labelings of the rest. Where labels are chosen one by one it is the product over the span's own tags, and in IOB2 that the
    next one does not go on with it.
    """

    label: str
    text: str
    start: int
    end: int
    probability: float


@dataclass(frozen=True)
class LabeledText:
    """Tokens (T) of a text as the user wrote them, with their labels and what the model gives each of them.

    `labels` are in IOB2, or plain where `tagging` is "tokens": then every token is a span of its own. `offsets` are code
    points [start, end) of each token in `text`. `probabilities` are those of single labels, `span_probabilities` those of
    whole spans, each at its first token, and 0 elsewhere; `probability` is that of all labels together. `label`, with its
    probability, is that of the whole text, None where the pipeline did not learn one.
    """

    text: str
    tokens: list[str]
    labels: list[str]
    probabilities: list[float]
    span_probabilities: list[float] = field(repr=False)
    offsets: list[tuple[int, int]] = field(repr=False)
    probability: float = 1.0
    tagging: str = "spans"
    label: str | None = None
    label_probability: float | None = None

    @property
    def spans(self) -> list[TextSpan]:
        """The labelled parts of the text, in order."""
        return [self._span(*span) for span in label_spans(self.labels, self.tagging)]

    @property
    def words(self) -> list[str]:
        """The text in words, where spans are words: the text of each span, and each token outside of all.

        Spans without a name are what segmentation makes, and a blank in the text ends a word there.
        """
        found = label_spans(self.labels, self.tagging)
        inside = {place for span in found for place in range(span.start + 1, span.end)}
        begins = [place for place in range(len(self.tokens)) if place not in inside]
        borders = pairwise([*begins, len(self.tokens)])
        words = [self.text[self.offsets[first][0] : self.offsets[end - 1][1]] for first, end in borders]
        segmented = {span.label for span in found} == {NO_LABEL}
        return [part for word in words for part in word.split()] if segmented else words

    def _span(self, label: str, first: int, last: int) -> TextSpan:
        start, end = self.offsets[first][0], self.offsets[last - 1][1]
        return TextSpan(label, self.text[start:end], start, end, self.span_probabilities[first])

    def as_dict(self) -> dict[str, Any]:
        """For JSON: everything, spans too."""
        return {**asdict(self), "spans": [asdict(span) for span in self.spans]}

    def __str__(self) -> str:
        if {span.label for span in self.spans} == {NO_LABEL}:
            found = " ".join(self.words)
        else:
            found = "  ".join(f"{span.label}={span.text}" for span in self.spans) or "-"
        return found if self.label is None else f"[{self.label}]  {found}"


def label_spans(labels: Sequence[str], tagging: str) -> list[Span]:
    """The spans by token: those of IOB2 labels, or each token where they are plain."""
    if tagging == "spans":
        return spans(labels)
    return [Span(label, place, place + 1) for place, label in enumerate(labels)]


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
