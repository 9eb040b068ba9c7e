"""The one way in which a file is written: complete under its name, or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_file(path: str | os.PathLike[str], content: bytes | str) -> None:
    """Writes beside `path`, forces it to the disk, then renames; a reader sees the old file or the new one.

    Raises OSError, and leaves the old file and nothing else, where the disk is full or not writable.
    """
    path = Path(path)
    data = content.encode() if isinstance(content, str) else content
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
