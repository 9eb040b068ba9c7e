"""CoNLL-U, the format of Universal Dependencies: a word a line in ten columns, a blank line after each sentence.

Comments (`# text = ...`), ranges of words that are written as one (`1-2`) and empty nodes (`1.1`) are passed over: they
are no words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from os import PathLike
from pathlib import Path

from .corpus import Corpus
from .errors import BadRecord, InputError
from .example import LabeledSequence
from .lines import first_pass, lines

COLUMNS = {"upos": 3, "xpos": 4}
WIDTH = 10
NO_WORD = re.compile(r"[1-9][0-9]*-[1-9][0-9]*|[0-9]+\.[1-9][0-9]*")


class ConlluFile:
    """The sentences of one file with a part of speech for each word, read anew at each iteration.

    The constructor reads the file once from end to end, so every mistake is reported before anything else happens.

    Args:
        path: the file; `.gz` is decompressed on the way.
        column: which part of speech, `upos` (universal) or `xpos` (the language's own).

    Raises:
        BadRecord: a row without ten columns, ids that do not run 1, 2, ..., a word without its tag, a file without a
            sentence.
        InputError: another column; whatever `lines` raises.
    """

    def __init__(self, path: str | PathLike[str], *, column: str = "upos") -> None:
        if column not in COLUMNS:
            raise InputError(f"unknown column {column!r}: expected one of {', '.join(COLUMNS)}")
        self.path, self.column = path, column
        self._length = first_pass(self, path)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[LabeledSequence]:
        words: list[tuple[str, str]] = []
        for number, line in lines(self.path):
            if line.strip():
                words += self._words(line, number, len(words) + 1)
            elif words:
                yield _sentence(words)
                words = []
        if words:
            yield _sentence(words)

    def _words(self, line: str, number: int, expected: int) -> list[tuple[str, str]]:
        """The word of one line with its tag, if the line holds one; `expected` is the id that it must have."""
        if line.startswith("#"):
            return []
        fields = line.split("\t")
        if len(fields) != WIDTH:
            raise BadRecord(self.path, number, f"expected {WIDTH} columns apart by tabs, got {len(fields)}")
        place, word, tag = fields[0], fields[1], fields[COLUMNS[self.column]]
        if NO_WORD.fullmatch(place):
            return []
        if place != str(expected):
            raise BadRecord(self.path, number, f"expected id {expected} (or such as 1-2 or 1.1), got {place!r}")
        if not word or tag in ("", "_"):
            raise BadRecord(self.path, number, f"expected a word and its {self.column}, got {word!r} and {tag!r}")
        return [(word, tag)]


def read_conllu(
    train: str | PathLike[str],
    valid: str | PathLike[str] | None = None,
    test: str | PathLike[str] | None = None,
    *,
    column: str = "upos",
    tokens: str = "word",
    name: str | None = None,
    seed: int = 0,
) -> Corpus:
    """A corpus of words with plain tags from CoNLL-U files, read lazily; see ConlluFile for what is raised.

    Without `valid` a tenth of `train`, drawn by `seed`, is held out.

    Example: `read_conllu("en_ewt-ud-train.conllu", "en_ewt-ud-dev.conllu", column="xpos")`
    """
    rest = [None if path is None else ConlluFile(path, column=column) for path in (valid, test)]
    name = name or Path(train).name.split(".")[0]
    first = ConlluFile(train, column=column)
    return Corpus.from_splits(name, first, *rest, tokens=tokens, seed=seed, tagging="tokens")


def _sentence(words: list[tuple[str, str]]) -> LabeledSequence:
    tokens, tags = zip(*words, strict=True)
    return LabeledSequence(tokens, tags)
