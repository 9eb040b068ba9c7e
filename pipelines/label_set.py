"""The labels of a labeller: the tags of its scheme, which may follow which, and how they read in IOB2."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from ..datasets import Span, constraints, convert, tags_from_spans


class LabelSet:
    """Every tag that the scheme has for some span labels, so that any span of a known label can be written.

    Args:
        names: the labels of spans, without prefixes.
        scheme: IOB2 or BIOES, the tags that the network learns.

    `tags` (K) are those of the scheme, "O" first; `iob2` (K) says each of them in IOB2.
    """

    def __init__(self, names: Sequence[str], scheme: str) -> None:
        self.names, self.scheme = list(names), scheme
        pairs = [("O", "O"), *(pair for name in names for pair in _tags(name, scheme))]
        self.tags = [tag for tag, _ in pairs]
        self.iob2 = [tag for _, tag in pairs]
        self._ids = {tag: number for number, tag in enumerate(self.tags)}
        self.constraints = constraints(self.tags, scheme)

    @classmethod
    def learn(cls, sequences: Iterable[Sequence[str]], scheme: str) -> LabelSet:
        """The labels of IOB2 tags, in alphabetical order."""
        tags = {tag for sequence in sequences for tag in sequence} - {"O"}
        return cls(sorted({tag[2:] or "_" for tag in tags}), scheme)

    def __len__(self) -> int:
        return len(self.tags)

    def encode(self, tags: Sequence[str]) -> np.ndarray:
        """IOB2 tags of known labels as ids (T,) of int32."""
        return np.array([self._ids[tag] for tag in convert(tags, "IOB2", self.scheme)], np.int32)

    def decode(self, ids: Iterable[int]) -> list[str]:
        """Ids as IOB2 tags."""
        return [self.iob2[i] for i in ids]


def _tags(name: str, scheme: str) -> list[tuple[str, str]]:
    """(tag, the same in IOB2) for all the prefixes of one label: those of a span of one token and of a span of three."""
    pairs = {}
    for length in (3, 1):
        spans = [Span(name, 0, length)]
        for tag, iob2 in zip(
            tags_from_spans(spans, length, scheme), tags_from_spans(spans, length, "IOB2"), strict=True
        ):
            pairs[tag] = iob2
    return list(pairs.items())
