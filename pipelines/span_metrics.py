"""Precision, recall and F1 over spans, as conlleval counts them (Tjong Kim Sang & De Meulder, 2003).

A span is right when its label and both its borders are. precision = right / predicted, recall = right / gold,
F1 = 2 · precision · recall / (precision + recall); 0 where nothing is divided.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..datasets import spans


@dataclass
class Counts:
    """Spans of one label, or of all."""

    right: int = 0
    predicted: int = 0
    gold: int = 0

    @property
    def precision(self) -> float:
        """right / predicted"""
        return self.right / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """right / gold"""
        return self.right / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass
class SpanScores:
    """Counts by label, and tokens whose tag is right.

    Example:
        scores = score_spans([["B-city", "O"]], [["B-city", "B-city"]])
        scores.overall.precision, scores.overall.recall    # 0.5, 1.0
    """

    labels: dict[str, Counts] = field(default_factory=dict)
    tokens: int = 0
    right_tokens: int = 0

    @property
    def overall(self) -> Counts:
        """The counts of all labels together (micro average)."""
        every = self.labels.values()
        return Counts(sum(c.right for c in every), sum(c.predicted for c in every), sum(c.gold for c in every))

    @property
    def macro_f1(self) -> float:
        """The mean F1 of the labels, each counting the same; seen or predicted."""
        return sum(counts.f1 for counts in self.labels.values()) / len(self.labels) if self.labels else 0.0

    @property
    def accuracy(self) -> float:
        """The share of tokens whose tag is right."""
        return self.right_tokens / self.tokens if self.tokens else 0.0


def score_spans(gold: Iterable[Sequence[str]], predicted: Iterable[Sequence[str]]) -> SpanScores:
    """Compares tags (N sequences each, of equal lengths); raises ValueError where the lengths differ."""
    scores = SpanScores()
    expected_tags, found_tags = [], []  # all sequences in one, an O between them, as conlleval and seqeval read them
    for number, (right, given) in enumerate(zip(gold, predicted, strict=True)):
        if len(right) != len(given):
            raise ValueError(f"sequence {number}: {len(given)} predicted tags, expected {len(right)}")
        expected_tags += [*right, "O"]
        found_tags += [*given, "O"]
        scores.tokens += len(right)
        scores.right_tokens += sum(a == b for a, b in zip(right, given, strict=True))
    expected, found = set(spans(expected_tags)), set(spans(found_tags))
    for name, group in (("gold", expected), ("predicted", found), ("right", expected & found)):
        for label, count in Counter(span.label for span in group).items():
            setattr(scores.labels.setdefault(label, Counts()), name, count)
    return scores
