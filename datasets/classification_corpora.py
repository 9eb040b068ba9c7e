"""Named corpora for classification: sentiment, surnames, splice junctions, key terms of a document."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from .checksums import CHNSENTICORP_SUMS, IMDB_SUMS, NAMES_SUMS, SST2_SUMS
from .corpus import Corpus
from .example import Text
from .key_terms import read_key_terms
from .labeled_lines import LabeledLines, read_labeled
from .labeling_corpora import (
    GITHUB,
    INSPEC,
    INSPEC_LICENCE,
    INSPEC_SOURCE,
    SPLICE,
    SPLICE_LICENCE,
    SPLICE_SOURCE,
)
from .mapped import MappedExamples
from .named_corpus import NamedCorpus, files
from .names_by_language import read_names
from .splice import read_splice

SENTIMENTS = {"0": "negative", "1": "positive"}
CHNSENTICORP = "2bb239dc44274962411f5d5cd15da3d8a80c3976/data/ChnSentiCorp"


def _read_sst2(paths: Mapping[str, Path], _: int) -> Corpus:
    train, valid, test = (
        MappedExamples(LabeledLines(paths[f"{split}.tsv"]), _sentiment) for split in ("train", "dev", "test")
    )
    return Corpus("sst2", train, valid, test, tokens="word")


def _read_imdb(paths: Mapping[str, Path], seed: int) -> Corpus:
    """A review is kept as it is, but for a blank in place of each `<br />`."""
    train, test = (
        MappedExamples(LabeledLines(paths[f"{split}.tsv"], text=2, label=0), _review) for split in ("train", "test")
    )
    return Corpus.from_splits("imdb", train, None, test, tokens="word", seed=seed)


def _read_chnsenticorp(paths: Mapping[str, Path], seed: int) -> Corpus:
    """The published test has no labels, so the validation part is the test, and a tenth of training is held out."""
    return read_labeled(paths["train.tsv"], None, paths["dev.tsv"], tokens="char", seed=seed)


def _read_key_terms(paths: Mapping[str, Path], _: int) -> Corpus:
    return read_key_terms(paths["train.txt"], paths["valid.txt"], paths["test.txt"])


def _sentiment(example: Text) -> Text:
    return Text(example.text, SENTIMENTS[str(example.label)])


def _review(example: Text) -> Text:
    return _sentiment(Text(example.text.replace("<br />", " "), example.label))


CLASSIFICATION_CORPORA = (
    NamedCorpus(
        "sst2",
        "SST-2: positive or negative sentences of film reviews (Socher et al., 2013)",
        "free for research; text of Rotten Tomatoes, no open licence",
        "https://github.com/clairett/pytorch-sentiment-classification",
        files(f"{GITHUB}/clairett/pytorch-sentiment-classification/master/data/SST2", SST2_SUMS),
        _read_sst2,
    ),
    NamedCorpus(
        "imdb",
        "IMDB: positive or negative film reviews (Maas et al., 2011)",
        "free for research; text by users of IMDB, no open licence",
        "https://github.com/dax44/AMLM (data/aclImdb, a line a review)",
        files(None, IMDB_SUMS),
        _read_imdb,
    ),
    NamedCorpus(
        "chnsenticorp",
        "ChnSentiCorp: positive or negative reviews in Chinese, of hotels, books, computers (Tan)",
        "free for research, no licence stated",
        "https://github.com/zejunwang1/bertorch",
        files(f"{GITHUB}/zejunwang1/bertorch/{CHNSENTICORP}", CHNSENTICORP_SUMS),
        _read_chnsenticorp,
    ),
    NamedCorpus(
        "surnames",
        "Surnames of 18 languages, each once in its language, a seeded split of 80/10/10 (Robertson, 2017)",
        "MIT",
        "https://github.com/spro/practical-pytorch",
        files(f"{GITHUB}/spro/practical-pytorch/master/data/names", NAMES_SUMS),
        lambda paths, seed: read_names(paths, seed, repeats=False),
        folder="names_by_language",
    ),
    NamedCorpus(
        "splice",
        "Splice junctions of primates: donor, acceptor or none in the middle of 60 bases (Noordewier et al., 1991)",
        SPLICE_LICENCE,
        SPLICE_SOURCE,
        SPLICE,
        lambda paths, seed: read_splice(paths["splice.data"], seed),
        folder="dna_splice",
    ),
    NamedCorpus(
        "inspec-terms",
        "Inspec: the key terms of an abstract, those of at least 5 (Hulth, 2003; tags of Sahrawat et al., 2020)",
        INSPEC_LICENCE,
        INSPEC_SOURCE,
        INSPEC,
        _read_key_terms,
        folder="keyphrase_bio/inspec",
    ),
)
