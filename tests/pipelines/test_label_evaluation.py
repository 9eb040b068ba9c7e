"""Accuracy and F1 of labels, one or several for each example."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score
from sklearn.preprocessing import MultiLabelBinarizer

from keras_seq.pipelines.label_evaluation import label_evaluation

SEVERAL = [(), ("a",), ("a", "b"), ("b", "c"), ("c",), ("a", "c")]


def test_one_label_each_is_scored_as_scikit_learn_scores_it():
    draw = np.random.default_rng(0)
    gold, given = draw.choice(list("abc"), (2, 50), p=[0.6, 0.3, 0.1])
    evaluation = label_evaluation(zip(gold), zip(given), "abc", "texts")
    assert evaluation["accuracy"] == evaluation["micro_f1"] == pytest.approx(accuracy_score(gold, given))
    assert evaluation["macro_f1"] == pytest.approx(f1_score(gold, given, average="macro"))
    assert evaluation["texts"] == 50
    assert [(row.label, row.support) for row in evaluation.report][-1] == ("overall", 50)


def test_so_are_several():
    draw = np.random.default_rng(1)
    gold, given = ([SEVERAL[i] for i in draw.integers(0, len(SEVERAL), 50)] for _ in range(2))
    rows = [MultiLabelBinarizer(classes=list("abc")).fit_transform(labels) for labels in (gold, given)]
    evaluation = label_evaluation(gold, given, "abc", "texts")
    assert evaluation["accuracy"] == pytest.approx(accuracy_score(*rows))
    assert evaluation["micro_f1"] == pytest.approx(f1_score(*rows, average="micro"))
    assert evaluation["macro_f1"] == pytest.approx(f1_score(*rows, average="macro"))


def test_the_order_of_labels_says_nothing():
    assert label_evaluation([("a", "b")], [("b", "a")], "ab", "texts")["accuracy"] == 1


def test_a_label_that_training_never_had_is_an_error_and_named():
    evaluation = label_evaluation([("a",), ("new",)], [("a",), ("a",)], ["a"], "tokens")
    assert evaluation["accuracy"] == 1 / 2
    assert evaluation["macro_f1"] == pytest.approx((2 / 3 + 0) / 2)
    assert evaluation.notes == ["labels that never occur in training, counted as errors (tokens): new (1)"]


def test_the_numbers_must_agree():
    with pytest.raises(ValueError, match="shorter"):
        label_evaluation([("a",)], [], ["a"], "texts")
