"""Cross-validation: a corpus cut into parts, each of which is the test split once (Stone, 1974)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Generic

import numpy as np
from numpy.typing import NDArray

from .corpus import Corpus
from .errors import InputError
from .example import Example_co, Examples, Frames, LabeledSequence, Parallel, Text
from .hold_out import MaskedExamples


class JoinedExamples(Generic[Example_co]):
    """Several splits one after the other; nothing is copied."""

    def __init__(self, *parts: Examples[Example_co]) -> None:
        self.parts = parts

    def __len__(self) -> int:
        return sum(map(len, self.parts))

    def __iter__(self) -> Iterator[Example_co]:
        return chain.from_iterable(self.parts)


def folds(corpus: Corpus, count: int = 10, seed: int = 0) -> list[Corpus]:
    """`count` corpora of the same examples: of each, another part is for test, the next one for validation.

    Every example, whichever split it was in, is in the test split of exactly one of them. Those with the same text (of several
    languages the first), tokens or frames are in the same part, whatever their labels, so that none is tested that was
    learnt. Of the different ones of every label each part has its share, up to one; within a label the draw is random. One
    that stands there with several labels is counted for its first.

    Args:
        corpus: its splits are joined.
        count: how many parts.
        seed: of the draw.

    Raises InputError for fewer than 3 parts, or more parts than different examples.

    Example: `[model(fold.train).evaluate(fold.test) for fold in folds(corpus, 10)]`
    """
    examples = JoinedExamples(corpus.train, corpus.valid, corpus.test)
    if count < 3:
        raise InputError(f"{count} folds: expected at least 3, for training, validation and test")
    part = _parts(examples, count, seed)

    def fold(number: int) -> Corpus:
        test, valid = part == number, part == (number + 1) % count
        train, valid, test = (MaskedExamples(examples, mask) for mask in (~test & ~valid, valid, test))
        return replace(corpus, name=f"{corpus.name}-fold-{number}", train=train, valid=valid, test=test)

    return [fold(number) for number in range(count)]


def _parts(examples: Examples, count: int, seed: int) -> NDArray[np.int64]:
    """The part of each example. What differs is dealt out label by label, one after the other, so that sizes differ by one."""
    numbers: dict[Hashable, int] = {}  # what stands in an example -> its number
    own, of_label = [], defaultdict(list)
    for example in examples:
        content = _content(example)
        if content not in numbers:
            of_label[getattr(example, "label", None)].append(len(numbers))
        own.append(numbers.setdefault(content, len(numbers)))
    if count > len(numbers):
        raise InputError(f"{count} folds of {len(numbers)} different examples: expected at most as many folds")
    draw = np.random.default_rng(seed)
    order = np.concatenate([draw.permutation(of_label[label]) for label in sorted(of_label, key=repr)])
    part = np.empty(len(order), np.int64)
    part[order] = np.arange(len(order)) % count
    return part[own]


def _content(example: Text | LabeledSequence | Frames | Parallel) -> Hashable:
    """What a model reads of it."""
    if isinstance(example, Text | Parallel):
        return example.text if isinstance(example, Text) else example.texts[0]
    return example.tokens if isinstance(example, LabeledSequence) else example.frames
