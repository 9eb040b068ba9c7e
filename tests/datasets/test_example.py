import pytest

from keras_seq.datasets import Frames, InputError, LabeledSequence, Parallel, Text, check_examples


@pytest.mark.parametrize(
    "example", [LabeledSequence(("a",), ("O",)), Text("a"), Frames(((60,),)), Parallel(("a", "b"))]
)
def test_examples_of_the_kind_pass_and_of_another_are_refused(example):
    check_examples([example], type(example), "x")
    other = Frames if isinstance(example, Text) else Text
    with pytest.raises(
        InputError, match=rf"^x: examples are {type(example).__name__}, expected {other.__name__} \(\w.*\)$"
    ):
        check_examples([example], other, "x")


def test_no_examples_are_of_any_kind():
    check_examples([], Text, "x")


def test_only_the_first_example_is_read():
    def examples():
        yield Text("a")
        raise AssertionError

    check_examples(examples(), Text, "x")
