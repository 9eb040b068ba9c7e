"""The 5-gram model of the Penn Treebank: published figures, and KenLM reading the file that we write."""

import gzip

import numpy as np
import pytest

from keras_seq.datasets.arpa import write_arpa
from keras_seq.layers.arpa_model import to_arpa
from keras_seq.layers.kneser_ney import kneser_ney
from keras_seq.layers.ngram_counts import count_ngrams, with_borders

SPELLING = {"<unk>": "<UNKNOWN>"}  # the corpus' own word, not id 1


@pytest.fixture(scope="module")
def corpus(data_folder):
    """The words by id, and the sentences of train and test."""
    lines = {}
    for split in ("train", "test"):
        path = data_folder / "ptb" / f"ptb.{split}.txt.gz"
        if not path.is_file():
            pytest.skip(f"no Penn Treebank: {path} is not a file")
        with gzip.open(path, "rt", encoding="utf-8") as file:
            lines[split] = [line.split() for line in file]
    words = ["", "", "", *sorted({word for line in lines["train"] for word in line})]
    number = {word: i for i, word in enumerate(words)}
    return words, {split: [[number[w] for w in line] for line in rows] for split, rows in lines.items()}


def bordered(sentences):
    return with_borders(np.concatenate([np.array(s, int) for s in sentences]), [len(s) for s in sentences])


@pytest.fixture(scope="module")
def model(corpus):
    words, sentences = corpus
    return kneser_ney(count_ngrams(*bordered(sentences["train"]), 5, len(words)))


@pytest.fixture(scope="module")
def scores(corpus, model):
    """log p of the 82,430 tokens of test, </s> among them."""
    tokens, depth = bordered(corpus[1]["test"])
    return model.score(tokens, depth)[depth > 0]


def test_every_discount_is_defined(model):
    assert model.notes == ()


def test_the_ngrams_are_as_many_as_lmplz_finds(model):
    assert model.types[1:] == (264_990, 586_558, 717_733, 737_952)


def test_perplexity_is_that_of_lmplz(scores):
    assert len(scores) == 82_430
    assert np.exp(-scores.mean()) == pytest.approx(141.19, abs=0.05)


def test_kenlm_agrees_on_every_token(corpus, model, scores, tmp_path):
    kenlm = pytest.importorskip("kenlm")
    write_arpa(tmp_path / "ptb.arpa", to_arpa(model, corpus[0], SPELLING))
    reader = kenlm.Model(str(tmp_path / "ptb.arpa"))
    spelt = [SPELLING.get(word, word) for word in corpus[0]]
    theirs = [p for s in corpus[1]["test"] for p, *_ in reader.full_scores(" ".join(spelt[i] for i in s))]
    np.testing.assert_allclose(scores, np.array(theirs) * np.log(10), atol=1e-4)
