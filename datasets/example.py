"""One example, and what a split of a corpus must offer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class LabeledSequence:
    """Tokens, their IOB2 tags (as many) and, where the corpus has one, the label of the whole."""

    tokens: tuple[str, ...]
    tags: tuple[str, ...]
    label: str | None = None


class Examples(Protocol):
    """A split: it knows its length and can be read again and again."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[LabeledSequence]: ...
