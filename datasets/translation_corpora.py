"""Named corpora for translation: captions of pictures in three languages, sentences of Tatoeba in two."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from .checksums import MULTI30K_SUMS, TATOEBA_CMN_SUMS, TATOEBA_FRA_SUMS
from .corpus import Corpus, Language
from .example import Parallel, Text
from .hold_out import MaskedExamples
from .labeling_corpora import GITHUB
from .mapped import MappedExamples
from .named_corpus import NamedCorpus, files
from .parallel_files import ParallelFiles
from .seeded_split import linked_homes
from .text import TextFile

CAPTION_LANGUAGES = ("en", "de", "fr")
MOST = 1000  # pairs for test, and for validation


def _read_multi30k(paths: Mapping[str, Path], _: int) -> Corpus:
    """The captions as they were written: split at white space, for what splits marks off cannot be undone in French."""
    train, valid, test = (
        ParallelFiles([paths[f"{split}.{name}.gz"] for name in CAPTION_LANGUAGES])
        for split in ("train", "val", "test_2016_flickr")
    )
    return Corpus("multi30k", train, valid, test, languages=tuple(map(Language, CAPTION_LANGUAGES)))


def _read_tatoeba(path: Path, seed: int, other: Language) -> Corpus:
    """English and another language; see `linked_homes` for the split."""
    pairs = MappedExamples(TextFile(path), _pair)
    home = np.array(linked_homes((pair.texts for pair in pairs), other.name, seed, MOST))
    train, valid, test = (MaskedExamples(pairs, home == split) for split in ("train", "valid", "test"))
    return Corpus("tatoeba", train, valid, test, languages=(Language("en"), other))


def _pair(line: Text) -> Parallel:
    english, other = line.text.split("\t")
    return Parallel((english, other))


def _tatoeba(name: str, title: str, source: str, folder: str, sums: Mapping[str, str], other: Language) -> NamedCorpus:
    (place,) = sums
    return NamedCorpus(
        name,
        f"Tatoeba: sentences in English and {title} (tatoeba.org, 2019), a seeded split in which no two splits share one",
        "CC BY 2.0",
        source,
        files(None, sums),
        lambda paths, seed: _read_tatoeba(paths[place], seed, other),
        folder=folder,
    )


TRANSLATION_CORPORA = (
    NamedCorpus(
        "multi30k",
        "Multi30k: captions of pictures in English, German and French, test of 2016 (Elliott et al., 2016, 2017)",
        "captions for research and education, not commercial (terms of Flickr30k)",
        "https://github.com/multi30k/dataset",
        files(f"{GITHUB}/multi30k/dataset/master/data/task1/raw", MULTI30K_SUMS),
        _read_multi30k,
    ),
    _tatoeba(
        "tatoeba-cmn",
        "Mandarin, simplified and traditional",
        "https://github.com/lichenyu/demo_datesets (cmn-eng.zip)",
        "tatoeba_cmn_eng",
        TATOEBA_CMN_SUMS,
        Language("zh", "char"),
    ),
    _tatoeba(
        "tatoeba-fra",
        "French",
        "https://github.com/modelexlab/data (fra-eng.zip)",
        "tatoeba_fra_eng",
        TATOEBA_FRA_SUMS,
        Language("fr"),
    ),
)
