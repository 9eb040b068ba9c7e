"""Tag schemes for spans in a sequence: IOB1, IOB2, BIOES, BMES.

A tag is `O` (outside) or a prefix with a label, `B-LOC`, or a prefix alone, `B`, whose label is then `_`.

- IOB2: B begins every span, I continues it.
- IOB1: I throughout; B only where a span follows another of the same label without a gap.
- BIOES: B begins, I continues, E ends a longer span; S is a span of one.
- BMES: the same with M for I, the custom in word segmentation.

Spans are read as conlleval does it (Tjong Kim Sang and Buchholz, 2000): every sequence of tags has a reading, whether
well formed or not; an I with nothing before it to continue begins a span.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .errors import InputError

PREFIXES = {"IOB1": "BI", "IOB2": "BI", "BIOES": "BIES", "BMES": "BMES"}
NO_LABEL = "_"


class Span(NamedTuple):
    """The tokens start, ..., end - 1 carry `label`."""

    label: str
    start: int
    end: int


class Constraints(NamedTuple):
    """Which labels may begin (K,), follow one another (K, K: from, to) and end (K,) a sequence; bool arrays."""

    start: NDArray[np.bool_]
    transitions: NDArray[np.bool_]
    end: NDArray[np.bool_]


def check_scheme(scheme: str) -> None:
    """Raises InputError if `scheme` is not one of the four."""
    if scheme not in PREFIXES:
        raise InputError(f"unknown tag scheme {scheme!r}: expected one of {', '.join(PREFIXES)}")


def check_tag(tag: str, scheme: str) -> None:
    """Raises InputError if `tag` does not belong to `scheme`."""
    check_scheme(scheme)
    prefix, hyphen, label = tag.partition("-")
    if tag == "O" or (len(prefix) == 1 and prefix in PREFIXES[scheme] and bool(hyphen) == bool(label)):
        return
    expected = ", ".join(f"{prefix}-label" for prefix in PREFIXES[scheme])
    raise InputError(f"tag {tag!r} is not {scheme}: expected O, {expected} (or the letter alone)")


def split_tag(tag: str) -> tuple[str, str]:
    """The prefix letter and the label of any tag: `B-LOC` -> (B, LOC), `B` -> (B, _); raises InputError if empty."""
    if not tag:
        raise InputError("expected a tag, got an empty string")
    return tag[0], tag[tag.find("-", 1) + 1 or 1 :] or NO_LABEL


def spans(tags: Sequence[str]) -> list[Span]:
    """The spans of any tags, in order; prefixes other than B, I, E, S, O and `.` only tell labels apart."""
    found, start = [], 0
    before, inside = "O", ""
    for position, tag in enumerate([*tags, "O"]):
        prefix, label = split_tag(tag)
        if _ends(before, prefix) or (before not in "O." and label != inside):
            found.append(Span(inside, start, position))
        if _starts(before, prefix) or (prefix not in "O." and label != inside):
            start = position
        before, inside = prefix, label
    return found


def _ends(before: str, after: str) -> bool:
    """Whether a span ends between two tags of the same label."""
    return before in "ES" or (before in "BI" and after in "BSO")


def _starts(before: str, after: str) -> bool:
    """Whether a span starts between two tags of the same label."""
    return after in "BS" or (before in "ESO" and after in "EI")


def tags_from_spans(found: Sequence[Span], length: int, scheme: str) -> list[str]:
    """The tags of `length` tokens that carry the spans `found`, which are in order and do not overlap."""
    check_scheme(scheme)
    tags = ["O"] * length
    before = Span("", 0, 0)
    for span in found:
        touches = before.end == span.start and before.label == span.label
        suffix = "" if span.label == NO_LABEL else f"-{span.label}"
        tags[span.start : span.end] = [prefix + suffix for prefix in _letters(span.end - span.start, scheme, touches)]
        before = span
    return tags


def _letters(length: int, scheme: str, touches: bool) -> str:
    """The prefixes of one span; `touches`: it follows a span of the same label without a gap."""
    if scheme == "IOB1":
        return ("B" if touches else "I") + "I" * (length - 1)
    if scheme == "IOB2":
        return "B" + "I" * (length - 1)
    middle = "I" if scheme == "BIOES" else "M"
    return "S" if length == 1 else "B" + middle * (length - 2) + "E"


def convert(tags: Sequence[str], source: str, target: str) -> list[str]:
    """The same spans in another scheme; raises InputError for a tag that is not of `source`."""
    for tag in set(tags):
        check_tag(tag, source)
    if source == "BMES":
        tags = ["I" + tag[1:] if tag[0] == "M" else tag for tag in tags]
    return tags_from_spans(spans(tags), len(tags), target)


@lru_cache(1 << 16)  # a corpus asks for few pairs, and often
def allowed(before: str | None, after: str | None, scheme: str) -> bool:
    """Whether `after` may follow `before` in a well-formed sequence; None stands for its start or its end.

    A sequence whose every step is allowed is the one that `convert(tags, scheme, scheme)` gives back.
    """
    check_scheme(scheme)
    left, open_label = split_tag(before or "O")
    right, label = split_tag(after or "O")
    same = left != "O" and label == open_label
    if scheme == "IOB1":
        return right != "B" or same
    if scheme == "IOB2":
        return right != "I" or same
    if left in "BIM":
        return right in "IME" and same
    return right in "OBS"


def irregular(tags: Sequence[str], scheme: str) -> list[int]:
    """Positions whose tag may not follow the one before; the last position if the sequence may not end there."""
    before = [None, *tags]
    found = [i for i, tag in enumerate(tags) if not allowed(before[i], tag, scheme)]
    if tags and not allowed(tags[-1], None, scheme) and len(tags) - 1 not in found:
        found.append(len(tags) - 1)
    return found


def constraints(labels: Sequence[str], scheme: str) -> Constraints:
    """The scheme's grammar over K `labels`, for a CRF; raises InputError for a label that is not of the scheme."""
    for label in labels:
        check_tag(label, scheme)
    return Constraints(
        np.array([allowed(None, label, scheme) for label in labels], dtype=bool),
        np.array([[allowed(one, other, scheme) for other in labels] for one in labels], dtype=bool),
        np.array([allowed(label, None, scheme) for label in labels], dtype=bool),
    )
