"""Plain text: one sentence or document a line."""

from __future__ import annotations

from collections.abc import Iterator
from os import PathLike
from pathlib import Path

from .corpus import Corpus
from .errors import BadRecord
from .example import Text
from .lines import check_rereadable, lines


class TextFile:
    """The lines of one file, read anew at each iteration, each as it was written but for its line ending.

    The constructor reads the file once from end to end, so every mistake is reported before anything else happens.

    Args:
        path: the file; `.gz` is decompressed on the way.
        blank_lines: whether a blank line is an empty sentence; otherwise it is skipped.

    Raises:
        BadRecord: a file without a line that is not blank.
        InputError: whatever `lines` raises.
    """

    def __init__(self, path: str | PathLike[str], *, blank_lines: bool = False) -> None:
        self.path, self.blank_lines = path, blank_lines
        check_rereadable(path)
        self._length, blank = 0, 0
        for example in self:
            self._length += 1
            blank += not example.text
        if self._length == blank:
            raise BadRecord(path, 1, "expected text, got none")

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Text]:
        for _, line in lines(self.path):
            if line.strip():
                yield Text(line)
            elif self.blank_lines:
                yield Text("")


def read_text(
    train: str | PathLike[str],
    valid: str | PathLike[str] | None = None,
    test: str | PathLike[str] | None = None,
    *,
    tokens: str = "whitespace",
    blank_lines: bool = False,
    contiguous: bool = True,
    name: str | None = None,
    seed: int = 0,
) -> Corpus:
    """A corpus of `Text` from plain files, read lazily; see TextFile for `blank_lines` and for what is raised.

    Without `valid` the last tenth of `train` is held out: the lines of a text follow each other, and a language model
    carries its state from line to line. With contiguous=False, for lines in no order, it is a random tenth, drawn by
    `seed`.

    Example: `read_text("novel.txt", tokens="word")`
    """
    first = TextFile(train, blank_lines=blank_lines)
    rest = [None if path is None else TextFile(path, blank_lines=blank_lines) for path in (valid, test)]
    name = name or Path(train).name.split(".")[0]
    return Corpus.from_splits(name, first, *rest, tokens=tokens, seed=seed, contiguous=contiguous)
