"""Every example is tested once, and every label is spread."""

from collections import Counter

import pytest

from keras_seq.datasets import Corpus, InputError
from keras_seq.datasets.folds import folds

TEXTS = [(f"text {i}", "rare" if i % 5 == 0 else "usual") for i in range(53)]


@pytest.fixture(scope="module")
def cut():
    return folds(Corpus.from_texts(TEXTS[:40], TEXTS[40:45], TEXTS[45:], name="texts"), 5, seed=3)


def texts(examples):
    return [example.text for example in examples]


def test_every_example_is_tested_once(cut):
    assert sorted(text for fold in cut for text in texts(fold.test)) == sorted(text for text, _ in TEXTS)


def test_the_splits_of_a_fold_share_nothing_and_leave_nothing_out(cut):
    for fold in cut:
        assert sorted(texts(fold.train) + texts(fold.valid) + texts(fold.test)) == sorted(text for text, _ in TEXTS)
        assert (len(fold.train), len(fold.train)) == (len(texts(fold.train)), 53 - len(fold.valid) - len(fold.test))


def test_sizes_and_labels_differ_by_one_at_most(cut):
    counts = [Counter(example.label for example in fold.test) for fold in cut]
    assert {len(fold.test) for fold in cut} == {10, 11}
    assert {count["rare"] for count in counts} <= {2, 3}
    assert {count["usual"] for count in counts} <= {8, 9}


def test_examples_that_repeat_stay_together_whatever_their_labels():
    repeated = [(text, "other") for text, _ in TEXTS[:12]]
    cut = folds(Corpus.from_texts(TEXTS + repeated, repeated[:4], TEXTS[40:45]), 5)
    assert sum(len(fold.test) for fold in cut) == 53 + 12 + 4 + 5
    for fold in cut:
        parts = [set(texts(split)) for split in (fold.train, fold.valid, fold.test)]
        assert sum(map(len, parts)) == len(set.union(*parts)) == 53
    assert {len(set(texts(fold.test))) for fold in cut} == {10, 11}


def test_sentences_are_the_same_where_their_tokens_are():
    sentences = [([f"word {i}", "and"], ["B-x" if repeat else "O", "O"]) for repeat in range(2) for i in range(9)]
    for fold in folds(Corpus.from_lists(sentences, sentences[:1]), 3):
        parts = [{example.tokens for example in split} for split in (fold.train, fold.valid, fold.test)]
        assert [len(part) for part in parts] == [3, 3, 3]
        assert len(set.union(*parts)) == 9


def test_pairs_are_the_same_where_their_sources_are():
    corpus = Corpus.from_pairs([(str(number // 2), f"target {number}") for number in range(20)], seed=1)
    for fold in folds(corpus, 5):
        parts = [{example.texts[0] for example in split} for split in (fold.train, fold.valid, fold.test)]
        assert [len(part) for part in parts] == [6, 2, 2]
        assert len(set.union(*parts)) == 10
        assert fold.languages == corpus.languages


def test_the_seed_decides_the_draw(cut):
    corpus = Corpus.from_texts(TEXTS[:40], TEXTS[40:45], TEXTS[45:])
    assert [texts(fold.test) for fold in folds(corpus, 5, seed=3)] == [texts(fold.test) for fold in cut]
    assert [texts(fold.test) for fold in folds(corpus, 5, seed=4)] != [texts(fold.test) for fold in cut]


def test_a_fold_is_named_and_keeps_what_is_said_of_the_corpus(cut):
    assert [fold.name for fold in cut] == [f"texts-fold-{number}" for number in range(5)]
    assert {fold.tokens for fold in cut} == {"whitespace"}


@pytest.mark.parametrize(
    ("count", "said"), [(2, "2 folds: expected at least 3"), (54, "54 folds of 53 different examples")]
)
def test_other_numbers_are_refused(count, said):
    with pytest.raises(InputError, match=said):
        folds(Corpus.from_texts(TEXTS[:50], TEXTS[50:]), count)
