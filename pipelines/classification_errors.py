"""Texts that a classifier got wrong, a line each: the right label, the given one, its probability, the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, softmax

from ..datasets import LabeledSequence, Text
from .class_labels import ClassLabels, Label


@dataclass(frozen=True)
class ClassificationError:
    """One text: the right label and the given one; of several labels a text, tuples of them.

    `probability` is that of what was given: of several labels, that the text has these and no others, as if each were by
    itself. `str(error)` is a line, cells apart by tabs: commas stand between several labels, `-` for none.
    """

    text: str
    right: Label
    given: Label
    probability: float

    def __str__(self) -> str:
        line = " ".join(self.text.split())
        return f"{_written(self.right)}\t{_written(self.given)}\t{self.probability:.4f}\t{line}"


def classification_errors(
    examples: Iterable[Text | LabeledSequence],
    gold: Sequence[Label],
    labels: ClassLabels,
    chosen: NDArray[np.bool_],
    logits: NDArray,
) -> Iterator[ClassificationError]:
    """The texts whose labels (E) are not just those that were given.

    Args:
        examples: (E) the texts; tokens are joined by blanks, single characters without.
        gold: (E) the right labels.
        labels: what the columns are.
        chosen: (E, K), which labels were given.
        logits: (E, K), z / T.
    """
    for example, right, row, z in zip(examples, gold, chosen, np.asarray(logits, np.float64), strict=True):
        names = tuple(name for name, given in zip(labels.names, row, strict=True) if given)
        if labels.several and names != tuple(sorted(right)):
            p = expit(z)
            yield ClassificationError(_text(example), right, names, float(np.where(row, p, 1 - p).prod()))
        elif not labels.several and names != (right,):
            yield ClassificationError(_text(example), right, names[0], float(softmax(z)[row][0]))


def _text(example: Text | LabeledSequence) -> str:
    if isinstance(example, Text):
        return example.text
    return ("" if all(len(token) == 1 for token in example.tokens) else " ").join(example.tokens)


def _written(label: Label) -> str:
    return label if isinstance(label, str) else ",".join(label) or "-"
