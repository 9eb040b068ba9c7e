"""What is raised for a user's mistake: one line that says what, expected, got and where."""

from __future__ import annotations

from os import PathLike, fspath


class InputError(ValueError):
    """A user's mistake. The message is kept on one line."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.splitlines()))


class BadRecord(InputError):
    """A mistake in one line of a file: `path:line: message`.

    Args:
        path: the file, as the user wrote it.
        line: the line's number, from 1.
        message: what is wrong, what was expected, what was found.
    """

    def __init__(self, path: str | PathLike[str], line: int, message: str) -> None:
        self.path, self.line = fspath(path), line
        super().__init__(f"{self.path}:{line}: {message}")
