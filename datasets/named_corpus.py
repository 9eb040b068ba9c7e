"""What is known of a named corpus: its files, with where to get each, its licence, and how they are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .corpus import Corpus

Reader = Callable[[Mapping[str, Path], int], Corpus]


@dataclass(frozen=True)
class DataFile:
    """One file: its place in the corpus' folder, where to get it, the sha256 of its decompressed content.

    The address is None where the file is not published as it is, say as part of an archive: it must be put there by hand.
    """

    path: str
    url: str | None
    sha256: str


def files(address: str | None, sums: Mapping[str, str]) -> tuple[DataFile, ...]:
    """Files that lie side by side at an address, or that have none; `sums`: place -> sha256."""
    return tuple(
        DataFile(path, None if address is None else f"{address}/{path}", sha256) for path, sha256 in sums.items()
    )


@dataclass(frozen=True)
class NamedCorpus:
    """A corpus that `load` knows; `reader` turns its files (place -> path) and a seed into a Corpus."""

    name: str
    title: str
    licence: str
    source: str
    files: tuple[DataFile, ...]
    reader: Reader = field(repr=False)
    folder: str = (
        ""  # where the files lie in the data folder and the cache, if not under the corpus' name; "." for several
    )

    @property
    def place(self) -> str:
        """The folder's name."""
        return self.folder or self.name
