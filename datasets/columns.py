"""CoNLL-style columns: one token a line with its tag, a blank line ends a sentence, `-DOCSTART-` a document.

Columns are apart by one tab, or by spaces in a line without tabs; no other character separates, so that an ideographic
space may be a token.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from os import PathLike
from pathlib import Path

from .corpus import Corpus
from .errors import BadRecord, InputError
from .example import LabeledSequence
from .lines import first_pass, lines
from .tag_reader import TagReader, tagging_of

Row = tuple[int, str, str]  # line number, token, tag


class ColumnFile:
    """The sentences of one file, read anew at each iteration.

    The constructor reads the file once from end to end, so every mistake is reported before anything else happens.

    Args:
        path: the file; `.gz` is decompressed on the way.
        scheme: of its tags; examples come out in IOB2. With "plain" the tags are labels of tokens and stay as they are.
        token_column, tag_column: which columns, from 0; negative numbers count from the right.
        width: columns in a line, else as many as the first line has.
        strict: refuse an I- with nothing before it to continue; otherwise one warning counts them.

    Raises:
        BadRecord: a row of another width, a tag that is not of the scheme, a file without a sentence.
        InputError: a column that is not there, tokens and tags in one column; whatever `lines` raises.
    """

    def __init__(
        self,
        path: str | PathLike[str],
        *,
        scheme: str = "IOB2",
        token_column: int = 0,
        tag_column: int = -1,
        width: int | None = None,
        strict: bool = False,
    ) -> None:
        self.path, self.scheme, self.strict = path, scheme, strict
        self.token_column, self.tag_column, self.width = token_column, tag_column, width
        if width is not None and (lack := self._lack(width)):
            raise InputError(f"width={width}: {lack}")
        reader = TagReader(scheme, strict)
        self._length = first_pass(self._examples(reader), path)
        reader.report()

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[LabeledSequence]:
        return self._examples(TagReader(self.scheme, self.strict))

    def _examples(self, reader: TagReader) -> Iterator[LabeledSequence]:
        for rows in self._sentences():
            _, tokens, tags = zip(*rows, strict=True)
            yield LabeledSequence(tokens, reader.read(tags, partial(self._fault, rows)))

    def _fault(self, rows: list[Row], position: int, message: str) -> BadRecord:
        return BadRecord(self.path, rows[position][0], message)

    def _sentences(self) -> Iterator[list[Row]]:
        """The rows of one sentence after the other."""
        rows: list[Row] = []
        for number, line in lines(self.path):
            fields = _fields(line)
            if fields and fields[0] != "-DOCSTART-":
                rows.append((number, *self._cells(fields, number)))
            elif rows:
                yield rows
                rows = []
        if rows:
            yield rows

    def _cells(self, fields: list[str], number: int) -> tuple[str, str]:
        """The token and the tag of one row, which has the file's width and no empty field."""
        if self.width is None:
            if lack := self._lack(len(fields)):
                raise BadRecord(self.path, number, lack)
            self.width = len(fields)
        if len(fields) != self.width:
            raise BadRecord(self.path, number, f"expected {self.width} columns, got {len(fields)}")
        token, tag = fields[self.token_column], fields[self.tag_column]
        if not token or not tag:
            raise BadRecord(self.path, number, f"expected a token and a tag, got {token!r} and {tag!r}")
        return token, tag

    def _lack(self, width: int) -> str | None:
        """What is wrong where `width` columns are not one for the token and another for the tag."""
        token, tag = self.token_column, self.tag_column
        least = max(2, *(column + 1 if column >= 0 else -column for column in (token, tag)))
        if width < least:
            return f"expected at least {least} columns for token_column {token} and tag_column {tag}, got {width}"
        if token % width == tag % width:
            return f"expected two different columns, got token_column {token} and tag_column {tag} of {width}"
        return None


def read_columns(
    train: str | PathLike[str],
    valid: str | PathLike[str] | None = None,
    test: str | PathLike[str] | None = None,
    *,
    scheme: str = "IOB2",
    token_column: int = 0,
    tag_column: int = -1,
    width: int | None = None,
    strict: bool = False,
    tokens: str = "whitespace",
    name: str | None = None,
    seed: int = 0,
) -> Corpus:
    """A corpus from column files, read lazily; see ColumnFile for the arguments and for what is raised.

    Without `valid` a tenth of `train`, drawn by `seed`, is held out.
    """

    def column_file(path: str | PathLike[str]) -> ColumnFile:
        return ColumnFile(
            path, scheme=scheme, token_column=token_column, tag_column=tag_column, width=width, strict=strict
        )

    rest = [None if path is None else column_file(path) for path in (valid, test)]
    name = name or Path(train).name.split(".")[0]
    return Corpus.from_splits(name, column_file(train), *rest, tokens=tokens, seed=seed, tagging=tagging_of(scheme))


def _fields(line: str) -> list[str]:
    """The line's columns; none for a blank line."""
    if not line.strip(" \t"):
        return []
    return [field.strip(" ") for field in line.split("\t")] if "\t" in line else [f for f in line.split(" ") if f]
