"""Plain Python lists of examples, checked one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from .errors import InputError
from .example import LabeledSequence
from .tag_reader import TagReader


def from_list(given: Iterable[Any], split: str, scheme: str = "IOB2") -> tuple[LabeledSequence, ...]:
    """The examples of one split, in IOB2.

    Args:
        given: items `(tokens, tags)`, `(tokens, tags, label)` or LabeledSequence.
        split: what messages call the list.
        scheme: of the tags.

    Raises InputError with the number (from 1) of the example at fault.
    """
    reader = TagReader(scheme)
    examples: list[LabeledSequence] = []
    for number, item in enumerate(given, start=1):
        where = f"{split} example {number}"
        tokens, tags, label = _parts(item, where)
        examples.append(LabeledSequence(tokens, reader.iob2(tags, partial(_fault, where)), label))
        if (label is None) != (examples[0].label is None):
            raise InputError(f"{where}: expected a label on every example or on none")
    if not examples:
        raise InputError(f"{split}: expected examples, got none")
    reader.report()
    return tuple(examples)


def _fault(where: str, position: int, message: str) -> InputError:
    return InputError(f"{where}, tag {position + 1}: {message}")


def _parts(item: Any, where: str) -> tuple[tuple[str, ...], tuple[str, ...], str | None]:
    """Tokens, tags and label of one item, checked for shape and type."""
    if isinstance(item, LabeledSequence):
        item = (item.tokens, item.tags, item.label)
    if not isinstance(item, Sequence) or isinstance(item, str) or len(item) not in (2, 3):
        raise InputError(f"{where}: expected (tokens, tags) or (tokens, tags, label), got {item!r:.80}")
    tokens, tags = _strings(item[0], "tokens", where), _strings(item[1], "tags", where)
    if len(tokens) != len(tags):
        raise InputError(f"{where}: expected a tag for each of {len(tokens)} tokens, got {len(tags)} tags")
    label = item[2] if len(item) == 3 else None
    return tokens, tags, None if label is None else _strings([label], "a label", where)[0]


def _strings(part: Any, what: str, where: str) -> tuple[str, ...]:
    """`part` as a tuple of non-empty strings; a string in place of a list is refused, a likely slip."""
    if isinstance(part, str) or not isinstance(part, Sequence) or not part:
        raise InputError(f"{where}: expected {what} as a list of strings, got {part!r:.80}")
    for position, text in enumerate(part, start=1):
        if not isinstance(text, str) or not text:
            raise InputError(f"{where}: expected {what} of at least one character, got {text!r:.80} at {position}")
        if not _is_text(text):
            raise InputError(f"{where}: expected {what} that UTF-8 can write, got {text!r:.80} at {position}")
    return tuple(part)


def _is_text(text: str) -> bool:
    """Whether UTF-8 can write it: half of a surrogate pair, which damaged text decodes to, it cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
