"""The figures of a classifier: accuracy or micro F1, macro F1, likelihood, calibration, and what it could not have learnt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, softmax
from sklearn.metrics import precision_recall_fscore_support

from .calibration import Bins, binned, text_nll
from .class_labels import ClassLabels, Label, listed
from .evaluation import ClassScore, Evaluation


def classification_evaluation(
    gold: Sequence[Label], labels: ClassLabels, chosen: NDArray[np.bool_], logits: NDArray, notes: Sequence[str] = ()
) -> Evaluation:
    """Compares texts' labels (E) with those that were given.

    Args:
        gold: the right labels. One that training never had counts as an error and is named in the notes.
        labels: what the columns are.
        chosen: (E, K), which labels were given.
        logits: (E, K), z / T.
        notes: of the texts, further ones.

    Figures, one label a text: accuracy, macro_f1, nll, ece; several: micro_f1, macro_f1, exact_match, nll, ece; texts. The
    macro mean is over labels that occur, right or given; nll is over texts whose labels are known.
    """
    unseen = labels.unseen(gold)
    everything = ClassLabels([*labels.names, *sorted(unseen)], labels.several)
    rows = everything.rows(gold)
    given = np.pad(chosen.astype(np.uint8), [(0, 0), (0, len(unseen))])
    report = _report(rows, given, everything.names)
    macro = float(np.mean([row.f1 for row in report[:-1]])) if len(report) > 1 else 0.0
    exact = float(np.mean(np.all(rows == given, axis=1)))
    figures = {"micro_f1": report[-1].f1} if labels.several else {"accuracy": exact}
    figures |= {"macro_f1": macro, **({"exact_match": exact} if labels.several else {})}
    known = ~rows[:, len(labels) :].any(axis=1)
    if known.any():
        figures["nll"] = text_nll(logits[known], rows[known, : len(labels)], labels.several)
    figures |= {"ece": reliability_bins(gold, labels, logits).error, "texts": len(rows)}
    found = [f"labels that never occur in training, counted as errors (texts): {listed(unseen)}"] if unseen else []
    confusion = Counter[tuple[str, str]]() if labels.several else _confusion(rows, given, everything.names)
    return Evaluation(figures, report, [*found, *notes], confusion)


def reliability_bins(gold: Sequence[Label], labels: ClassLabels, logits: NDArray) -> Bins:
    """Bins of the probability of each text's best label, right or not; of several labels, of each label of each text.

    Args:
        gold: (E) the right labels.
        labels: what the columns are.
        logits: (E, K), z / T.
    """
    z, rows = np.asarray(logits, np.float64), labels.rows(gold)
    if labels.several:
        return binned(expit(z).ravel(), rows.ravel())
    best = z.argmax(axis=1)
    return binned(softmax(z, axis=1).max(axis=1), rows[np.arange(len(z)), best])


def _report(rows: NDArray, given: NDArray, names: Sequence[str]) -> list[ClassScore]:
    """A line for each label that occurs, then `overall` (micro average)."""
    rows, given = (
        np.pad(each, [(0, 0), (0, 1)]) for each in (rows, given)
    )  # scikit-learn takes one column for a vector
    scores = precision_recall_fscore_support(rows, given, average=None, zero_division=0)
    found = [
        ClassScore(name, float(p), float(r), float(f1), int(support))
        for name, p, r, f1, support, occurs in zip(names, *scores, (rows | given).any(axis=0), strict=False)
        if occurs
    ]
    p, r, f1, _ = precision_recall_fscore_support(rows, given, average="micro", zero_division=0)
    return [*found, ClassScore("overall", float(p), float(r), float(f1), int(rows.sum()))]


def _confusion(rows: NDArray, given: NDArray, names: Sequence[str]) -> Counter[tuple[str, str]]:
    """(right label, given label) -> texts."""
    pairs = zip(rows.argmax(axis=1), given.argmax(axis=1), strict=True)
    return Counter((names[right], names[answer]) for right, answer in pairs)
