"""A labeller with every feature at once, trained a little: what it promises holds as for the simplest one."""

import dataclasses

import pytest

from keras_seq.datasets import LabeledSequence
from keras_seq.pipelines import SequenceLabeler, ServedLabeler, load

FEATURES = {"characters": "both", "shape": True, "trigrams": True, "bigrams": True, "trigram_buckets": 50}
ENCODER = {"layers": 2, "residual": True, "self_attention": True, "weight_drop": 0.1}
SIZES = {"units": 8, "embedding_dim": 8, "character_units": 4, "max_characters": 6, "batch_size": 16}
TRAINING = {"averaging": "ema", "decay": "linear", "learning_rate": 0.03, "input_dropout": 0.1, "dropout": 0.1}
TEXTS = ["please to Rome now", "", "from Xyzzyx", "qqq zzz", "to " * 9 + "Oslo"]


@pytest.fixture(scope="module")
def every(two_lengths):
    options = {**FEATURES, **ENCODER, **SIZES, **TRAINING, "token_dropout": 0.2, "joint": True}
    return SequenceLabeler(**options, epochs=10).fit(two_lengths, tracking=None, progress=False)


def test_it_learns(every, two_lengths):
    assert every.history["loss"][-1] < every.history["loss"][0] / 2
    assert every.evaluate(two_lengths.test)["f1"] > 0.6


def test_padding_and_company_change_no_result(every):
    for text, together in zip(TEXTS, every.predict(TEXTS), strict=True):
        alone = every.predict(text)
        assert (alone.labels, alone.label) == (together.labels, together.label)
        assert alone.probabilities == pytest.approx(together.probabilities, abs=1e-5)
        assert alone.span_probabilities == pytest.approx(together.span_probabilities, abs=1e-5)


def test_the_size_of_a_batch_changes_no_figure(every, two_lengths, monkeypatch):
    expected = every.evaluate(two_lengths.test)
    monkeypatch.setattr(every, "config", dataclasses.replace(every.config, batch_size=3))
    assert every.evaluate(two_lengths.test) == expected


def test_it_comes_back_from_a_directory(every, tmp_path):
    every.save(tmp_path / "model")
    assert load(tmp_path / "model").predict(TEXTS) == every.predict(TEXTS)


def test_an_export_answers_as_it_does(every, tmp_path):
    export = ServedLabeler(every.export(tmp_path / "serving"))
    for ours, theirs in zip(every.predict(TEXTS), export.predict(TEXTS), strict=True):
        assert (ours.tokens, ours.labels, ours.label) == (theirs.tokens, theirs.labels, theirs.label)
        for name in ("probabilities", "span_probabilities", "probability"):
            assert getattr(ours, name) == pytest.approx(getattr(theirs, name), abs=1e-5)


def test_a_text_of_unknown_words_has_labels(every):
    result = every.predict("qqq zzz")
    assert len(result.labels) == 2
    assert all(0 < p <= 1 for p in result.probabilities)


def test_a_sentence_without_tokens_is_scored(every, two_lengths):
    evaluation = every.evaluate([LabeledSequence((), (), "to"), *two_lengths.test])
    assert evaluation["sentences"] == len(two_lengths.test) + 1


def test_hidden_tokens_are_hidden_in_every_feature(every):
    explanation = every.explain("please to Rome now")
    assert explanation.effects.shape == (4, 4)
    hidden = every.predict("please \u4e02 Rome now")  # a sign of no known letters, shape or pairs
    whole = every.predict("please to Rome now")
    for place, (one, other) in enumerate(zip(whole.labels, hidden.labels, strict=True)):
        if one == other and place != 1:
            expected = whole.probabilities[place] - hidden.probabilities[place]
            assert explanation.effects[1, place] == pytest.approx(expected, abs=0.1)
