"""A label for every token as it stands: parts of speech, say."""

import warnings

import numpy as np
import pytest
from sklearn.metrics import f1_score

from keras_seq.datasets import Corpus, InputError, LabeledSequence
from keras_seq.pipelines import SequenceLabeler, ServedLabeler, load

TINY = {"cell": "elman", "units": 12, "embedding_dim": 8, "batch_size": 16, "learning_rate": 0.03}
QUIET = {"input_dropout": 0.1, "dropout": 0.1}


def plain(examples):
    """Capitals are names; `to` and `from` are what they are; the rest has labels that look like tags."""
    kinds = {"to": "TO", "from": "FROM"}
    labels = [[kinds.get(token, "NAME" if token[0].isupper() else "B-x") for token in e.tokens] for e in examples]
    return [(example.tokens, tags, example.label) for example, tags in zip(examples, labels, strict=True)]


@pytest.fixture(scope="module")
def corpus(two_lengths):
    return Corpus.from_lists(
        plain(two_lengths.train), plain(two_lengths.valid), plain(two_lengths.test), scheme="plain", name="plain"
    )


@pytest.fixture(scope="module", params=["crf", "softmax"])
def labeler(request, corpus):
    labeler = SequenceLabeler(**TINY, **QUIET, output=request.param, epochs=4, joint=request.param == "crf")
    return labeler.fit(corpus, tracking=None, progress=False)


def test_labels_are_those_of_the_corpus_without_a_scheme(labeler):
    assert labeler.labels.tags == ["B-x", "FROM", "NAME", "TO"]
    assert labeler.labels.constraints is None


def test_the_figures_are_those_of_tokens(labeler, corpus):
    evaluation = labeler.evaluate(corpus.test)
    found = labeler.predict([" ".join(example.tokens) for example in corpus.test])
    gold = np.concatenate([example.tags for example in corpus.test])
    given = np.concatenate([result.labels for result in found])
    assert evaluation["accuracy"] == pytest.approx((gold == given).mean())
    assert evaluation["accuracy"] > 0.8
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert evaluation["macro_f1"] == pytest.approx(f1_score(gold, given, average="macro"))
    assert [row.label for row in evaluation.report] == ["B-x", "FROM", "NAME", "TO", "overall"]
    assert "precision" not in evaluation
    assert sum(evaluation.confusion.values()) == evaluation["tokens"] == len(gold)


def test_epochs_are_chosen_by_accuracy(labeler):
    history = labeler.history
    second = history.get("valid_label_accuracy", history["valid_accuracy"])
    means = [(a + b) / 2 for a, b in zip(history["valid_accuracy"], second, strict=True)]
    assert history["valid_score"] == pytest.approx(means)


def test_every_token_is_a_span_of_its_own(labeler):
    result = labeler.predict("please to Rome")
    assert [(span.text, span.label) for span in result.spans] == list(zip(result.tokens, result.labels, strict=True))
    assert [span.probability for span in result.spans] == pytest.approx(result.probabilities, abs=1e-6)


def test_it_comes_back_from_a_directory_and_from_an_export(labeler, tmp_path):
    labeler.save(tmp_path / "model")
    texts = ["please to Rome", "", "Xxx"]
    ours = labeler.predict(texts)
    assert load(tmp_path / "model").predict(texts) == ours
    theirs = ServedLabeler(labeler.export(tmp_path / "serving")).predict(texts)
    for one, other in zip(ours, theirs, strict=True):
        assert (one.labels, one.tagging, len(one.spans)) == (other.labels, "tokens", len(other.spans))


def test_an_explanation_has_a_reason_for_each_token(labeler):
    explanation = labeler.explain("please to Rome")
    assert len(str(explanation).splitlines()) == 3


def test_labels_that_training_never_had_are_errors_and_named(labeler, corpus):
    stranger = LabeledSequence(("to", "Rome"), ("TO", "WHERE"), "to")
    evaluation = labeler.evaluate([stranger, *corpus.test])
    assert evaluation.notes[0] == "labels that never occur in training, counted as errors (tokens): WHERE (1)"
    assert evaluation.errors[0].tokens == ("to", "Rome")


def test_a_scheme_has_nothing_to_do(corpus):
    message = "^scheme=IOB2 with corpus plain, whose labels are of single tokens: expected none$"
    with pytest.raises(InputError, match=message):
        SequenceLabeler(**TINY, scheme="IOB2").fit(corpus, tracking=None, progress=False)


def test_one_label_alone_is_enough():
    corpus = Corpus.from_lists([(["a", "b"], ["X", "X"])], [(["c"], ["X"])], scheme="plain")
    labeler = SequenceLabeler(**TINY, epochs=1).fit(corpus, tracking=None, progress=False)
    assert labeler.predict("a b c").labels == ["X", "X", "X"]
    assert labeler.predict("a").probability == pytest.approx(1)
