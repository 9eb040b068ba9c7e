"""Segmented text, a sentence a line with white space between words, and its characters with tags (Xue, 2003).

`共同 创造` becomes 共/B 同/I 创/B 造/I: B begins a word, I goes on with it, and every character belongs to a word. The
characters are those of the token rule `char`: a base with its combining marks, and no white space.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from os import PathLike
from pathlib import Path

from .atomic_file import write_file
from .corpus import Corpus
from .errors import BadRecord, InputError
from .example import LabeledSequence
from .lines import first_pass, lines

# Unicode's White_Space; str.split would also cut at the separators U+001C to U+001F.
BLANKS = re.compile("[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")


def words_in(line: str) -> list[str]:
    """The words of a line, which have white space between them."""
    return [word for word in BLANKS.split(line) if word]


def characters_of(word: str) -> list[str]:
    """The characters of a word, each with the marks that stand on it; a mark at the start is one by itself."""
    found: list[str] = []
    for point in word:
        if found and unicodedata.category(point).startswith("M"):
            found[-1] += point
        else:
            found.append(point)
    return found


def sequence_of(words: Iterable[str]) -> LabeledSequence:
    """The characters of a sentence with their tags, from its words."""
    parts = [characters_of(word) for word in words]
    tags = [tag for part in parts for tag in ("B", *"I" * (len(part) - 1))]
    return LabeledSequence(tuple(character for part in parts for character in part), tuple(tags))


def words_of(characters: Sequence[str], tags: Sequence[str]) -> list[str]:
    """The words of a sentence, from its characters and their tags; a first I begins a word as B does.

    Raises InputError for another tag than B and I, or not as many tags as characters.

    Example: `words_of("ABCD", "BIBB")` is ["AB", "C", "D"].
    """
    if len(characters) != len(tags):
        raise InputError(f"expected a tag for each of {len(characters)} characters, got {len(tags)} tags")
    words: list[str] = []
    for position, (character, tag) in enumerate(zip(characters, tags, strict=True), start=1):
        if tag not in ("B", "I"):
            raise InputError(f"tag {position}: expected B or I, got {tag!r}")
        if tag == "B" or not words:
            words.append(character)
        else:
            words[-1] += character
    return words


class SegmentedFile:
    """The sentences of one file as characters with tags, read anew at each iteration; a blank line is no sentence.

    The constructor reads the file once from end to end, so every mistake is reported before anything else happens.

    Args:
        path: the file; `.gz` is decompressed on the way.
        words: what finds the words in a line, for files that hold more than words.

    Raises:
        BadRecord: a file without a sentence; what `words` raises as InputError, with the line.
        InputError: whatever `lines` raises.
    """

    def __init__(self, path: str | PathLike[str], words: Callable[[str], Sequence[str]] = words_in) -> None:
        self.path, self.words = path, words
        self._length = first_pass(self, path)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[LabeledSequence]:
        for number, line in lines(self.path):
            try:
                words = self.words(line)
            except InputError as error:
                raise BadRecord(self.path, number, str(error)) from None
            if words:
                yield sequence_of(words)


def read_segmented(
    train: str | PathLike[str],
    valid: str | PathLike[str] | None = None,
    test: str | PathLike[str] | None = None,
    *,
    name: str | None = None,
    seed: int = 0,
) -> Corpus:
    """A corpus of characters with the tags B and I from segmented files, read lazily; see SegmentedFile for what is raised.

    Without `valid` a tenth of `train`, drawn by `seed`, is held out.

    Example: `read_segmented("pku_training.utf8", test="pku_test_gold.utf8")`
    """
    rest = [None if path is None else SegmentedFile(path) for path in (valid, test)]
    name = name or Path(train).name.split(".")[0]
    return Corpus.from_splits(name, SegmentedFile(train), *rest, tokens="char", seed=seed)


def write_segmented(path: str | PathLike[str], sentences: Iterable[Sequence[str]]) -> None:
    """Writes sentences, each a list of words, a line each and a blank between words; the file is whole or not there.

    A sentence without words is an empty line, so that the lines stay those of the text that was segmented.

    Raises InputError for a word that is empty or has white space in it, with the sentence's number from 1; what
    `write_file` raises.
    """
    write_file(path, (f"{_line(words, number)}\n" for number, words in enumerate(sentences, start=1)))


def _line(words: Sequence[str], number: int) -> str:
    if isinstance(words, str):
        raise InputError(f"sentence {number}: expected a list of words, got {words!r:.80}")
    for word in words:
        if words_in(word) != [word]:
            raise InputError(f"sentence {number}: expected words without white space, got {word!r:.80}")
    return " ".join(words)
