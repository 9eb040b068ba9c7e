"""How good trees are that a translator wrote as rows of brackets (Vinyals et al., Grammar as a foreign language, 2015)."""

from __future__ import annotations

from collections.abc import Sequence

from ..datasets import tree_from_linear, well_formed
from .bracket_scores import score_brackets
from .evaluation import Evaluation, span_report
from .span_metrics import SpanScores


def parsing_evaluation(sentences: Sequence[str], rows: Sequence[str], references: Sequence[str]) -> Evaluation:
    """The figures of `score_brackets`, and a line of the report for each label.

    Rows are repaired before they are compared, as `tree_from_linear` does; `well_formed` is the share that needed no repair.
    All three are N strings, their tokens apart by blanks.

    Args:
        sentences: words.
        rows: what the translator wrote for each.
        references: the right rows.

    Raises InputError for a sentence without words, ValueError where the numbers of strings differ.

    Example: `parsing_evaluation(["Go !"], ["(S (VP XX )VP"], ["(S (VP XX )VP XX )S"])["bracket_f1"]` is 1: the end was lost.
    """
    words = [sentence.split() for sentence in sentences]
    gold, given = (
        [tree_from_linear(row, own) for row, own in zip(side, words, strict=True)] for side in (references, rows)
    )
    scores = score_brackets(gold, given)
    overall = scores.overall
    figures = {
        "bracket_f1": overall.f1,
        "bracket_precision": overall.precision,
        "bracket_recall": overall.recall,
        "bracket_exact_match": scores.exact_match,
        "no_crossing": scores.no_crossing,
        "average_crossing": scores.average_crossing,
        "well_formed": sum(map(well_formed, rows, words)) / len(words) if words else 0.0,
    }
    return Evaluation(figures, span_report(SpanScores(scores.labels)))
