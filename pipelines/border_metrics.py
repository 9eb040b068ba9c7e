"""Precision, recall and F1 of the borders between labels: where exon meets intron, where one speaker follows another.

A border is a place t at which a token has another label than the one before it, and it is of a kind: the two labels. A
border that was found is right when one of the same kind stands at most `reach` tokens from it; each counts for one alone.
Going through both from the left and taking the first that fit gives as many pairs as any other choice could, since all
borders reach equally far; so no order of anything matters, and exchanging gold and found exchanges precision and recall.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..datasets import spans
from .span_metrics import Counts, SpanScores

OUTSIDE = "O"


class Border(NamedTuple):
    """The token `place` has the label `right`, the token before it the label `left`."""

    place: int
    left: str
    right: str

    @property
    def kind(self) -> str:
        """Both labels, `exon|intron`."""
        return f"{self.left}|{self.right}"


def borders(tags: Sequence[str], tagging: str = "tokens") -> list[Border]:
    """The borders in the tags of one sequence, from the left.

    Args:
        tags: T of them.
        tagging: "tokens" for labels as they stand; "spans" for IOB2, where a span that follows another of the same label
            has a border, too, and what lies outside of all spans has the label "O".

    Example: `borders(["exon", "exon", "intron"])` is [(2, "exon", "intron")].
    """
    names, begun = list(tags), set()
    if tagging == "spans":
        names = [OUTSIDE] * len(tags)
        for span in spans(tags):
            names[span.start : span.end] = [span.label] * (span.end - span.start)
            begun.add(span.start)
    places = (place for place in range(1, len(names)) if place in begun or names[place] != names[place - 1])
    return [Border(place, names[place - 1], names[place]) for place in places]


def score_borders(
    gold: Iterable[Sequence[str]],
    predicted: Iterable[Sequence[str]],
    reach: int = 0,
    tagging: str = "tokens",
    outside: bool = True,
) -> SpanScores:
    """Compares the borders in tags, N sequences each, kind by kind.

    Args:
        gold, predicted: tags, as `borders` takes them.
        reach: how many tokens a border may be off.
        tagging: as `borders` takes it.
        outside: whether borders with what lies outside of all spans count, where `tagging` is "spans".

    Returns the counts of each kind; `overall` is all of them. Raises ValueError where the numbers of sequences differ.

    Example: `score_borders([["a", "a", "b"]], [["a", "b", "b"]], reach=1).overall.f1` is 1.
    """
    scores = SpanScores()
    skipped = OUTSIDE if tagging == "spans" and not outside else None
    for right, given in zip(gold, predicted, strict=True):
        expected, found = (_places(borders(tags, tagging), skipped) for tags in (right, given))
        for kind in expected.keys() | found.keys():
            counts = scores.labels.setdefault(kind, Counts())
            counts.gold += len(expected[kind])
            counts.predicted += len(found[kind])
            counts.right += pairs(expected[kind], found[kind], reach)
    return scores


def pairs(one: Sequence[int], other: Sequence[int], reach: int) -> int:
    """How many pairs can be made of places, ascending, of which one is at most `reach` from the other; each in one pair."""
    count = i = j = 0
    while i < len(one) and j < len(other):
        if abs(one[i] - other[j]) <= reach:
            count, i, j = count + 1, i + 1, j + 1
        elif one[i] < other[j]:
            i += 1
        else:
            j += 1
    return count


def _places(found: Iterable[Border], skipped: str | None) -> defaultdict[str, list[int]]:
    """The places of each kind."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for border in found:
        if skipped not in (border.left, border.right):
            places[border.kind].append(border.place)
    return places
