"""Surnames by language: a file for each, one name a line (Robertson, PyTorch tutorials)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from .corpus import Corpus
from .example import Text
from .seeded_split import homes
from .text import TextFile


def read_names(paths: Mapping[str, Path], seed: int = 0, repeats: bool = True) -> Corpus:
    """A corpus of `Text`, each a name whose label is its language, from one file for each language.

    No split is published. Here a tenth of each language's different names is for test, a tenth for validation, drawn by
    `seed`: see `homes`.

    Args:
        paths: the file's name -> where it is; `Irish.txt` makes the label Irish.
        seed: of the draw.
        repeats: whether a name that a file has twice is two examples, in one split; else it is one.

    Raises what TextFile raises.
    """
    splits: dict[str, list[Text]] = {"train": [], "valid": [], "test": []}
    for place, path in paths.items():
        language = Path(place).stem
        names = [example.text.strip() for example in TextFile(path)]
        home = homes(names, language, seed)
        for name in names if repeats else home:
            splits[home[name]].append(Text(name, language))
    train, valid, test = map(tuple, splits.values())
    return Corpus("names-by-language", train, valid, test, tokens="char")
