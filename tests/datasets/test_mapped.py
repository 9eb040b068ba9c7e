from keras_seq.datasets import MappedExamples


def test_each_example_is_changed_as_it_is_read():
    asked = []
    found = MappedExamples([1, 2, 3], lambda number: asked.append(number) or number * 10)
    assert len(found) == 3
    assert asked == []
    assert next(iter(found)) == 10
    assert asked == [1]


def test_it_reads_again_and_again():
    found = MappedExamples(["a", "b"], str.upper)
    assert list(found) == list(found) == ["A", "B"]
