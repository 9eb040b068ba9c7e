"""Named corpora for parsing as translation: the tenth of the Wall Street Journal treebank that NLTK gives."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from .checksums import TREEBANK_SUMS
from .corpus import Corpus
from .example import Parallel
from .labeling_corpora import GITHUB
from .named_corpus import NamedCorpus, files
from .seeded_split import homes
from .treebank import TREEBANK_LANGUAGES, parallel_trees
from .trees import read_trees

MEMBER = re.compile(r"treebank/combined/wsj_[0-9]{4}\.mrg")
SHARES = (0.05, 0.05)


def read_treebank_zip(path: Path, seed: int, tags: bool) -> Corpus:
    """The trees of NLTK's treebank.zip. No split of so small a part is published: 90/5/5 of its files, drawn by `seed`.

    Sentences of one article have subjects and names in common, so an article is in one split.
    """
    splits: dict[str, list[Parallel]] = {"train": [], "valid": [], "test": []}
    with zipfile.ZipFile(path) as archive:
        members = sorted(filter(MEMBER.fullmatch, archive.namelist()))
        home = homes((PurePosixPath(member).stem for member in members), "treebank", seed, SHARES)
        for member in members:
            with archive.open(member) as stream:
                splits[home[PurePosixPath(member).stem]] += parallel_trees(read_trees(cast(BinaryIO, stream)), tags)
    train, valid, test = map(tuple, splits.values())
    return Corpus("treebank", train, valid, test, languages=TREEBANK_LANGUAGES)


def _treebank(name: str, words: str, tags: bool) -> NamedCorpus:
    return NamedCorpus(
        name,
        f"Penn Treebank, a tenth of WSJ: sentences and their trees in a row, {words}, a seeded split of 90/5/5 by article "
        "(Marcus et al., 1993)",
        "not commercial, to illustrate NLTK (copyright LDC)",
        "https://github.com/nltk/nltk_data (packages/corpora/treebank.zip)",
        files(f"{GITHUB}/nltk/nltk_data/gh-pages/packages/corpora", TREEBANK_SUMS),
        lambda paths, seed: read_treebank_zip(paths["treebank.zip"], seed, tags),
        folder="nltk_treebank",
    )


TREEBANK_CORPORA = (
    _treebank("treebank", "XX for words", False),
    _treebank("treebank-pos", "parts of speech for words", True),
)
