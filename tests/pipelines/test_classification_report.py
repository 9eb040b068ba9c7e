"""The figures of a classifier, by hand and by scikit-learn on other terms."""

import numpy as np
import pytest
from sklearn.metrics import f1_score, log_loss

from keras_seq.pipelines import ClassScore
from keras_seq.pipelines.class_labels import ClassLabels
from keras_seq.pipelines.classification_report import classification_evaluation, reliability_bins

ONE = ClassLabels(["a", "b", "c"], several=False)
SEVERAL = ClassLabels(["a", "b"], several=True)
GOLD = ["a", "a", "b", "b", "c"]
LOGITS = np.log([[0.7, 0.2, 0.1], [0.4, 0.5, 0.1], [0.1, 0.8, 0.1], [0.2, 0.6, 0.2], [0.5, 0.3, 0.2]])
# given: a, b, b, b, a


def one_hot(logits):
    return np.eye(logits.shape[1], dtype=bool)[logits.argmax(axis=1)]


def evaluated(gold=GOLD, logits=LOGITS, labels=ONE, notes=()):
    chosen = logits >= 0 if labels.several else one_hot(logits)
    return classification_evaluation(gold, labels, chosen, logits, notes)


class TestOneLabel:
    def test_accuracy_and_likelihood(self):
        found = evaluated()
        assert found["accuracy"] == pytest.approx(3 / 5)
        assert found["nll"] == pytest.approx(-np.mean(np.log([0.7, 0.4, 0.8, 0.6, 0.2])))
        assert found["texts"] == 5

    def test_each_label_has_a_line_and_all_of_them_one(self):
        # a: given twice, once right, of two; b: given three times, twice right, of two; c: never given, of one.
        report = [
            ClassScore("a", 1 / 2, 1 / 2, 1 / 2, 2),
            ClassScore("b", 2 / 3, 1.0, 4 / 5, 2),
            ClassScore("c", 0.0, 0.0, 0.0, 1),
            ClassScore("overall", 3 / 5, 3 / 5, 3 / 5, 5),
        ]
        found = evaluated()
        for ours, expected in zip(found.report, report, strict=True):
            assert ours.label == expected.label
            assert [ours.precision, ours.recall, ours.f1, ours.support] == pytest.approx(
                [expected.precision, expected.recall, expected.f1, expected.support]
            )
        assert found["macro_f1"] == pytest.approx((1 / 2 + 4 / 5 + 0) / 3)

    def test_confusion_is_right_and_given(self):
        assert evaluated().confusion == {("a", "a"): 1, ("a", "b"): 1, ("b", "b"): 2, ("c", "a"): 1}

    def test_a_label_that_training_lacks_is_an_error_and_named(self):
        found = evaluated(["x", "a", "b", "b", "x"])
        assert found["accuracy"] == pytest.approx(2 / 5)
        assert found.notes == ["labels that never occur in training, counted as errors (texts): x (2)"]
        assert [row.label for row in found.report] == ["a", "b", "x", "overall"]
        assert (found.report[2].recall, found.report[2].support) == (0.0, 2)
        assert found["nll"] == pytest.approx(-np.mean(np.log([0.4, 0.8, 0.6])))
        assert found.confusion[("x", "a")] == 2

    def test_where_no_label_is_known_there_is_no_likelihood(self):
        found = evaluated(["x"] * 5)
        assert (found["accuracy"], found["macro_f1"]) == (0.0, 0.0)
        assert "nll" not in found

    def test_macro_is_over_labels_that_occur(self):
        found = evaluated(["a", "b"], LOGITS[[0, 2]])
        assert (found["accuracy"], found["macro_f1"]) == (1.0, 1.0)

    @pytest.mark.parametrize("seed", [0, 1])
    def test_it_agrees_with_scikit_learn_on_names(self, seed):
        draw = np.random.default_rng(seed)
        logits, gold = draw.normal(size=(60, 3)), draw.choice(["a", "b", "c"], 60).tolist()
        found = evaluated(gold, logits)
        given = [ONE.names[place] for place in logits.argmax(axis=1)]
        assert found["macro_f1"] == pytest.approx(f1_score(gold, given, average="macro"))
        p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        assert found["nll"] == pytest.approx(log_loss(gold, p, labels=ONE.names))

    def test_one_label_alone_is_always_right(self):
        found = evaluated(["a", "a"], np.zeros((2, 1)), ClassLabels(["a"], several=False))
        assert (found["accuracy"], found["macro_f1"], found["nll"], found["ece"]) == (1.0, 1.0, 0.0, 0.0)


class TestSeveralLabels:
    GOLD = (("a",), ("a", "b"), (), ("b",))
    LOGITS = np.array([[1.0, 1.0], [2.0, -1.0], [-3.0, -1.0], [-1.0, 0.0]])
    # given: {a, b}, {a}, {}, {b}

    def found(self, gold=GOLD):
        return evaluated(gold, self.LOGITS, SEVERAL)

    def test_micro_macro_and_exact(self):
        # right: a twice, b once; wrong: b once too often, b once missing.
        found = self.found()
        assert found["micro_f1"] == pytest.approx(2 * 3 / (2 * 3 + 1 + 1))
        assert found["macro_f1"] == pytest.approx((1 + 1 / 2) / 2)
        assert found["exact_match"] == 2 / 4
        assert "accuracy" not in found
        assert found.confusion == {}

    def test_likelihood_is_of_all_labels_given_or_not(self):
        p = 1 / (1 + np.exp(-self.LOGITS))
        rows = np.array([[1, 0], [1, 1], [0, 0], [0, 1]], bool)
        assert self.found()["nll"] == pytest.approx(-np.log(np.where(rows, p, 1 - p)).sum() / 4)

    def test_a_label_that_training_lacks_is_an_error_and_named(self):
        found = self.found((("a",), ("a", "x"), (), ("b",)))
        assert found["exact_match"] == 2 / 4
        assert found.notes == ["labels that never occur in training, counted as errors (texts): x (1)"]
        assert found["micro_f1"] == pytest.approx(2 * 3 / (2 * 3 + 1 + 1))

    def test_texts_of_which_none_has_or_gets_a_label(self):
        found = evaluated([(), ()], np.full((2, 2), -1.0), SEVERAL)
        assert (found["micro_f1"], found["macro_f1"], found["exact_match"]) == (0.0, 0.0, 1.0)

    def test_one_label_that_texts_have_or_not(self):
        found = evaluated([("a",), ()], np.array([[1.0], [2.0]]), ClassLabels(["a"], several=True))
        assert found["micro_f1"] == pytest.approx(2 / 3)
        assert found["exact_match"] == 1 / 2


class TestRankedLabels:
    LABELS = ClassLabels(list("abcdefg"), several=True)

    def test_the_most_probable_ones_are_a_list(self):
        # the first text has 3, of which 2 are in the list; the second has one, the sixth of its list; the third does not count
        gold = [("a", "b", "x"), ("b",), ()]
        logits = np.array([[7, 6, 5, 4, 3, 2, 1], [7, 2, 6, 5, 4, 3, 1], [7, 6, 5, 4, 3, 2, 1]]) - 9.0
        found = evaluated(gold, logits, self.LABELS)
        assert found["precision_at_5"] == pytest.approx((2 / 5 + 0) / 2)
        assert found["recall_at_5"] == pytest.approx((2 / 3 + 0) / 2)
        assert found["f1_at_5"] == pytest.approx(1 / 4)
        assert "f1_at_10" not in found

    def test_of_few_labels_there_is_no_such_list(self):
        assert not any("_at_" in name for name in evaluated([("a",)], np.zeros((1, 2)), SEVERAL))


def test_notes_come_last():
    found = evaluated(["x", *GOLD[1:]], notes=["long"])
    assert found.notes[-1] == "long"
    assert str(found).splitlines()[-1] == "long"


def test_calibration_is_of_the_label_that_was_given():
    # given with 0.7 (right), 0.5 (wrong), 0.8 (right), 0.6 (right), 0.5 (wrong): of fifteen bins, four have texts.
    bins = reliability_bins(GOLD, ONE, LOGITS)
    assert bins.counts.sum() == 5
    expected = (abs(1 - 0.7) + 2 * abs(0 - 0.5) + abs(1 - 0.8) + abs(1 - 0.6)) / 5
    assert bins.error == pytest.approx(expected)
    assert evaluated()["ece"] == pytest.approx(expected)


def test_of_several_it_is_of_each_label_of_each_text():
    z = np.array([[0.0, 0.0], [0.0, 0.0]])
    assert reliability_bins([("a",), ("a", "b")], SEVERAL, z).error == pytest.approx(3 / 4 - 1 / 2)
