"""Parallel files, one for each language: line by line the same sentence (`train.en` and `train.de`)."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from os import PathLike, fspath
from pathlib import Path

from .corpus import Corpus, languages_of
from .errors import BadRecord, InputError
from .example import Parallel
from .lines import check_rereadable, lines

logger = logging.getLogger(__name__)

Paths = Sequence[str | PathLike[str]]
Row = tuple[int, tuple[str, ...]]


class ParallelFiles:
    """The sentences of two or more parallel files, read anew at each iteration, each as it was written.

    The constructor reads the files once from end to end, so every mistake is reported before anything else happens. A line
    that is blank in one file is left out of all: no other moves, and one warning counts such lines.

    Args:
        paths: a file for each language; `.gz` is decompressed on the way.

    Raises:
        BadRecord: no line that has a text in every file.
        InputError: files of unequal length, less than two files; whatever `lines` raises.
    """

    def __init__(self, paths: Paths) -> None:
        if isinstance(paths, str | PathLike) or len(paths) < 2:
            raise InputError(f"expected two files or more, one for each language, got {paths!r}")
        self.paths = tuple(paths)
        for path in self.paths:
            check_rereadable(path)
        self._length = count_whole(self._rows(), self.paths)

    @property
    def languages(self) -> tuple[str, ...]:
        """Their names by what the files' names end in; see `read_parallel`."""
        return _names(self.paths)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Parallel]:
        return whole(self._rows())

    def _rows(self) -> Iterator[Row]:
        readers = [lines(path) for path in self.paths]
        for number, row in enumerate(zip_longest(*readers), start=1):
            texts = tuple(entry[1] for entry in row if entry)
            if len(texts) < len(row):
                read = [number if entry else number - 1 for entry in row]
                raise self._unequal([n + sum(1 for _ in reader) for n, reader in zip(read, readers, strict=True)])
            yield number, texts

    def _unequal(self, counts: list[int]) -> InputError:
        """`counts`: how many lines each file has."""
        first, *others = (f"{fspath(path)}: {count}" for path, count in zip(self.paths, counts, strict=True))
        end = min(counts)
        return InputError(
            f"{', '.join([f'{first} lines', *others])}: expected equally many, {fspath(self.paths[counts.index(end)])} ends "
            f"before line {end + 1}"
        )


def count_whole(rows: Iterable[Row], paths: Paths) -> int:
    """How many rows have a text in every language; a warning counts the others, and says where the first is.

    Args:
        rows: (line number, a text for each language).
        paths: the file of each language.

    Raises BadRecord where there is no such row.
    """
    total, blank, first = 0, 0, ""
    for number, texts in rows:
        total += 1
        empty = [path for path, text in zip(paths, texts, strict=True) if not text.strip()]
        if empty:
            blank, first = blank + 1, first or f"{fspath(empty[0])}:{number}"
    if blank == total:
        raise BadRecord(paths[0], 1, "expected a text in each language, got none")
    if blank:
        logger.warning("left out %d of %d examples, of which a text is blank, the first at %s", blank, total, first)
    return total - blank


def whole(rows: Iterable[Row]) -> Iterator[Parallel]:
    """The rows that have a text in every language."""
    return (Parallel(texts) for _, texts in rows if all(text.strip() for text in texts))


def read_parallel(
    train: Paths,
    valid: Paths | None = None,
    test: Paths | None = None,
    *,
    tokens: str = "whitespace",
    target_tokens: str | None = None,
    name: str | None = None,
    seed: int = 0,
) -> Corpus:
    """A corpus of `Parallel` from files, one for each language, read lazily; see ParallelFiles for what is raised.

    The languages are named by what the files' names end in, `en` and `de` of `train.en` and `train.de.gz`, or, where that
    tells them not apart, `source` and `target`. `tokens` is the rule of the first, `target_tokens` that of the others,
    without it the same. Without `valid` a tenth of `train`, drawn by `seed`, is held out.

    Raises also InputError where a split has not as many files as `train`, or the same languages in another order.

    Example: `read_parallel(("train.en", "train.zh"), ("dev.en", "dev.zh"), target_tokens="char")`
    """
    splits = {"train": train, "valid": valid, "test": test}
    files = {split: ParallelFiles(paths) for split, paths in splits.items() if paths is not None}
    names = files["train"].languages
    for split, found in files.items():
        _check_order(split, found.languages, names)
    rest = files.get("valid"), files.get("test")
    languages = languages_of(names, tokens, target_tokens)
    name = name or Path(train[0]).name.split(".")[0]
    return Corpus.from_splits(name, files["train"], *rest, seed=seed, languages=languages)


def _names(paths: Paths) -> tuple[str, ...]:
    """The last part of the files' endings in which all differ: `en` and `de` of `a.en.txt` and `a.de.txt`."""
    endings = [Path(path).name.removesuffix(".gz").split(".")[:0:-1] for path in paths]
    numbered = ("source", "target", *(f"target{number}" for number in range(2, len(paths))))
    return next((parts for parts in zip(*endings, strict=False) if len(set(parts)) == len(paths)), numbered)


def _check_order(split: str, names: tuple[str, ...], expected: tuple[str, ...]) -> None:
    if len(names) != len(expected):
        raise InputError(f"{split}: expected {len(expected)} files, as many as of train, got {len(names)}")
    if names != expected and set(names) == set(expected):
        raise InputError(f"{split}: expected the order {', '.join(expected)} as of train, got {', '.join(names)}")
