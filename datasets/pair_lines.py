"""Pairs of texts, one a row of a TSV, CSV or JSON lines file: `Good morning.<TAB>早安。`."""

from __future__ import annotations

from collections.abc import Iterator
from os import PathLike, fspath
from pathlib import Path

from .corpus import Corpus, languages_of
from .errors import BadRecord, InputError
from .example import Parallel
from .lines import check_rereadable
from .lists import is_text
from .parallel_files import Row, count_whole, whole
from .records import Column, format_of, records


class PairLines:
    """The pairs of one file, read anew at each iteration, each text as it was written; see `records` for the formats.

    The constructor reads the file once from end to end, so every mistake is reported before anything else happens. A row
    with a blank text is left out, and one warning counts such rows.

    Args:
        path: the file; `.gz` is decompressed on the way.
        source, target: the columns: names, or numbers from 0 (negative from the right). Without them `source` and `target`
            where columns have names, else 0 and 1. Further columns are not looked at.
        header: whether the first row names the columns. Without it that of a CSV file does, that of a TSV file does not;
            JSON lines have their keys.

    Raises:
        BadRecord: another type in JSON, a file without a pair; what `records` raises.
        InputError: a file with another ending, twice the same column; what `records` raises.
    """

    def __init__(
        self,
        path: str | PathLike[str],
        *,
        source: Column | None = None,
        target: Column | None = None,
        header: bool | None = None,
    ) -> None:
        ending = format_of(path)
        self.header = ending == ".csv" if header is None else header
        named = self.header or ending == ".jsonl"
        self.source: Column = source if source is not None else "source" if named else 0
        self.target: Column = target if target is not None else "target" if named else 1
        self.path = path
        if self.source == self.target:
            raise InputError(f"{fspath(path)}: expected different columns, got twice {self.source!r}")
        check_rereadable(path)
        self._length = count_whole(self._rows(), (path, path))

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Parallel]:
        return whole(self._rows())

    def _rows(self) -> Iterator[Row]:
        for number, texts in records(self.path, (self.source, self.target), self.header):
            for text in texts:
                if not isinstance(text, str) or not is_text(text):
                    raise BadRecord(self.path, number, f"expected a text that UTF-8 can write, got {text!r:.80}")
            yield number, tuple(texts)


def read_pairs(
    train: str | PathLike[str],
    valid: str | PathLike[str] | None = None,
    test: str | PathLike[str] | None = None,
    *,
    source: Column | None = None,
    target: Column | None = None,
    header: bool | None = None,
    tokens: str = "whitespace",
    target_tokens: str | None = None,
    name: str | None = None,
    seed: int = 0,
) -> Corpus:
    """A corpus of `Parallel` from TSV, CSV or JSON lines, read lazily; see PairLines for the columns and what is raised.

    The languages are named like the columns, or `source` and `target` where those have numbers. `tokens` is the rule of the
    source, `target_tokens` that of the target, without it the same. Without `valid` a tenth of `train`, drawn by `seed`, is
    held out.

    Example: `read_pairs("train.csv", source="english", target="chinese", target_tokens="char")`
    """

    def pair_lines(path: str | PathLike[str]) -> PairLines:
        return PairLines(path, source=source, target=target, header=header)

    rest = [None if path is None else pair_lines(path) for path in (valid, test)]
    columns = (source, "source"), (target, "target")
    names = [column if isinstance(column, str) else default for column, default in columns]
    name = name or Path(train).name.split(".")[0]
    languages = languages_of(names, tokens, target_tokens)
    return Corpus.from_splits(name, pair_lines(train), *rest, seed=seed, languages=languages)
