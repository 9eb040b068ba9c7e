"""Corpora known by name: found on this machine or fetched, checked, and read."""

from __future__ import annotations

import difflib
import logging
import os
from dataclasses import replace
from pathlib import Path

from .catalogue import CORPORA
from .corpus import Corpus
from .download import content_hash, download, terminal_progress
from .errors import InputError
from .named_corpus import DataFile, NamedCorpus

logger = logging.getLogger(__name__)


def load(name: str, seed: int = 0) -> Corpus:
    """The corpus of that name, downloaded to the user's cache if its files are nowhere on this machine.

    Files are looked for in `$KERAS_SEQ_DATA/<folder>`, then in `<cache>/<folder>`, each as it is or with `.gz`, and their
    sha256 is checked in either place; one that differs is removed from the cache, never from `$KERAS_SEQ_DATA`. The cache
    is `$KERAS_SEQ_CACHE`, else `keras_seq` in `$XDG_CACHE_HOME` or `~/.cache`. The folder is named like the corpus, but
    where several corpora share one: `NamedCorpus.place`.

    Args:
        name: one of those that `corpora()` lists.
        seed: of a generated corpus, or of the split of one that has none of its own, or no validation part.

    Raises:
        InputError: an unknown name, another checksum than expected, a download that fails, a missing file that is
            published nowhere as it is.
    """
    entry = _entry(name)
    paths = {wanted.path: _fetched(entry, wanted) for wanted in entry.files}
    corpus = entry.reader(paths, seed)
    corpus = replace(corpus, name=name, licence=entry.licence, source=corpus.source or entry.source)
    logger.info("%s: %s; licence: %s; source: %s", name, entry.title, corpus.licence, corpus.source)
    return corpus


def corpora() -> tuple[NamedCorpus, ...]:
    """Every corpus that `load` knows."""
    return tuple(CORPORA.values())


def find(name: str) -> dict[str, Path | None]:
    """Where each file of a corpus is on this machine, None where it is not; nothing is downloaded or checked."""
    entry = _entry(name)
    return {wanted.path: _found(entry.place, wanted.path) for wanted in entry.files}


def expected(name: str, path: str) -> list[Path]:
    """Where `load` looks for a file of a corpus, in this order."""
    entry = _entry(name)
    return [root / entry.place / path for root in _roots()]


def _entry(name: str) -> NamedCorpus:
    if name in CORPORA:
        return CORPORA[name]
    near = difflib.get_close_matches(name, CORPORA, n=1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    raise InputError(f"unknown corpus {name!r}{hint}: expected one of {', '.join(CORPORA)}")


def _data() -> Path | None:
    own = os.environ.get("KERAS_SEQ_DATA")
    return Path(own) if own else None


def _cache() -> Path:
    own = os.environ.get("KERAS_SEQ_CACHE")
    return Path(own) if own else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "keras_seq"


def _roots() -> list[Path]:
    return [root for root in (_data(), _cache()) if root]


def _found(folder: str, path: str) -> Path | None:
    """The first of the places that has the file."""
    candidates = (root / folder / f"{path}{ending}" for root in _roots() for ending in ("", ".gz"))
    return next((candidate for candidate in candidates if candidate.is_file()), None)


def _fetched(entry: NamedCorpus, wanted: DataFile) -> Path:
    """The checked file, downloaded if need be."""
    path = _found(entry.place, wanted.path)
    if path is None:
        return _downloaded(entry, wanted)
    if (got := content_hash(path, path.suffix == ".gz")) != wanted.sha256:
        raise InputError(f"{path}: expected sha256 {wanted.sha256}, got {got}; {_remedy(path, wanted)}")
    return path


def _downloaded(entry: NamedCorpus, wanted: DataFile) -> Path:
    if wanted.url is None:
        places = " or ".join(map(str, expected(entry.name, wanted.path)))
        raise InputError(
            f"{entry.name}: expected the file {places} (or so and .gz), got none; it cannot be downloaded as it is, it "
            f"comes from {entry.source}"
        )
    path = _cache() / entry.place / wanted.path
    with terminal_progress(f"{entry.place}/{wanted.path}") as progress:
        download(wanted.url, path, wanted.sha256, progress)
    return path


def _remedy(path: Path, wanted: DataFile) -> str:
    """What becomes of a file with another checksum; one that cannot be downloaded again is never removed."""
    if wanted.url is None:
        return "put the expected one in its place"
    return "it is removed, the next call downloads it" if _removed(path) else "remove the file to have it downloaded"


def _removed(path: Path) -> bool:
    """Removes a file that truly lies in the cache and not in the user's own folder; whether it did."""
    place, data = path.resolve(), _data()
    if not place.is_relative_to(_cache().resolve()) or (data and place.is_relative_to(data.resolve())):
        return False
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True
