"""The one way in which a file is written: complete under its name, or not at all."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

# Some file systems cannot force a directory to the disk, and one that may not be listed cannot be opened.
NO_DIRECTORY_SYNC = {errno.EACCES, errno.EBADF, errno.EINVAL}


def write_file(path: str | os.PathLike[str], content: bytes | str | Iterable[bytes | str]) -> None:
    """Writes beside `path`, forces it to the disk, then renames; a reader sees the old file or the new one.

    A link stays, what it names is replaced; a device or pipe, which has no content to keep, is written to. The file gets
    the permissions that the process' umask gives a new file.

    Args:
        content: all of it, or its pieces one after another, of which only one is in memory at a time.

    Raises OSError, and leaves the old file and nothing else, where the disk is full or not writable; so does whatever
    the pieces raise.
    """
    path = Path(path)
    if path.exists() and not path.is_file():
        with open(path, "wb") as file:
            _write(file, content)
        return
    path = path.resolve()
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with open(temporary, "xb") as file:
        try:
            _write(file, content)
            put(temporary, path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def put(temporary: Path, path: Path) -> None:
    """Forces a finished file to the disk, renames it, and makes the rename last."""
    _sync(temporary)
    os.replace(temporary, path)
    try:
        _sync(path.parent)
    except OSError as error:
        if error.errno not in NO_DIRECTORY_SYNC:
            raise


def _write(file: BinaryIO, content: bytes | str | Iterable[bytes | str]) -> None:
    for piece in [content] if isinstance(content, bytes | str) else content:
        file.write(piece.encode() if isinstance(piece, str) else piece)
    file.flush()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
