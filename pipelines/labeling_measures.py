"""What may be measured of a labeller beside its labels: key phrases of documents, borders between labels."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from ..datasets import Examples, InputError
from .border_metrics import score_borders
from .evaluation import ClassScore, Evaluation
from .key_phrases import phrase_figures, phrase_forms, ranked_phrases
from .labeled_text import LabeledText

REACHES = (0, 5)  # tokens that a border may be off

Found = Sequence[LabeledText]


def check_measures(names: Collection[str], tagging: str) -> None:
    """Raises InputError for a measure that there is not, and for key phrases where tags are not of "spans"."""
    if isinstance(names, str) or (unknown := sorted(set(names) - MEASURES.keys())):
        got = repr(names) if isinstance(names, str) else ", ".join(map(repr, unknown))
        raise InputError(f"also: {got}, expected some of {', '.join(MEASURES)}")
    if "key-phrases" in names and tagging != "spans":
        raise InputError("also=key-phrases with labels of single tokens, expected spans")


def measure(evaluation: Evaluation, examples: Examples, found: Found, names: Collection[str], tagging: str) -> None:
    """Adds further figures to an evaluation.

    Args:
        evaluation: of the examples.
        examples: E, with the right tags.
        found: what the labeller says of the tokens of each.
        names: of `MEASURES`.
        tagging: whether tags are of "spans" or of "tokens".
    """
    for name in dict.fromkeys(names):
        MEASURES[name](evaluation, examples, found, tagging)


def _key_phrases(evaluation: Evaluation, examples: Examples, found: Found, tagging: str) -> None:
    """F1@5 and F1@10 of each document's ranked list, phrases in lower case."""
    gold = (phrase_forms(example.tokens, example.tags, tagging=tagging) for example in examples)
    given = ([phrase.form for phrase in ranked_phrases(each)] for each in found)
    evaluation |= phrase_figures(gold, given)


def has_borders(examples: Examples, tagging: str) -> bool:
    """Whether there is any border that `border_figures` counts."""
    tags = [example.tags for example in examples]
    return score_borders(tags, tags, 0, tagging, outside=False).overall.gold > 0


def border_figures(evaluation: Evaluation, examples: Examples, given: Sequence[Sequence[str]], tagging: str) -> None:
    """Borders found within 0 and 5 tokens, of spans those where two meet; a line of the report for each kind.

    Args:
        evaluation: of the examples, to which the figures are added.
        examples: E, with the right tags.
        given: the labels of each.
        tagging: of "spans", in IOB2, or of "tokens".
    """
    for reach in REACHES:
        scores = score_borders((example.tags for example in examples), given, reach, tagging, outside=False)
        for name in ("f1", "precision", "recall"):
            evaluation[f"border_{name}_within_{reach}"] = getattr(scores.overall, name)
        evaluation.report += [
            ClassScore(f"{kind} ±{reach}", counts.precision, counts.recall, counts.f1, counts.gold)
            for kind, counts in sorted(scores.labels.items())
        ]


def _borders(evaluation: Evaluation, examples: Examples, found: Found, tagging: str) -> None:
    if f"border_f1_within_{REACHES[0]}" not in evaluation:  # they are there already where they chose the epoch
        border_figures(evaluation, examples, [each.labels for each in found], tagging)


MEASURES: dict[str, Callable[[Evaluation, Examples, Found, str], None]] = {
    "key-phrases": _key_phrases,
    "borders": _borders,
}
