"""Word vectors as text, a word and its numbers a line: GloVe, word2vec's text format, fastText's `.vec`.

word2vec and fastText say in a first line how many vectors follow and how long they are. A word may hold spaces, as some
of GloVe's do: the last numbers of a line are the vector, what stands before them is the word.
"""

from __future__ import annotations

import logging
import re
from array import array
from collections.abc import Collection, Iterator
from itertools import takewhile
from os import PathLike, fspath
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .errors import BadRecord, InputError
from .lines import lines

logger = logging.getLogger(__name__)
HEAD = re.compile("([0-9]{1,15}) ([1-9][0-9]{0,5})")  # how many vectors, how long each is


class WordVectors(NamedTuple):
    """Words (V,) in the order of the file, and the vector of each: (V, E) of float32."""

    words: tuple[str, ...]
    vectors: NDArray[np.float32]


def read_vectors(path: str | PathLike[str], wanted: Collection[str] | None = None) -> WordVectors:
    """The vectors of one file, `.gz` or not, read as a stream.

    Of a word that stands there twice the first vector counts; one warning says how often that was.

    Args:
        path: the file.
        wanted: the words to keep, none of which need be there; all of the file's without it. The numbers of other words
            are not looked at, so that a file of millions of words is read in little memory.

    Raises:
        BadRecord: a row of another width, a kept word's number that is none or not finite, fewer or more rows than the
            first line says, a file without a vector.
        InputError: a string for `wanted`; whatever `lines` raises.

    Example: `read_vectors("glove.6B.50d.txt", {"to", "from"}).vectors.shape` is (2, 50).
    """
    if isinstance(wanted, str):
        raise InputError(f"wanted: expected a collection of words, got {wanted!r:.80}")
    kept = None if wanted is None else frozenset(wanted)
    found: dict[str, int] = {}  # word -> line
    numbers, repeated, first, text = array("f"), 0, "", ""
    for line, word, text in _rows(path):
        if kept is not None and word not in kept:
            continue
        if word in found:
            repeated += 1
            first = first or f"{fspath(path)}:{line}: {word!r:.80} stands in line {found[word]} already"
            continue
        found[word] = line
        numbers.frombytes(_vector(path, line, text).tobytes())
    if repeated:
        logger.warning("%s (%d such lines in all; the first of each word counts)", first, repeated)
    return WordVectors(tuple(found), np.frombuffer(numbers, np.float32).reshape(len(found), text.count(" ") + 1))


def _rows(path: str | PathLike[str]) -> Iterator[tuple[int, str, str]]:
    """(line number, word, its numbers as text) of each row."""
    head, width, count, number = None, 0, 0, 1
    for number, line in lines(path):
        line = line.rstrip(" ")
        if number == 1 and (head := HEAD.fullmatch(line)):
            width = int(head[2])
        elif line:
            width = width or _width(path, number, line)
            word = _word(path, number, line, width)
            count += 1
            yield number, word, line[len(word) + 1 :]
    if not count:
        raise BadRecord(path, 1, "expected word vectors, got none")
    if head and count != int(head[1]):
        raise BadRecord(path, number, f"expected {int(head[1])} vectors, as line 1 says, got {count}")


def _width(path: str | PathLike[str], number: int, line: str) -> int:
    """How many numbers stand at the end of the first row."""
    fields = line.split(" ")
    width = len(list(takewhile(_is_number, reversed(fields[1:]))))
    if not width:
        raise BadRecord(path, number, f"expected a word and numbers with a space between, got {line!r:.80}")
    return width


def _word(path: str | PathLike[str], number: int, line: str, width: int) -> str:
    """What stands before the last `width` fields; two numbers too many are no part of a word."""
    spaces = line.count(" ")
    word = line[: line.index(" ")] if spaces == width else line.rsplit(" ", width)[0]
    last = word.rpartition(" ")[2] if spaces > width else word
    if spaces < width or not last or (spaces > width and _is_number(last)):
        raise BadRecord(path, number, f"expected a word and {width} numbers, got {spaces + 1} fields")
    return word


def _vector(path: str | PathLike[str], number: int, text: str) -> NDArray[np.float32]:
    fields = text.split(" ")
    try:
        with np.errstate(over="ignore"):
            vector = np.array([float(field) for field in fields], np.float32)
    except ValueError:
        wrong = next(field for field in fields if not _is_number(field))
        raise BadRecord(path, number, f"expected numbers, got {wrong!r:.80}") from None
    if not np.isfinite(vector).all():
        wrong = fields[int(np.argmin(np.isfinite(vector)))]
        raise BadRecord(path, number, f"expected finite numbers, got {wrong!r:.80}")
    return vector


def _is_number(field: str) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True
