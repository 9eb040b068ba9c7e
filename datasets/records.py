"""Rows of TSV, CSV and JSON lines: the wanted columns of each, with the line on which the row begins.

- `.tsv`: columns apart by tabs, each taken as it stands; a quotation mark is a character like others.
- `.csv`: columns apart by commas; one in quotation marks may hold commas, line breaks and, doubled, quotation marks.
- `.jsonl`: an object a line, whose keys are the columns.

The file's ending says which, `.gz` after it or not. An empty line is no row.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from os import PathLike, fspath
from pathlib import PurePath
from typing import Any

from .errors import BadRecord, InputError
from .lines import lines

LONGEST = 10_000_000  # bytes of a line, and characters of a quoted field: a document may be one

Column = str | int
Row = tuple[int, list[Any]]


def format_of(path: str | PathLike[str]) -> str:
    """`.tsv`, `.csv` or `.jsonl`; raises InputError for a file with another ending."""
    ending = PurePath(fspath(path).lower().removesuffix(".gz")).suffix
    if ending not in (".tsv", ".csv", ".jsonl"):
        raise InputError(f"{fspath(path)}: expected a file that ends in .tsv, .csv or .jsonl (or so and in .gz)")
    return ending


def records(path: str | PathLike[str], columns: Sequence[Column], header: bool) -> Iterator[Row]:
    """Yields (line number, the values of `columns`) of each row, as a stream.

    Args:
        path: the file.
        columns: which ones: names, or numbers from 0 (negative from the right). JSON lines have names alone.
        header: whether the first row names the columns; JSON lines have none.

    Raises:
        BadRecord: a column that is not there, a row of another width, what is not CSV or not a JSON object.
        InputError: a name without a header, a number for JSON lines; whatever `lines` raises.
    """
    ending = format_of(path)
    for column in columns:
        if isinstance(column, int) if ending == ".jsonl" else isinstance(column, str) and not header:
            expected = (
                "a key, as lines of JSON have them" if ending == ".jsonl" else "a number from 0, without a header"
            )
            raise InputError(f"{fspath(path)}: column {column!r}: expected {expected}")
    if ending == ".jsonl":
        return _members(path, columns)
    return _cells(path, _tab_rows(path) if ending == ".tsv" else _quoted_rows(path), columns, header)


def _cells(path: str | PathLike[str], rows: Iterator[Row], columns: Sequence[Column], header: bool) -> Iterator[Row]:
    """The wanted cells of rows that are all as wide as the first."""
    width = 0
    places: list[int] = []
    for number, row in rows:
        if not places:
            width, places = len(row), [_place(path, number, column, row, header) for column in columns]
            if len(set(places)) < len(places):
                raise BadRecord(path, number, f"expected different columns, got {', '.join(map(repr, columns))}")
            if header:
                continue
        if len(row) != width:
            raise BadRecord(path, number, f"expected {width} columns, got {len(row)}")
        yield number, [row[place] for place in places]


def _place(path: str | PathLike[str], number: int, column: Column, first: list[str], header: bool) -> int:
    """Where a column stands in every row, from 0."""
    width = len(first)
    if isinstance(column, int):
        if not -width <= column < width:
            raise BadRecord(path, number, f"no column {column}: expected -{width} to {width - 1}, got {width} columns")
        return column % width
    if first.count(column) != 1:
        raise BadRecord(path, number, f"expected one column {column!r}, got {', '.join(first):.200}")
    return first.index(column)


def _tab_rows(path: str | PathLike[str]) -> Iterator[Row]:
    return ((number, line.split("\t")) for number, line in lines(path, LONGEST) if line)


def _quoted_rows(path: str | PathLike[str]) -> Iterator[Row]:
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST))  # one for the whole process, so it is only ever raised
    reader = csv.reader((f"{line}\n" for _, line in lines(path, LONGEST)), strict=True)
    while True:
        number = reader.line_num + 1
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise BadRecord(path, number, f"expected CSV, got something else ({error})") from error
        if row is None:
            return
        if row:
            yield number, row


def _members(path: str | PathLike[str], keys: Sequence[Column]) -> Iterator[Row]:
    """The values of the wanted keys in each line's object."""
    for number, line in lines(path, LONGEST):
        if not line:
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            fault = error.msg if isinstance(error, json.JSONDecodeError) else error
            raise BadRecord(path, number, f"expected JSON, got something else ({fault})") from error
        if not isinstance(record, dict):
            raise BadRecord(path, number, f"expected a JSON object, got {record!r:.80}")
        for key in keys:
            if key not in record:
                raise BadRecord(path, number, f"expected a key {key!r}, got {', '.join(record):.200}")
        yield number, [record[key] for key in keys]
