"""Labelled texts, one a row of a TSV, CSV or JSON lines file: `a fine film<TAB>positive`."""

from __future__ import annotations

from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import Any

from .corpus import Corpus
from .errors import BadRecord, InputError
from .example import Text
from .lines import check_rereadable
from .lists import is_text
from .records import Column, format_of, records


class LabeledLines:
    """The texts of one file with their labels, read anew at each iteration; see `records` for the formats.

    The constructor reads the file once from end to end, so every mistake is reported before anything else happens. A text
    stays as it was written, a label loses the white space around it. JSON may have a list of labels for each text.

    Args:
        path: the file; `.gz` is decompressed on the way.
        text, label: the columns: names, or numbers from 0 (negative from the right). Without them `text` and `label` where
            columns have names, else 0 and 1.
        header: whether the first row names the columns. Without it that of a CSV file does, that of a TSV file does not;
            JSON lines have their keys.
        separator: what stands between the labels of one text, `|` say; each text then has a tuple of labels, an empty one
            where the field is empty.

    Raises:
        BadRecord: an empty text or label, another type in JSON, one label here and a list there, a file without a row;
            what `records` raises.
        InputError: a file with another ending, an empty separator; what `records` raises.
    """

    def __init__(
        self,
        path: str | PathLike[str],
        *,
        text: Column | None = None,
        label: Column | None = None,
        header: bool | None = None,
        separator: str | None = None,
    ) -> None:
        if separator == "":
            raise InputError("separator: expected at least one character, got ''")
        ending = format_of(path)
        self.header = ending == ".csv" if header is None else header
        named = self.header or ending == ".jsonl"
        self.text: Column = text if text is not None else "text" if named else 0
        self.label: Column = label if label is not None else "label" if named else 1
        self.path, self.separator = path, separator
        check_rereadable(path)
        self._length = sum(1 for _ in self)
        if not self._length:
            raise BadRecord(path, 1, "expected labelled texts, got none")

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Text]:
        kind = None
        for number, (text, label) in records(self.path, (self.text, self.label), self.header):
            example = Text(self._checked(text, "a text", number), self._labels(label, number))
            kind = kind or type(example.label)
            if not isinstance(example.label, kind):
                expected = "one label" if kind is str else "a list of labels"
                raise BadRecord(self.path, number, f"expected {expected} as in the first text, got {label!r:.80}")
            yield example

    def _labels(self, given: Any, number: int) -> str | tuple[str, ...]:
        """The label of one text or, where there may be several, all of them, each once and sorted."""
        if isinstance(given, str) and self.separator is None:
            return self._checked(given, "a label", number).strip()
        if isinstance(given, str):
            given = given.split(self.separator) if given.strip() else []
        if not isinstance(given, list):
            raise BadRecord(self.path, number, f"expected a label or a list of labels, got {given!r:.80}")
        return tuple(sorted({self._checked(label, "a label", number).strip() for label in given}))

    def _checked(self, given: Any, what: str, number: int) -> str:
        """`given`, if it is a string that is not blank."""
        if not isinstance(given, str) or not given.strip():
            raise BadRecord(self.path, number, f"expected {what} of at least one character, got {given!r:.80}")
        if not is_text(given):
            raise BadRecord(self.path, number, f"expected {what} that UTF-8 can write, got {given!r:.80}")
        return given


def read_labeled(
    train: str | PathLike[str],
    valid: str | PathLike[str] | None = None,
    test: str | PathLike[str] | None = None,
    *,
    text: Column | None = None,
    label: Column | None = None,
    header: bool | None = None,
    separator: str | None = None,
    tokens: str = "word",
    name: str | None = None,
    seed: int = 0,
) -> Corpus:
    """A corpus of `Text` from TSV, CSV or JSON lines, read lazily; see LabeledLines for the arguments and what is raised.

    Without `valid` a tenth of `train`, drawn by `seed`, is held out.

    Example: `read_labeled("train.csv", text="review", label="genres", separator="|")`
    """

    def labeled_lines(path: str | PathLike[str]) -> LabeledLines:
        return LabeledLines(path, text=text, label=label, header=header, separator=separator)

    rest = [None if path is None else labeled_lines(path) for path in (valid, test)]
    name = name or Path(train).name.split(".")[0]
    return Corpus.from_splits(name, labeled_lines(train), *rest, tokens=tokens, seed=seed)
