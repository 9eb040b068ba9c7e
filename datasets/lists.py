"""Plain Python lists of examples, checked one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np

from .errors import InputError
from .example import Frames, LabeledSequence, Parallel, Text
from .tag_reader import TagReader

LABELS = (list, tuple, set, frozenset)  # what several labels of one text may come in


def from_list(given: Iterable[Any], split: str, scheme: str = "IOB2") -> tuple[LabeledSequence, ...]:
    """The examples of one split, in IOB2 or with plain tags.

    Args:
        given: items `(tokens, tags)`, `(tokens, tags, label)` or LabeledSequence.
        split: what messages call the list.
        scheme: of the tags; see TagReader.

    Raises InputError with the number (from 1) of the example at fault.
    """
    reader = TagReader(scheme)
    examples: list[LabeledSequence] = []
    for number, item in enumerate(given, start=1):
        where = f"{split} example {number}"
        tokens, tags, label = _parts(item, where)
        examples.append(LabeledSequence(tokens, reader.read(tags, partial(_fault, where)), label))
    _check_whole(examples, split)
    reader.report()
    return tuple(examples)


def text_list(given: Iterable[Any], split: str, blank_lines: bool = False) -> tuple[Text, ...]:
    """The examples of one split: items are strings, `(string, label)` or Text; else as `from_list`.

    Several labels are a list, tuple or set of strings, which may be empty.
    """
    examples = [_text(item, blank_lines, f"{split} example {number}") for number, item in enumerate(given, start=1)]
    _check_whole(examples, split)
    return tuple(examples)


def pair_list(given: Iterable[Any], split: str) -> tuple[Parallel, ...]:
    """The examples of one split: items are `(source, target)` strings or Parallel of two; else as `from_list`."""
    examples = tuple(_pair(item, f"{split} example {number}") for number, item in enumerate(given, start=1))
    if not examples:
        raise InputError(f"{split}: expected examples, got none")
    return examples


def frames_list(given: Iterable[Any], split: str) -> tuple[Frames, ...]:
    """The examples of one split: items are lists of steps, `(steps, label)` or Frames; else as `from_list`."""
    examples = []
    for number, item in enumerate(given, start=1):
        where = f"{split} example {number}"
        if isinstance(item, Frames):
            item = (item.frames, item.label)
        labeled = _is_pair(item) and (item[1] is None or isinstance(item[1], str))
        steps, label = item if labeled else (item, None)
        examples.append(Frames(pitches(steps, where), _label(label, where)))
    _check_whole(examples, split)
    return tuple(examples)


def pitches(steps: Any, where: str) -> tuple[tuple[int, ...], ...]:
    """One piece, a list of steps that are lists of MIDI pitches: each pitch of a step once, ascending.

    Raises InputError with the number (from 1) of the step at fault.
    """
    if isinstance(steps, str) or not isinstance(steps, Sequence) or not steps:
        raise InputError(f"{where}: expected a list of steps, got {steps!r:.80}")
    for number, step in enumerate(steps, start=1):
        if isinstance(step, str) or not isinstance(step, Sequence) or not all(map(is_pitch, step)):
            raise InputError(f"{where}, step {number}: expected a list of MIDI pitches (0 to 127), got {step!r:.80}")
    return tuple(tuple(sorted({int(pitch) for pitch in step})) for step in steps)


def is_pitch(value: Any) -> bool:
    """Whether it is a MIDI pitch, a whole number from 0 to 127; 60.0, as some files have it, is one."""
    return isinstance(value, int | float | np.number) and not isinstance(value, bool) and value in range(128)


def _check_whole(examples: Sequence[LabeledSequence | Text | Frames], split: str) -> None:
    """Raises InputError where there is no example, or where some have no label, one or several, and others not so."""
    if not examples:
        raise InputError(f"{split}: expected examples, got none")
    first = examples[0].label
    for number, example in enumerate(examples, start=1):
        if (example.label is None) != (first is None):
            raise InputError(f"{split} example {number}: expected a label on every example or on none")
        if type(example.label) is not type(first):
            expected = "one label" if isinstance(first, str) else "a list of labels"
            raise InputError(
                f"{split} example {number}: expected {expected} as in example 1, got {example.label!r:.80}"
            )


def _text(item: Any, blank_lines: bool, where: str) -> Text:
    """One raw text with its label, if it has one, checked for type and content."""
    if isinstance(item, Text):
        item = (item.text, item.label)
    text, label = item if _is_pair(item) else (item, None)
    if not isinstance(text, str):
        raise InputError(f"{where}: expected a string or (string, label), got {item!r:.80}")
    _check_text(text, blank_lines, "a text", where)
    labels = _labels(label, where) if isinstance(label, LABELS) else _label(label, where)
    return Text(text if text.strip() else "", labels)


def _pair(item: Any, where: str) -> Parallel:
    """One source with its target, checked for type and content."""
    texts = item.texts if isinstance(item, Parallel) else item
    if not isinstance(texts, list | tuple) or len(texts) != 2 or not all(isinstance(text, str) for text in texts):
        raise InputError(f"{where}: expected (source, target), two strings, got {item!r:.80}")
    for text, side in zip(texts, ("source", "target"), strict=True):
        _check_text(text, False, f"a {side}", where)
    return Parallel(tuple(texts))


def _check_text(text: str, blank_lines: bool, what: str, where: str) -> None:
    """Raises InputError for a blank string, unless it is an empty sentence, and for what UTF-8 cannot write."""
    if not text.strip() and not blank_lines:
        raise InputError(f"{where}: expected {what} of at least one character, got {text!r:.80}")
    if not is_text(text):
        raise InputError(f"{where}: expected {what} that UTF-8 can write, got {text!r:.80}")


def _labels(given: Iterable[Any], where: str) -> tuple[str, ...]:
    """Several labels, or none, as a tuple: each once, in order."""
    labels = tuple(given)
    return tuple(sorted(set(_strings(labels, "labels", where)))) if labels else ()


def _is_pair(item: Any) -> bool:
    return isinstance(item, tuple) and len(item) == 2  # a list of two strings is rather a list of tokens


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
    return tokens, tags, _label(item[2] if len(item) == 3 else None, where)


def _label(label: Any, where: str) -> str | None:
    return None if label is None else _strings([label], "a label", where)[0]


def _strings(part: Any, what: str, where: str) -> tuple[str, ...]:
    """`part` as a tuple of non-empty strings; a string in place of a list is refused, a likely slip."""
    if isinstance(part, str) or not isinstance(part, Sequence) or not part:
        raise InputError(f"{where}: expected {what} as a list of strings, got {part!r:.80}")
    for position, text in enumerate(part, start=1):
        if not isinstance(text, str) or not text:
            raise InputError(f"{where}: expected {what} of at least one character, got {text!r:.80} at {position}")
        if not is_text(text):
            raise InputError(f"{where}: expected {what} that UTF-8 can write, got {text!r:.80} at {position}")
    return tuple(part)


def is_text(text: str) -> bool:
    """Whether UTF-8 can write it: half of a surrogate pair, which damaged text decodes to, it cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
