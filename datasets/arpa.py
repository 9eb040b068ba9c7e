r"""N-gram models as text: the ARPA format of KenLM, SRILM and others.

\data\                                   what follows: how many n-grams of each order
ngram 1=3
\1-grams:                                a section for each order
-0.5<TAB>word<TAB>-0.3                   log10 p of the last word, the words, log10 of the backoff weight (0 where it lacks)
\end\

A log10 of -99 or less stands for a probability of 0. The highest order has no backoff weights.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from os import PathLike, fspath
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .atomic_file import write_file
from .errors import BadRecord, InputError
from .lines import lines

ZERO = -99.0  # log10 of a probability of 0
CHUNK = 1 << 12  # n-grams that are text at one time; with more, Python collects garbage in vain


class ArpaTable(NamedTuple):
    """The n-grams of order k, G of them, in any order.

    words: places in the list of all words, (G, k) of int32.
    log10_probability, log10_backoff: (G,) of float64; the latter empty for the highest order.
    """

    words: NDArray[np.int32]
    log10_probability: NDArray[np.float64]
    log10_backoff: NDArray[np.float64]


class Arpa(NamedTuple):
    """What an ARPA file holds: the words in the order of its 1-grams, and a table for each order."""

    words: tuple[str, ...]
    tables: tuple[ArpaTable, ...]


def write_arpa(path: str | PathLike[str], arpa: Arpa) -> None:
    """Writes the file whole or not at all, compressed where its name ends in `.gz`.

    Raises InputError for a word that is empty, holds a blank or stands twice; OSError where the disk is full.
    """
    for word, count in Counter(arpa.words).items():
        if count > 1 or not word or any(blank in word for blank in " \t\r\n"):
            raise InputError(f"{fspath(path)}: expected distinct words without blanks, got {word!r} {count} times")
    text = (piece.encode() for piece in _text(arpa))
    write_file(path, _compressed(text) if fspath(path).endswith(".gz") else text)


def read_arpa(path: str | PathLike[str]) -> Arpa:
    """Reads the file, `.gz` as is; only the numbers of its n-grams are kept in memory.

    Raises:
        BadRecord: another header, fewer or more n-grams than it says, a file cut short, a line of another number of words,
            a number that is none or a probability above 1, a word that is no 1-gram, an n-gram that stands twice.
        InputError: whatever `lines` raises.
    """
    reader = _Reader(path)
    counts = reader.header()
    tables = [reader.section(k, count, k == len(counts)) for k, count in enumerate(counts, 1)]
    return Arpa(tuple(reader.index), tuple(tables))


def _text(arpa: Arpa) -> Iterator[str]:
    yield "\\data\\\n" + "".join(f"ngram {k}={len(table.words)}\n" for k, table in enumerate(arpa.tables, 1))
    for k, (words, probability, backoff) in enumerate(arpa.tables, 1):
        yield f"\n\\{k}-grams:\n"
        line = "%.7g\t%s\t%.7g\n" if len(backoff) else "%.7g\t%s\n"
        for start in range(0, len(words), CHUNK):
            part = slice(start, start + CHUNK)
            columns = [map(arpa.words.__getitem__, column) for column in words[part].T.tolist()]
            grams = map(" ".join, zip(*columns, strict=True))
            numbers = [x[part].tolist() for x in (probability, backoff) if len(x)]
            yield "".join(map(line.__mod__, zip(numbers[0], grams, *numbers[1:], strict=True)))
    yield "\n\\end\\\n"


def _compressed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """As gzip data."""
    packer = zlib.compressobj(wbits=31)
    for piece in pieces:
        yield packer.compress(piece)
    yield packer.flush()


class _Reader:
    """Goes through a file line by line; `index` numbers the words of its 1-grams."""

    def __init__(self, path: str | PathLike[str]) -> None:
        self.path, self.number = path, 0
        self.index: dict[str, int] = {}
        self._lines = lines(path)

    def header(self) -> list[int]:
        """How many n-grams of each order there are."""
        if (line := self._next()) != "\\data\\":
            raise self._fault(f"expected \\data\\, got {line[:50]!r}")
        counts: list[int] = []
        while (line := self._next()).startswith("ngram"):
            match = re.fullmatch(r"ngram\s+(\d{1,18})\s*=\s*(\d{1,18})", line, re.ASCII)
            if not match or int(match[1]) != len(counts) + 1:
                raise self._fault(f"expected ngram {len(counts) + 1}=COUNT, got {line[:50]!r}")
            counts.append(int(match[2]))
        title = "\\1-grams:" if counts else "ngram 1=COUNT"
        if line != title:
            raise self._fault(f"expected {title}, got {line[:50]!r}")
        return counts

    def section(self, k: int, count: int, highest: bool) -> ArpaTable:
        """The n-grams of order k, whose title has been read, and the title behind them."""
        first, parts = self.number + 1, [ArpaTable(np.zeros((0, k), np.int32), np.zeros(0), np.zeros(0))]
        for start in range(0, count, CHUNK):
            size = min(CHUNK, count - start)
            rows = [line for _, line in islice(self._lines, size)]
            parts.append(self._rows(rows, k, highest))
            self.number += len(rows)
            if len(rows) < size:
                raise self._fault(f"expected {count} {k}-grams, got {start + len(rows)}: the file is cut short")
        words, probability, backoff = (np.concatenate(part) for part in zip(*parts, strict=True))
        if (twice := _repeated(words)) is not None:
            raise BadRecord(self.path, first + twice, f"expected distinct {k}-grams, got one that stands above, too")
        title = "\\end\\" if highest else f"\\{k + 1}-grams:"
        if (line := self._next()) != title:
            raise self._fault(f"expected {title} after {count} {k}-grams, got {line[:50]!r}")
        return ArpaTable(words, probability, backoff[: 0 if highest else None])

    def _rows(self, rows: list[str], k: int, highest: bool) -> ArpaTable:
        """The n-grams of some lines."""
        fields, width = self._fields(rows, k, highest)
        words = [fields[i::width] for i in range(1, k + 1)]
        if k == 1:
            for word in words[0]:
                self.index.setdefault(word, len(self.index))
        ids = np.stack([_places(column, self.index) for column in words], axis=1)
        self._check(rows, np.all(ids >= 0, axis=1), "words that are 1-grams")
        probability = _numbers(fields[0::width])
        self._check(rows, probability <= 0, "log10 of a probability")
        backoff = _numbers(fields[k + 1 :: width]) if width == k + 2 else np.zeros(len(rows))
        self._check(rows, backoff < np.inf, "log10 of a backoff weight")
        return ArpaTable(ids, probability, backoff)

    def _fields(self, rows: list[str], k: int, highest: bool) -> tuple[list[str], int]:
        """All fields one after another, and how many each row has: a number, k words, perhaps another number."""
        blanks = {row.count(" ") + row.count("\t") for row in rows}
        if len(blanks) == 1 and (width := blanks.pop() + 1) in (k + 1, k + 1 if highest else k + 2):
            fields = " ".join(rows).replace("\t", " ").split(" ")
            if "" not in fields:
                return fields, width
        split = [[field for field in row.replace("\t", " ").split(" ") if field] for row in rows]
        self._check(rows, np.array([len(fields) > 1 for fields in split], bool), f"another {k}-gram")
        whole = [len(fields) == k + 1 or (len(fields) == k + 2 and not highest) for fields in split]
        self._check(rows, np.array(whole, bool), f"a number and {k} words" + ("" if highest else ", perhaps a number"))
        width = k + 1 if highest else k + 2
        return [field for fields in split for field in (*fields, "0")[:width]], width

    def _check(self, rows: list[str], good: NDArray[np.bool_], expected: str) -> None:
        """Raises BadRecord for the first row that is not good."""
        if not good.all():
            at = int(np.argmin(good))
            raise BadRecord(self.path, self.number + at + 1, f"expected {expected}, got {rows[at][:80]!r}")

    def _next(self) -> str:
        """The next line that is not blank."""
        for self.number, line in self._lines:  # noqa: B020
            if text := line.strip(" \t"):
                return text
        raise self._fault("expected \\end\\, got the end of the file: it is cut short")

    def _fault(self, message: str) -> BadRecord:
        return BadRecord(self.path, max(self.number, 1), message)


def _places(words: list[str], index: dict[str, int]) -> NDArray[np.int32]:
    """The number of each word, -1 where it has none."""
    try:
        return np.fromiter(map(index.__getitem__, words), np.int32, len(words))
    except KeyError:
        return np.array([index.get(word, -1) for word in words], np.int32)


def _numbers(fields: list[str]) -> NDArray[np.float64]:
    """The fields as numbers, NaN where one is none."""
    try:
        return np.fromiter(map(float, fields), np.float64, len(fields))
    except ValueError:
        return np.array([_number(field) for field in fields])


def _number(field: str) -> float:
    try:
        return float(field)
    except ValueError:
        return np.nan


def _repeated(words: NDArray[np.int32]) -> int | None:
    """The first row that equals one before it, if there is one."""
    mixed = np.zeros(len(words), np.uint64)
    for column in words.T:  # equal rows become equal numbers, others hardly ever
        mixed = (mixed ^ column.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    order = np.argsort(mixed, kind="stable")
    before, behind = order[:-1], order[1:]
    same = np.flatnonzero(mixed[before] == mixed[behind])
    same = same[(words[before[same]] == words[behind[same]]).all(axis=1)]
    return int(behind[same].min()) if len(same) else None
