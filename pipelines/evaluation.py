"""What `evaluate` returns: the figures as a dict, with the table that explains them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .classification_errors import ClassificationError
from .labeling_errors import LabelingError
from .span_metrics import SpanScores
from .translation_errors import TranslationError
from .translation_lengths import LengthBucket


@dataclass(frozen=True)
class ClassScore:
    """One line of a report."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int


class Evaluation(dict[str, float]):
    """Figures by name; `report` holds a `ClassScore` per label, `notes` sentences that a reader must know,
    `confusion` how many tokens, or whole texts, of one label, the first, were given another one, `errors` what was not right:
    a `LabelingError` for each such sentence, a `ClassificationError` for each such text, a `TranslationError` for each such
    translation; `lengths` a `LengthBucket` for the sources of like length, of translations alone.

    `str(evaluation)` is a table for people.

    Example:
        evaluation = tagger.evaluate(corpus.test)
        evaluation["f1"], evaluation.report[0].label
    """

    def __init__(
        self,
        figures: dict[str, float],
        report: list[ClassScore] | None = None,
        notes: list[str] | None = None,
        confusion: dict[tuple[str, str], int] | None = None,
        errors: Sequence[LabelingError | ClassificationError | TranslationError] = (),
        lengths: Sequence[LengthBucket] = (),
    ) -> None:
        super().__init__(figures)
        self.report = report or []
        self.notes = notes or []
        self.confusion = confusion or {}
        self.errors = errors
        self.lengths = lengths

    def __str__(self) -> str:
        lines = self._table() if self.report else []
        lines += [f"{name.replace('_', ' ')}: {written(name, value)}" for name, value in self.items()]
        return "\n".join([*lines, *self.notes])

    def _table(self) -> list[str]:
        width = max([len("overall"), *(len(row.label) for row in self.report)])
        lines = [f"{'':{width}}  precision   recall       f1  support"]
        for row in self.report:
            shares = f"{row.precision:9.2%}  {row.recall:7.2%}  {row.f1:7.2%}"
            lines.append(f"{row.label:{width}}  {shares}  {row.support:7}")
        return lines


def span_report(scores: SpanScores) -> list[ClassScore]:
    """A line per label in alphabetical order, then `overall` (micro average)."""
    rows = [(label, scores.labels[label]) for label in sorted(scores.labels)] + [("overall", scores.overall)]
    return [ClassScore(label, c.precision, c.recall, c.f1, c.gold) for label, c in rows]


def written(name: str, value: float) -> str:
    """A figure as people read it: a share in percent, a count in whole numbers, nats with four digits."""
    return format(value, next((form for words, form in _FORMS.items() if any(w in name for w in words)), ".2%"))


def is_count(name: str) -> bool:
    """Whether a figure says how much there was, not how good it is."""
    return any(word in name for word in _COUNTS)


_COUNTS = ("sentences", "texts", "tokens", "oov_count", "pieces", "frames", "outside")
# What a figure's name holds, and how such a figure is written; all others are shares.
_FORMS = {_COUNTS: ",.0f", ("perplexity", "bleu", "chrf", "average_crossing"): ",.2f", ("bits", "nats", "nll"): ".4f"}
