"""The figures of labels that are chosen for a whole text or a single token, one or several of them.

accuracy is the share of examples whose labels are all right and no others given; F1 = 2PR / (P + R) of each label, macro
its mean over labels, micro that of all labels' counts together, which for one label an example is the accuracy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from .class_labels import listed
from .evaluation import Evaluation, span_report
from .span_metrics import Counts, SpanScores


def label_evaluation(
    gold: Iterable[tuple[str, ...]], given: Iterable[tuple[str, ...]], known: Collection[str], unit: str
) -> Evaluation:
    """Compares the labels of examples (N) with those given (N).

    Args:
        gold, given: the labels of each example, none of them twice.
        known: the labels of the training split; others count as errors like any and are named in the notes.
        unit: what an example is: `texts` or `tokens`.

    Raises ValueError where the numbers of examples differ.
    """
    scores = SpanScores()
    for (right, found), count in Counter(zip(gold, given, strict=True)).items():
        for label in {*right, *found}:
            counts = scores.labels.setdefault(label, Counts())
            counts.gold += count * (label in right)
            counts.predicted += count * (label in found)
            counts.right += count * (label in right and label in found)
        scores.tokens += count
        scores.right_tokens += count * (set(right) == set(found))
    figures = {"accuracy": scores.accuracy, "micro_f1": scores.overall.f1, "macro_f1": scores.macro_f1}
    unseen = Counter(
        {label: counts.gold for label, counts in scores.labels.items() if counts.gold and label not in known}
    )
    notes = [f"labels that never occur in training, counted as errors ({unit}): {listed(unseen)}"] if unseen else []
    return Evaluation(figures | {unit: scores.tokens}, span_report(scores), notes)
