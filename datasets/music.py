"""Music as JSON: an object with `train`, `valid`, `test`, each a list of pieces, each a list of steps.

A step is a list of MIDI pitches (60 is middle C), the ones that sound (Boulanger-Lewandowski et al., 2012), or of four
voices, soprano to bass, of which a silent one is -1 (Huang and Cooijmans, 2017).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from .corpus import Corpus
from .errors import BadRecord, InputError
from .example import Frames, Text
from .lines import lines
from .lists import pitches
from .voices import text_from_voices

SPLITS = ("train", "valid", "test")
LARGEST = 1 << 28  # bytes; such a file is often one line, and it is held in memory


def read_frames(path: str | PathLike[str], *, name: str | None = None, seed: int = 0) -> Corpus:
    """A corpus of `Frames` from one file; `.gz` is decompressed on the way.

    Without `valid` a tenth of `train`, drawn by `seed`, is held out.

    Raises:
        BadRecord: a file that is not JSON.
        InputError: another structure, with the piece and the step at fault; whatever `lines` raises.

    Example: `read_frames("jsb-chorales-quarter.json")`
    """
    return _corpus(path, lambda piece, where: Frames(pitches(piece, where)), name, seed)


def read_voices(path: str | PathLike[str], *, name: str | None = None, seed: int = 0) -> Corpus:
    """A corpus of `Text` from one file of four voices: see `text_from_voices`; else as `read_frames`."""
    return _corpus(path, lambda piece, where: Text(text_from_voices(piece, where)), name, seed)


def _corpus(
    path: str | PathLike[str], example: Callable[[Any, str], Frames | Text], name: str | None, seed: int
) -> Corpus:
    splits = {
        split: tuple(example(piece, f"{fspath(path)}: {split} piece {at}") for at, piece in enumerate(pieces, start=1))
        for split, pieces in _pieces(path).items()
    }
    name = name or Path(path).name.split(".")[0]
    return Corpus.from_splits(
        name, splits["train"], splits.get("valid"), splits.get("test"), tokens="whitespace", seed=seed
    )


def _pieces(path: str | PathLike[str]) -> dict[str, list[Any]]:
    """The lists of pieces: that of `train` and those of the other splits that the file has."""
    text = "\n".join(line for _, line in lines(path, LARGEST))
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        fault, line = (error.msg, error.lineno) if isinstance(error, json.JSONDecodeError) else (error, 1)
        raise BadRecord(path, line, f"expected JSON, got something else ({fault})") from error
    if not isinstance(document, dict) or "train" not in document or not document.keys() <= set(SPLITS):
        got = list(document) if isinstance(document, dict) else document
        raise InputError(f"{fspath(path)}: expected an object with train and maybe valid and test, got {got!r:.80}")
    for split, pieces in document.items():
        if not isinstance(pieces, list) or not pieces:
            raise InputError(f"{fspath(path)}: {split}: expected a list of pieces, got {pieces!r:.80}")
    return document
