"""The labels of whole texts: one each, or any number of them."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from ..datasets import Corpus, Examples, InputError, LabeledSequence, Text

logger = logging.getLogger(__name__)

Label = str | tuple[str, ...]


class ClassLabels:
    """Names of labels, and whether a text has one of them or any number.

    Args:
        names: (K) in the order of their ids.
        several: whether a label is a tuple of names, empty where a text has none.

    Example: `ClassLabels(["no", "yes"], False).rows(["yes"])` is [[0, 1]].
    """

    def __init__(self, names: Sequence[str], several: bool) -> None:
        self.names, self.several = list(names), several
        self._ids = {name: number for number, name in enumerate(self.names)}

    def __len__(self) -> int:
        return len(self.names)

    @classmethod
    def learn(cls, corpus: Corpus) -> ClassLabels:
        """Those of the training split, in alphabetical order; labels that only validation has are logged.

        Raises InputError where an example of either split is no text, has no label, or has one where others have several.
        """
        labels = text_labels(corpus.train, f"corpus {corpus.name}, train")
        several = isinstance(labels[0], tuple)
        found = cls(sorted({name for label in labels for name in names_of(label)}), several)
        if not found.names:
            raise InputError(f"corpus {corpus.name}: no training text has a label, expected at least one")
        if len(found) == 1 and not several:
            logger.warning("corpus %s: all texts are %r, so every answer will be", corpus.name, found.names[0])
        unseen = found.unseen(text_labels(corpus.valid, f"corpus {corpus.name}, valid", several))
        if unseen:
            logger.warning("corpus %s: validation has labels that training lacks: %s", corpus.name, listed(unseen))
        return found

    def rows(self, labels: Iterable[Label]) -> NDArray[np.uint8]:
        """(E, K): 1 where a text has a label; names that are not known are left out."""
        several = [[self._ids[name] for name in names_of(label) if name in self._ids] for label in labels]
        rows = np.zeros((len(several), len(self)), np.uint8)
        for row, ids in zip(rows, several, strict=True):
            row[ids] = 1
        return rows

    def unseen(self, labels: Iterable[Label]) -> Counter[str]:
        """Names that are not known -> texts that have them."""
        return Counter(name for label in labels for name in names_of(label) if name not in self._ids)


def names_of(label: Label) -> tuple[str, ...]:
    """The names in a label."""
    return (label,) if isinstance(label, str) else label


def listed(counts: Counter[str]) -> str:
    """Names with their counts, for people."""
    return ", ".join(f"{name} ({counts[name]})" for name in sorted(counts))


def text_labels(examples: Examples, what: str, several: bool | None = None) -> list[Label]:
    """The label of each example.

    Args:
        examples: texts or tokens.
        what: what messages call them.
        several: whether a label is a tuple; None takes the first one as the pattern.

    Raises InputError where an example is no text, has no label, or one of the other kind.
    """
    found: list[Label] = []
    for number, example in enumerate(examples, start=1):
        if not isinstance(example, Text | LabeledSequence):
            raise InputError(f"{what}: examples are {type(example).__name__}, expected texts with labels")
        label: Label | None = example.label
        several = isinstance(label, tuple) if several is None else several
        if label is None or isinstance(label, tuple) != several:
            got, expected = (
                "no label" if label is None else repr(label),
                "a tuple of labels" if several else "one label",
            )
            raise InputError(f"{what}: example {number} has {got}, expected {expected}")
        found.append(label)
    return found
