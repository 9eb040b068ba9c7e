"""What a classifier says of one text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import prod
from typing import Any

import numpy as np

from .class_labels import Label
from .raw_text import answers, check_texts


@dataclass(frozen=True)
class ClassifiedText:
    """One text and its label.

    Args:
        text: as it was given.
        label: the most probable one; where a text may have several, a tuple of all that were given, maybe none.
        probability: of the label; of several, that the text has these and no others, as if each were by itself.
        probabilities: of every label, one by one.
        truncated: whether the text was longer than what is read, so that its end did not count.

    `str(classified)` is the label, or several with commas between them, a tab, and the probability.
    """

    text: str
    label: Label
    probability: float
    probabilities: dict[str, float]
    truncated: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        label = self.label if isinstance(self.label, str) else list(self.label)
        return {**asdict(self), "label": label}

    def __str__(self) -> str:
        label = self.label if isinstance(self.label, str) else ",".join(self.label)
        return f"{label}\t{self.probability:.4f}"

    @classmethod
    def of(cls, text: str, found: Mapping[str, Any]) -> ClassifiedText:
        """One row of the graph's outputs."""
        names = [name.decode() for name in found["labels"]]
        probabilities = {name: float(p) for name, p in zip(names, found["probabilities"], strict=True)}
        truncated = bool(found["truncated"])
        if "label" in found:
            return cls(text, found["label"].decode(), float(found["probability"]), probabilities, truncated)
        chosen = [bool(each) for each in found["chosen"]]
        label = tuple(name for name, given in zip(names, chosen, strict=True) if given)
        shares = [p if given else 1 - p for p, given in zip(probabilities.values(), chosen, strict=True)]
        return cls(text, label, prod(shares), probabilities, truncated)


def classify_texts(texts: str | Sequence[str], serve: Callable[[list[str]], dict[str, np.ndarray]]) -> Any:
    """A `ClassifiedText` for one string, a list of them for several; `serve` gives the graph's outputs for a batch.

    Raises InputError for anything that is not a string or cannot be written in UTF-8.
    """
    several = check_texts(texts)
    results = [ClassifiedText.of(text, row) for text, row in zip(several, answers(several, serve), strict=True)]
    return results[0] if isinstance(texts, str) else results
