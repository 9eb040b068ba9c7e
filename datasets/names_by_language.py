"""Surnames by language: a file for each, one name a line (Robertson, PyTorch tutorials)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from .corpus import Corpus
from .example import Text
from .text import TextFile

SHARES = (0.1, 0.1)  # of the different names of each language: for test, for validation


def read_names(paths: Mapping[str, Path], seed: int = 0) -> Corpus:
    """A corpus of `Text`, each a name whose label is its language, from one file for each language.

    No split is published. Here a tenth of each language's different names is for test, a tenth for validation, drawn by
    `seed`; a name that the file has twice lies in one split twice. The draw orders the names by a hash of seed, language
    and name, so it is the same on every machine and in every later version.

    Args:
        paths: the file's name -> where it is; `Irish.txt` makes the label Irish.
        seed: of the draw.

    Raises what TextFile raises.
    """
    splits: dict[str, list[Text]] = {"train": [], "valid": [], "test": []}
    for place, path in paths.items():
        language = Path(place).stem
        names = [example.text.strip() for example in TextFile(path)]
        homes = _homes(names, language, seed)
        for name in names:
            splits[homes[name]].append(Text(name, language))
    train, valid, test = map(tuple, splits.values())
    return Corpus("names-by-language", train, valid, test, tokens="char")


def _homes(names: list[str], language: str, seed: int) -> dict[str, str]:
    """Each different name -> its split."""

    def draw(name: str) -> bytes:
        return hashlib.sha256(f"{seed}\n{language}\n{name}".encode()).digest()

    order = sorted(set(names), key=draw)
    test, valid = (round(share * len(order)) for share in SHARES)
    homes = dict.fromkeys(order, "train")
    return homes | dict.fromkeys(order[:test], "test") | dict.fromkeys(order[test : test + valid], "valid")
