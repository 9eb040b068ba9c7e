"""The labels of a labeller: the tags of its scheme, which may follow which, and how they read in IOB2; or plain labels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from ..datasets import Constraints, Span, constraints, convert, tags_from_spans
from ..datasets.tag_schemes import split_tag


class LabelSet:
    """Every tag that the scheme has for some span labels, so that any span of a known label can be written.

    Args:
        names: the labels of spans, without prefixes; or, without a scheme, those of single tokens.
        scheme: IOB2 or BIOES, the tags that the network learns; None where every token has a label as it stands.

    `tags` (K) are those of the scheme, "O" first; `iob2` (K) says each of them in IOB2, or is the same as `tags` without a
    scheme. `constraints` says which may follow which, None: all.

    Example: `LabelSet(["city"], "IOB2").tags` is ["O", "B-city", "I-city"], `LabelSet(["NN", "VB"], None).tags` the names.
    """

    def __init__(self, names: Sequence[str], scheme: str | None) -> None:
        self.names, self.scheme = list(names), scheme
        pairs = [("O", "O"), *(pair for name in names for pair in _tags(name, scheme))] if scheme else []
        self.tags = [tag for tag, _ in pairs] if scheme else self.names
        self.iob2 = [tag for _, tag in pairs] if scheme else self.names
        self._ids = {tag: number for number, tag in enumerate(self.tags)}
        self.constraints: Constraints | None = constraints(self.tags, scheme) if scheme else None

    @classmethod
    def learn(cls, sequences: Iterable[Sequence[str]], scheme: str | None) -> LabelSet:
        """The labels of IOB2 tags, or of plain ones, in alphabetical order."""
        tags = {tag for sequence in sequences for tag in sequence}
        return cls(sorted({tag[2:] or "_" for tag in tags - {"O"}} if scheme else tags), scheme)

    def __len__(self) -> int:
        return len(self.tags)

    @property
    def tagging(self) -> str:
        """What a tag says something of, "spans" or "tokens"; as `Corpus.tagging`."""
        return "spans" if self.scheme else "tokens"

    def encode(self, tags: Sequence[str]) -> np.ndarray:
        """IOB2 or plain tags of known labels as ids (T,) of int32."""
        tags = convert(tags, "IOB2", self.scheme) if self.scheme else tags
        return np.array([self._ids[tag] for tag in tags], np.int32)

    def decode(self, ids: Iterable[int]) -> list[str]:
        """Ids as IOB2 or plain tags."""
        return [self.iob2[i] for i in ids]

    @property
    def numbers(self) -> np.ndarray:
        """(K,) of int32: which label each tag belongs to; -1 for "O", which is outside of all spans."""
        if not self.scheme:
            return np.arange(len(self), dtype=np.int32)
        return np.array([-1 if tag == "O" else self.names.index(split_tag(tag)[1]) for tag in self.iob2], np.int32)

    @property
    def begins(self) -> np.ndarray:
        """(K,) of bool: whether a span begins where the tag stands, whatever is before it."""
        return np.array([not self.scheme or split_tag(tag)[0] == "B" for tag in self.iob2])

    @property
    def longer(self) -> np.ndarray:
        """(K,) of int32: the tag that would make a span longer which ends with each; -1 where none could."""
        goes_on = self.scheme == "IOB2"  # BIOES has tags that close a span
        return np.array([self._ids[f"I{tag[1:]}"] if goes_on and tag != "O" else -1 for tag in self.tags], np.int32)


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
