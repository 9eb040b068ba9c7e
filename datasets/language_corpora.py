"""Named corpora for language models: text by words, characters and names, and music."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from .checksums import CHORALES_SUMS, NAMES_SUMS, PTB_CHARACTER_SUMS, PTB_SUMS, TINYSHAKESPEARE_SUMS
from .corpus import Corpus
from .hold_out import MaskedExamples
from .music import read_frames, read_voices
from .named_corpus import NamedCorpus, files
from .names_by_language import read_names
from .text import TextFile, read_text

PTB = "https://raw.githubusercontent.com/townie/PTB-dataset-from-Tomas-Mikolov-s-webpage/master/data"
PTB_LICENCE = "text of the Penn Treebank (LDC99T42), no open licence: for research, not to be passed on"
PTB_SOURCE = "https://github.com/townie/PTB-dataset-from-Tomas-Mikolov-s-webpage"
CHORALES = "https://raw.githubusercontent.com/czhuang/JSB-Chorales-dataset/master"


def _chorales(name: str, file: str, step: str, read: Callable[[Path], Corpus]) -> NamedCorpus:
    return NamedCorpus(
        name,
        f"Bach's four-part chorales, a step for each {step} (Boulanger-Lewandowski et al., 2012)",
        "music in the public domain, no licence stated",
        "https://github.com/czhuang/JSB-Chorales-dataset",
        files(CHORALES, {file: CHORALES_SUMS[file]}),
        lambda paths, _: read(paths[file]),
        folder="jsb_chorales",
    )


def _read_ptb(paths: Mapping[str, Path], _: int) -> Corpus:
    """Words or characters; the last line of a character file is blank, and so no sentence."""
    train, valid, test = paths.values()
    return read_text(train, valid, test, tokens="whitespace")


def _read_tinyshakespeare(paths: Mapping[str, Path], _: int) -> Corpus:
    """Cut at 90 % and 95 % of the characters; a line belongs where it begins."""
    text = TextFile(paths["input.txt"], blank_lines=True)
    ends = np.cumsum([len(example.text) + 1 for example in text])
    part = np.searchsorted(ends[-1] * np.array([0.9, 0.95]), np.concatenate([[0], ends[:-1]]), side="right")
    train, valid, test = (MaskedExamples(text, part == number) for number in range(3))
    return Corpus("tinyshakespeare", train, valid, test, tokens="char")


LANGUAGE_CORPORA = (
    NamedCorpus(
        "ptb",
        "Penn Treebank by words, 10,000 of them with <unk> (Marcus et al., 1993; split of Mikolov et al., 2010)",
        PTB_LICENCE,
        PTB_SOURCE,
        files(PTB, PTB_SUMS),
        _read_ptb,
    ),
    NamedCorpus(
        "ptb-char",
        "Penn Treebank by characters, `_` for a blank (Marcus et al., 1993; split of Mikolov et al., 2010)",
        PTB_LICENCE,
        PTB_SOURCE,
        files(PTB, PTB_CHARACTER_SUMS),
        _read_ptb,
        folder="ptb",
    ),
    NamedCorpus(
        "tinyshakespeare",
        "Tiny Shakespeare by lines, cut at 90 % and 95 % of its characters (Karpathy, 2015)",
        "public domain",
        "https://github.com/pytorch/examples",
        files(
            "https://raw.githubusercontent.com/pytorch/examples/main/distributed/minGPT-ddp/mingpt/data",
            TINYSHAKESPEARE_SUMS,
        ),
        _read_tinyshakespeare,
    ),
    NamedCorpus(
        "names-by-language",
        "Surnames of 18 languages, a seeded split of 80/10/10 in each language (Robertson, 2017)",
        "MIT",
        "https://github.com/spro/practical-pytorch",
        files("https://raw.githubusercontent.com/spro/practical-pytorch/master/data/names", NAMES_SUMS),
        read_names,
        folder="names_by_language",
    ),
    _chorales("jsb-chorales-quarter", "jsb-chorales-quarter.json", "quarter note", read_frames),
    _chorales("jsb-chorales-8th", "jsb-chorales-8th.json", "eighth note", read_frames),
    _chorales("jsb-chorales-16th", "jsb-chorales-16th.json", "sixteenth note", read_frames),
    _chorales("jsb-chorales-voices", "Jsb16thSeparated.json", "sixteenth note and voice", read_voices),
)
