"""Real data: part of ATIS, a few epochs, against the most frequent tag of each word."""

from collections import Counter, defaultdict
from dataclasses import replace
from itertools import islice

import pytest
from seqeval.metrics import f1_score

import keras_seq as ks

OPTIONS = {"units": 48, "embedding_dim": 50, "learning_rate": 0.01, "batch_size": 16, "epochs": 6}
OPTIONS |= {"input_dropout": 0.3, "dropout": 0.3}


@pytest.fixture(scope="module")
def atis(data_folder):
    """600 sentences to learn from, 100 to choose by, all 893 to report on."""
    if not (data_folder / "atis").is_dir():
        pytest.skip(f"no ATIS: {data_folder / 'atis'} is not a folder")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_SEQ_DATA", str(data_folder))
        corpus = ks.datasets.load("atis")
    parts = {"train": 600, "valid": 100, "test": None}
    return replace(corpus, **{split: list(islice(getattr(corpus, split), count)) for split, count in parts.items()})


@pytest.fixture(scope="module")
def labeler(atis):
    return ks.pipelines.sequence_labeling(atis, tracking=None, progress=False, joint=True, **OPTIONS)


@pytest.fixture(scope="module")
def evaluation(atis, labeler):
    return labeler.evaluate(atis.test)


def test_slots_are_found_better_than_by_the_word_alone(atis, evaluation):
    tags = defaultdict(Counter)
    for example in atis.train:
        for token, tag in zip(example.tokens, example.tags, strict=True):
            tags[token][tag] += 1
    guess = {token: counts.most_common(1)[0][0] for token, counts in tags.items()}
    gold = [list(example.tags) for example in atis.test]
    baseline = f1_score(gold, [[guess.get(token, "O") for token in example.tokens] for example in atis.test])
    print(baseline, evaluation)
    assert evaluation["f1"] > baseline + 0.1, baseline


def test_intents_are_found_better_than_by_the_most_frequent(atis, evaluation):
    most = Counter(example.label for example in atis.train).most_common(1)[0][0]
    baseline = sum(example.label == most for example in atis.test) / len(atis.test)
    print(baseline)
    assert evaluation["label_accuracy"] > baseline + 0.05, baseline


def test_every_sentence_is_scored(atis, evaluation):
    assert evaluation["sentences"] == len(atis.test) == 893
    assert evaluation["tokens"] == sum(len(example.tokens) for example in atis.test)


def test_labels_and_intents_that_occur_only_in_the_test_split_are_named(atis, evaluation):
    known = {example.label for example in atis.train}
    missing = {example.label for example in atis.test} - known
    assert missing
    assert all(any(label in note for note in evaluation.notes) for label in missing)


def test_the_words_of_the_corpus_are_found_again_in_its_text(atis, labeler):
    examples = atis.test[:200]
    found = labeler.predict([" ".join(example.tokens) for example in examples])
    assert [tuple(result.tokens) for result in found] == [example.tokens for example in examples]
