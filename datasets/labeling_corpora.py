"""Named corpora for sequence labelling: slots, names, parts of speech, words, key terms, exons."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from .checksums import (
    ATIS_SUMS,
    CONLL2003_SUMS,
    EWT_SUMS,
    INSPEC_SUMS,
    MSRA_SUMS,
    PKU_SUMS,
    SPLICE_SUMS,
)
from .columns import read_columns
from .conllu import read_conllu
from .corpus import Corpus
from .named_corpus import DataFile, NamedCorpus, files
from .people_daily import read_people_daily
from .slots import read_slots
from .splice import read_junctions

GITHUB = "https://raw.githubusercontent.com"
PARAGRAPHS, GOLD = PKU_SUMS
INSPEC = files(f"{GITHUB}/midas-research/keyphrase-extraction-as-sequence-labeling-data/master/Inspec", INSPEC_SUMS)
INSPEC_LICENCE = "tags MIT; abstracts by their publishers, no open licence: for research, not to be passed on"
INSPEC_SOURCE = "https://github.com/midas-research/keyphrase-extraction-as-sequence-labeling-data"
SPLICE = files(f"{GITHUB}/drusk/splice-junction-gene-sequences/master/data", SPLICE_SUMS)
SPLICE_LICENCE = "UCI machine learning repository, CC BY 4.0 as far as known"
SPLICE_SOURCE = "https://github.com/drusk/splice-junction-gene-sequences"


def _read_atis(paths: Mapping[str, Path], seed: int) -> Corpus:
    train, valid, test = (
        [paths[f"{split}/{part}"] for part in ("seq.in", "seq.out", "label")] for split in ("train", "valid", "test")
    )
    return read_slots(train, valid, test, tokens="whitespace", seed=seed)


def _read_conll2003(paths: Mapping[str, Path], seed: int) -> Corpus:
    train, valid, test = (paths[f"eng.{split}"] for split in ("train", "testa", "testb"))
    return read_columns(train, valid, test, scheme="IOB1", width=4, tokens="word", seed=seed)


def _read_msra(paths: Mapping[str, Path], seed: int) -> Corpus:
    return read_columns(paths["train.txt"], None, paths["test.txt"], width=2, tokens="char", seed=seed)


def _read_ewt(paths: Mapping[str, Path], seed: int) -> Corpus:
    train, valid, test = (paths[f"en_ewt-ud-{split}.conllu"] for split in ("train", "dev", "test"))
    return read_conllu(train, valid, test, column="upos", tokens="word", seed=seed)


def _read_pku(paths: Mapping[str, Path], seed: int) -> Corpus:
    return read_people_daily(paths[PARAGRAPHS], paths[GOLD], seed)


def _read_inspec(paths: Mapping[str, Path], seed: int) -> Corpus:
    train, valid, test = (paths[f"{split}.txt"] for split in ("train", "valid", "test"))
    return read_columns(train, valid, test, width=2, tokens="word", seed=seed)


LABELING_CORPORA = (
    NamedCorpus(
        "atis",
        "ATIS: slots and intents of questions to an airline (Hemphill et al., 1990; split of Goo et al., 2018)",
        "LDC material, no open licence: for research, not to be passed on",
        "https://github.com/MiuLab/SlotGated-SLU",
        files(f"{GITHUB}/MiuLab/SlotGated-SLU/master/data/atis", ATIS_SUMS),
        _read_atis,
    ),
    NamedCorpus(
        "conll2003",
        "CoNLL-2003: people, places and organisations in English news (Tjong Kim Sang and De Meulder, 2003)",
        "text by Reuters, no open licence: for research, not to be passed on",
        "https://github.com/synalp/NER",
        files(f"{GITHUB}/synalp/NER/master/corpus/CoNLL-2003", CONLL2003_SUMS),
        _read_conll2003,
    ),
    NamedCorpus(
        "msra",
        "MSRA: people, places and organisations in Chinese news, by character (Levow, 2006)",
        "licence of Microsoft Research, not open: for research, not to be passed on",
        "https://github.com/SophonPlus/ChineseNlpCorpus (datasets/dh_msra)",
        files(None, MSRA_SUMS),
        _read_msra,
        folder="msra_ner",
    ),
    NamedCorpus(
        "ud-english-ewt",
        "English Web Treebank: universal parts of speech (Silveira et al., 2014; Universal Dependencies 2.16)",
        "CC BY-SA 4.0",
        "https://github.com/UniversalDependencies/UD_English-EWT",
        files(f"{GITHUB}/UniversalDependencies/UD_English-EWT/r2.16", EWT_SUMS),
        _read_ewt,
        folder="ud_english_ewt",
    ),
    NamedCorpus(
        "pku",
        "Words in Chinese news: People's Daily of January 1998 (Yu et al., 2002), the test of SIGHAN 2005 (Emerson, 2005)",
        "Peking University and People's Daily, no open licence: for research, not to be passed on",
        "https://github.com/jacken3/BigDataHomeWork (199801.zip) and https://github.com/yuikns/icwb2-data",
        (
            DataFile(PARAGRAPHS, None, PKU_SUMS[PARAGRAPHS]),
            DataFile(GOLD, f"{GITHUB}/yuikns/icwb2-data/master/gold/{Path(GOLD).name}", PKU_SUMS[GOLD]),
        ),
        _read_pku,
        folder=".",
    ),
    NamedCorpus(
        "inspec",
        "Inspec: key terms marked in abstracts (Hulth, 2003; tags of Sahrawat et al., 2020)",
        INSPEC_LICENCE,
        INSPEC_SOURCE,
        INSPEC,
        _read_inspec,
        folder="keyphrase_bio/inspec",
    ),
    NamedCorpus(
        "splice-junctions",
        "Exons and introns base by base, around splice junctions of primates (Noordewier et al., 1991)",
        SPLICE_LICENCE,
        SPLICE_SOURCE,
        SPLICE,
        lambda paths, seed: read_junctions(paths["splice.data"], seed),
        folder="dna_splice",
    ),
)
