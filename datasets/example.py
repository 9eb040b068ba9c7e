"""What an example may be, and what a split of a corpus must offer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

from .errors import InputError

Example_co = TypeVar("Example_co", covariant=True)


@dataclass(frozen=True, slots=True)
class LabeledSequence:
    """Tokens, as many tags (of spans in IOB2, or plain: see Corpus) and, where the corpus has one, the label of the whole."""

    tokens: tuple[str, ...]
    tags: tuple[str, ...]
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """One line or document as it was written, not yet split, and its label where the corpus has one.

    A tuple is for texts with any number of labels: each once, sorted; () where a text has none.
    """

    text: str
    label: str | tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Frames:
    """Music: the MIDI pitches that sound at each step, ascending; none where all are silent."""

    frames: tuple[tuple[int, ...], ...]
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Parallel:
    """One sentence in each language of its corpus, in the order of `Corpus.languages`; none of them is blank."""

    texts: tuple[str, ...]


KINDS = {
    LabeledSequence: "tokens with tags",
    Text: "raw lines",
    Frames: "pitches step by step",
    Parallel: "a text in each language",
}


class Examples(Protocol[Example_co]):
    """A split: it knows its length and can be read again and again. `Examples[Text]` says of what."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Example_co]: ...


def check_examples(examples: Iterable[object], kind: type, what: str) -> None:
    """Raises InputError where the first example is not of `kind`; `what` is what the message calls them."""
    first = next(iter(examples), None)
    if first is not None and not isinstance(first, kind):
        raise InputError(
            f"{what}: examples are {type(first).__name__}, expected {kind.__name__} ({KINDS.get(kind, kind.__module__)})"
        )
