"""What a classifier got wrong, by hand."""

import numpy as np
import pytest

from keras_seq.datasets import LabeledSequence, Text
from keras_seq.pipelines import ClassificationError
from keras_seq.pipelines.class_labels import ClassLabels
from keras_seq.pipelines.classification_errors import classification_errors

LOGITS = np.log([[0.7, 0.2, 0.1], [0.4, 0.5, 0.1], [0.1, 0.8, 0.1], [0.5, 0.3, 0.2]])
TEXTS = [Text("one"), Text("two\nlines"), Text("three"), Text("four")]


def errors(examples, gold, labels, chosen, logits):
    return list(classification_errors(examples, gold, labels, np.array(chosen, bool), logits))


def test_of_one_label_those_that_were_given_another():
    labels = ClassLabels(["a", "b", "c"], several=False)
    found = errors(TEXTS, ["a", "a", "b", "new"], labels, np.eye(3)[[0, 1, 1, 0]], LOGITS)
    assert [(each.text, each.right, each.given) for each in found] == [("two\nlines", "a", "b"), ("four", "new", "a")]
    assert [each.probability for each in found] == pytest.approx([0.5, 0.5])


def test_of_several_labels_those_that_were_given_others_or_not_all():
    labels = ClassLabels(["a", "b"], several=True)
    p = np.array([[0.9, 0.2], [0.6, 0.3], [0.1, 0.2], [0.8, 0.7]])
    gold = [("a",), ("a", "b"), ("b",), ("b", "a")]
    found = errors(TEXTS, gold, labels, p >= 0.5, np.log(p / (1 - p)))
    assert [(each.right, each.given) for each in found] == [(("a", "b"), ("a",)), (("b",), ())]
    assert [each.probability for each in found] == pytest.approx([0.6 * 0.7, 0.9 * 0.8])


@pytest.mark.parametrize(
    ("tokens", "text"), [(("to", "Rome"), "to Rome"), (("去", "郑", "州"), "去郑州"), ((), "")], ids=str
)
def test_tokens_are_joined(tokens, text):
    labels = ClassLabels(["a", "b"], several=False)
    (found,) = errors([LabeledSequence(tokens, ("O",) * len(tokens), "a")], ["a"], labels, [[0, 1]], np.zeros((1, 2)))
    assert found.text == text


def test_a_person_reads_a_line():
    assert str(ClassificationError("two\n\tlines ", "a", "b", 0.25)) == "a\tb\t0.2500\ttwo lines"
    assert str(ClassificationError("none", ("a", "b"), (), 1.0)) == "a,b\t-\t1.0000\tnone"


def test_an_evaluation_has_them(classifier, reviews, topics):
    examples = (topics if classifier.labels.several else reviews).test
    found = classifier.evaluate(examples)
    figure = "exact_match" if classifier.labels.several else "accuracy"
    assert len(found.errors) == round((1 - found[figure]) * len(examples))
    answers = {example.text: classifier.predict(example.text) for example in examples}
    for error in found.errors:
        assert error.given == answers[error.text].label
        assert error.probability == pytest.approx(answers[error.text].probability, abs=1e-5)
