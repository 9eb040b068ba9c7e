"""Labels of whole texts, one or several."""

import logging

import pytest

from keras_seq.datasets import Corpus, Frames, InputError, LabeledSequence, Text
from keras_seq.pipelines.class_labels import ClassLabels, text_labels

ONE = ClassLabels(["no", "yes"], several=False)
SEVERAL = ClassLabels(["food", "price", "staff"], several=True)


def corpus(train, valid=None):
    return Corpus("c", train, train if valid is None else valid)


def test_they_are_those_of_training_in_alphabetical_order():
    found = ClassLabels.learn(corpus([Text("a", "yes"), Text("b", "no"), Text("c", "yes")]))
    assert (found.names, found.several, len(found)) == (["no", "yes"], False, 2)


def test_tuples_mean_several():
    found = ClassLabels.learn(corpus([Text("a", ("y", "x")), Text("b", ())]))
    assert (found.names, found.several) == (["x", "y"], True)


def test_tokens_may_have_labels_too():
    assert ClassLabels.learn(corpus([LabeledSequence(("a",), ("O",), "flight")])).names == ["flight"]


def test_a_row_has_a_one_for_each_label_that_is_known():
    assert ONE.rows(["yes", "no", "perhaps"]).tolist() == [[0, 1], [1, 0], [0, 0]]
    assert SEVERAL.rows([("staff", "food"), (), ("x", "price")]).tolist() == [[1, 0, 1], [0, 0, 0], [0, 1, 0]]


def test_no_texts_have_no_rows():
    assert ONE.rows([]).shape == (0, 2)


def test_others_are_counted():
    assert ONE.unseen(["perhaps", "no", "perhaps"]) == {"perhaps": 2}
    assert SEVERAL.unseen([("x", "food"), ("x", "y")]) == {"x": 2, "y": 1}


@pytest.mark.parametrize(
    ("examples", "message"),
    [
        ([Text("a", "x"), Text("b")], "here: example 2 has no label, expected one label"),
        ([Text("a", ("x",)), Text("b")], "here: example 2 has no label, expected a tuple of labels"),
        ([Text("a", ("x",)), Text("b", "x")], "here: example 2 has 'x', expected a tuple of labels"),
        ([Text("a", "x"), Text("b", ("x",))], r"here: example 2 has \('x',\), expected one label"),
        ([Frames(((60,),), "x")], "here: examples are Frames, expected texts with labels"),
    ],
)
def test_an_example_without_its_label_is_named(examples, message):
    with pytest.raises(InputError, match=f"^{message}$"):
        text_labels(examples, "here")


def test_both_splits_are_checked():
    with pytest.raises(InputError, match=r"^corpus c, valid: example 1 has no label"):
        ClassLabels.learn(corpus([Text("a", "x")], [Text("a")]))


def test_several_labels_of_which_there_are_none_are_refused():
    with pytest.raises(InputError, match="corpus c: no training text has a label"):
        ClassLabels.learn(corpus([Text("a", ()), Text("b", ())]))


def test_one_label_for_all_is_said(caplog):
    with caplog.at_level(logging.WARNING):
        assert ClassLabels.learn(corpus([Text("a", "x")])).names == ["x"]
    assert "corpus c: all texts are 'x', so every answer will be" in caplog.text


def test_so_are_labels_that_only_validation_has(caplog):
    with caplog.at_level(logging.WARNING):
        ClassLabels.learn(corpus([Text("a", "x"), Text("b", "y")], [Text("c", "z"), Text("d", "z")]))
    assert "corpus c: validation has labels that training lacks: z (2)" in caplog.text
