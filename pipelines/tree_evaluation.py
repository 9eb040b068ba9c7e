"""How good trees are that were written as rows of brackets."""

from __future__ import annotations

from collections.abc import Sequence

from ..datasets import tree_from_linear, well_formed
from .bracket_scores import score_brackets
from .evaluation import Evaluation, span_report
from .span_metrics import SpanScores


def tree_evaluation(sentences: Sequence[str], right: Sequence[str], given: Sequence[str]) -> Evaluation:
    """Precision, recall and F1 of labelled brackets, with a line for each label; see `bracket_scores`.

    Args:
        sentences: (N), words with blanks between.
        right, given: rows of brackets (N); those given are repaired, and `well_formed` is the share that needed none.
    """
    words = [sentence.split() for sentence in sentences]
    gold, found = (
        [tree_from_linear(row, each) for row, each in zip(rows, words, strict=True)] for rows in (right, given)
    )
    scores = score_brackets(gold, found)
    whole = sum(well_formed(row, each) for row, each in zip(given, words, strict=True))
    figures = {
        "bracket_f1": scores.overall.f1,
        "bracket_precision": scores.overall.precision,
        "bracket_recall": scores.overall.recall,
        "exact_match": scores.exact_match,
        "no_crossing": scores.no_crossing,
        "well_formed": whole / len(words),
    }
    return Evaluation(figures, span_report(SpanScores(scores.labels)))
