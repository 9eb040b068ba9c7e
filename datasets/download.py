"""A file over HTTP: checked by sha256, resumed where it broke off, and in place only when it is whole."""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import http.client
import os
import sys
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .atomic_file import put
from .errors import InputError

BLOCK = 1 << 16
ATTEMPTS = 3
DAMAGED = "unreadable gzip data"
Progress = Callable[[int, int | None], None]


def download(url: str, path: Path, sha256: str, progress: Progress | None = None, timeout: float = 30) -> None:
    """Writes the file at `url` to `path`, unless it is there already.

    What has arrived is kept beside it as `<path>.part`; a later call asks only for the rest. A connection that breaks
    is taken up again, three times in all.

    Args:
        sha256: of the content, decompressed if `path` ends in `.gz`.
        progress: called with (bytes so far, bytes in all or None).
        timeout: seconds without an answer.

    Raises:
        InputError: no connection, no such file, a full disk; another checksum (then nothing is left behind).
    """
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(path.parent):
            if not path.exists():
                _fetch_all(url, part, progress, timeout)
                _check(url, part, sha256, compressed=path.suffix == ".gz")
                put(part, path)
    except (OSError, http.client.HTTPException) as error:
        raise InputError(
            f"{url}: cannot download ({_reason(error)}); put the file by hand at {path} or in the folder KERAS_SEQ_DATA"
        ) from error


def content_hash(path: Path, compressed: bool) -> str:
    """The sha256 of a file's content, decompressed if `compressed`, or DAMAGED where it cannot be.

    Raises InputError for a file that cannot be read.
    """
    digest = hashlib.sha256()
    try:
        with gzip.open(path) if compressed else open(path, "rb") as stream:
            while block := stream.read(BLOCK):
                digest.update(block)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        return DAMAGED
    except OSError as error:
        raise InputError(f"{path}: cannot read ({_reason(error)})") from error
    return digest.hexdigest()


@contextmanager
def terminal_progress(title: str) -> Iterator[Progress | None]:
    """A progress bar on standard error, if that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    columns = (TextColumn(title), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Holds the folder's lock, so that two processes do not write one part; the system frees it if we die."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _fetch_all(url: str, part: Path, progress: Progress | None, timeout: float) -> None:
    """Fetches until the server has sent all, taking up a broken connection again."""
    for attempt in range(ATTEMPTS):
        try:
            _fetch(url, part, progress, timeout)
            return
        except (OSError, http.client.HTTPException) as error:
            if attempt == ATTEMPTS - 1 or isinstance(error, urllib.error.HTTPError):
                raise


def _fetch(url: str, part: Path, progress: Progress | None, timeout: float) -> None:
    """One request: for the rest if there is a part, else for all."""
    start = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={start}-"} if start else {})
    try:
        with urllib.request.urlopen(request, timeout=timeout) as response:
            _receive(response, part, start if response.status == 206 else 0, progress)
    except urllib.error.HTTPError as error:
        if error.code != 416 or not start:
            raise
        total = (error.headers.get("Content-Range") or "").removeprefix("bytes */")
        if total != str(start):  # the part is not a beginning of this file
            part.unlink()
            _fetch(url, part, progress, timeout)


def _receive(response: http.client.HTTPResponse, part: Path, start: int, progress: Progress | None) -> None:
    """Writes the body after the first `start` bytes; raises ConnectionError if it ends before its stated length."""
    length = response.headers.get("Content-Length")
    total = None if length is None else start + int(length)
    done = start
    with open(part, "ab" if start else "wb") as stream:
        while block := response.read(BLOCK):
            stream.write(block)
            done += len(block)
            if progress:
                progress(done, total)
    if total is not None and done != total:
        raise ConnectionError(f"the connection ended after {done} of {total} bytes")


def _check(url: str, part: Path, sha256: str, compressed: bool) -> None:
    """Raises InputError with both sums if they differ; the part is removed, for its bytes are of no use."""
    if (got := content_hash(part, compressed)) != sha256:
        part.unlink()
        raise InputError(f"{url}: expected sha256 {sha256}, got {got}; nothing was kept")


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"HTTP {error.code} {error.reason}"
    return str(getattr(error, "reason", None) or getattr(error, "strerror", None) or error)
