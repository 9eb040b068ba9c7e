"""Checked lines of a text file: strict UTF-8, bounded length, LF or CRLF, plain or gzip, read as a stream."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from os import PathLike, fspath
from pathlib import Path
from typing import BinaryIO, cast

from .errors import BadRecord, InputError

Source = str | PathLike[str] | BinaryIO

# The longer signature first: UTF-32 (little endian) begins like UTF-16.
FOREIGN = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
    b"\x1f\x8b": "gzip data",
}


def lines(source: Source, max_length: int = 100_000) -> Iterator[tuple[int, str]]:
    """Yields (line number from 1, text without its line ending).

    Args:
        source: a path (`.gz` is decompressed on the way) or an open binary stream such as `sys.stdin.buffer`.
        max_length: the longest line accepted, in bytes; a longer one is never held in memory.

    Raises:
        BadRecord: bytes that are not UTF-8, a NUL byte, a line that is too long, another encoding's byte order mark.
        InputError: a missing or unreadable file, a directory, damaged gzip data.
    """
    name = source_name(source)
    with _reading(name), _opened(source) as stream:
        number = 0
        while raw := stream.readline(max_length + 2):  # room for CRLF
            number += 1
            if number == 1:
                raw = _without_mark(raw, name)
            yield number, _text(raw, name, number, max_length)


def source_name(source: Source) -> str:
    """The name that messages use: the path, or the stream's own name (`<stdin>`)."""
    if isinstance(source, str | PathLike):
        return fspath(source)
    return str(getattr(source, "name", "<stream>"))


def check_rereadable(path: str | PathLike[str]) -> None:
    """Raises InputError for a pipe or device, which would be empty when it is read a second time."""
    with _reading(fspath(path)):
        target = Path(path)
        target.stat()
        if not target.is_file() and not target.is_dir():
            raise InputError(f"{fspath(path)}: expected a file (it is read more than once), got a pipe or device")


def first_pass(examples: Iterable[object], path: str | PathLike[str], *beside: str | PathLike[str]) -> int:
    """How many examples a file holds, with those read beside it, from end to end: every mistake is reported now.

    Raises InputError as `check_rereadable` does, BadRecord for a file without a sentence, and what reading raises.
    """
    for each in (path, *beside):
        check_rereadable(each)
    count = sum(1 for _ in examples)
    if not count:
        raise BadRecord(path, 1, "expected sentences, got none")
    return count


@contextmanager
def _opened(source: Source) -> Iterator[BinaryIO]:
    """The binary stream of `source`; only what is opened here is closed here."""
    if not isinstance(source, str | PathLike):
        yield source
    elif fspath(source).endswith(".gz"):
        with gzip.open(source, "rb") as stream:
            yield cast(BinaryIO, stream)
    else:
        with open(source, "rb") as stream:
            yield stream


@contextmanager
def _reading(name: str) -> Iterator[None]:
    """Turns what the system or gzip raises into one line."""
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"{name}: damaged gzip data ({error})") from error
    except FileNotFoundError as error:
        raise InputError(f"{name}: no such file") from error
    except IsADirectoryError as error:
        raise InputError(f"{name}: expected a file, got a directory") from error
    except OSError as error:
        raise InputError(f"{name}: {error.strerror or error}") from error


def _without_mark(raw: bytes, name: str) -> bytes:
    """The first line without a UTF-8 byte order mark; raises BadRecord for any other encoding's."""
    for signature, encoding in FOREIGN.items():
        if raw.startswith(signature):
            raise BadRecord(name, 1, f"expected UTF-8 text, got {encoding}")
    return raw.removeprefix(codecs.BOM_UTF8)


def _text(raw: bytes, name: str, number: int, max_length: int) -> str:
    """One line's text; raises BadRecord with the position of the byte at fault, counted from 1."""
    content = raw.removesuffix(b"\n").removesuffix(b"\r") if raw.endswith(b"\n") else raw
    if len(content) > max_length:
        raise BadRecord(name, number, f"expected at most {max_length} bytes in a line, got more")
    if (nul := content.find(0)) >= 0:
        raise BadRecord(name, number, f"expected text, got a NUL byte (byte {nul + 1} of the line)")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        at = error.start
        raise BadRecord(
            name, number, f"expected UTF-8, got byte 0x{content[at]:02x} (byte {at + 1} of the line)"
        ) from error
