"""The figures of a classifier: accuracy or micro F1, macro F1, likelihood, calibration, and what it could not have learnt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, softmax

from .calibration import Bins, binned, text_nll
from .class_labels import ClassLabels, Label, names_of
from .evaluation import Evaluation
from .key_phrases import CUTS, phrase_figures
from .label_evaluation import label_evaluation


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

    Figures, one label a text: accuracy, macro_f1, nll, ece; several: micro_f1, macro_f1, exact_match, nll, ece, and of the
    5 and 10 most probable labels of each text, where there are more, what `phrase_figures` has (f1_at_5); texts. The macro
    mean is over labels that occur, right or given; nll is over texts whose labels are known.
    """
    given = [tuple(name for name, own in zip(labels.names, row, strict=True) if own) for row in chosen]
    found = label_evaluation(map(names_of, gold), given, labels.names, "texts")
    accuracy, micro, macro = (found[name] for name in ("accuracy", "micro_f1", "macro_f1"))
    figures = {"micro_f1": micro, "macro_f1": macro, "exact_match": accuracy}
    if not labels.several:
        figures = {"accuracy": accuracy, "macro_f1": macro}
    known = np.array([not labels.unseen([label]) for label in gold])
    if known.any():
        figures["nll"] = text_nll(logits[known], labels.rows(gold)[known], labels.several)
    if labels.several:
        figures |= ranked_figures(gold, labels, logits)
    figures |= {"ece": reliability_bins(gold, labels, logits).error, "texts": len(gold)}
    confusion: dict[tuple[str, str], int] = {}
    if not labels.several:
        confusion = Counter(zip(map(str, gold), (names[0] for names in given), strict=True))
    return Evaluation(figures, found.report, [*found.notes, *notes], confusion)


def ranked_figures(gold: Sequence[Label], labels: ClassLabels, scores: NDArray) -> dict[str, float]:
    """How good the labels with the greatest scores (E, K) are as a list of 5 and of 10, where there are more of them."""
    cuts = [k for k in CUTS if k < len(labels)]
    best = np.argsort(-np.asarray(scores), axis=1, kind="stable")[:, : max(CUTS)]
    figures = phrase_figures(map(names_of, gold), [[labels.names[k] for k in row] for row in best], cuts)
    return {name: value for name, value in figures.items() if "_at_" in name}


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
