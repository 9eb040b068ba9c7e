"""Labels against all the ways in which spans can lie in a short sequence."""

from itertools import product

import numpy as np
import pytest

from keras_seq.datasets import Span, tags_from_spans
from keras_seq.pipelines.label_set import LabelSet


def layouts(length, names, start=0):
    """Every set of spans that do not overlap."""
    if start == length:
        yield []
        return
    yield from layouts(length, names, start + 1)
    for end in range(start + 1, length + 1):
        for name, rest in product(names, layouts(length, names, end)):
            yield [Span(name, start, end), *rest]


@pytest.mark.parametrize("scheme", ["IOB2", "BIOES"])
@pytest.mark.parametrize("names", [["a", "b-c"], ["_"], ["_", "a"]])
class TestEveryLayout:
    def test_it_is_written_in_the_scheme(self, scheme, names):
        labels = LabelSet(names, scheme)
        for found in layouts(4, names):
            ids = labels.encode(tags_from_spans(found, 4, "IOB2"))
            assert [labels.tags[i] for i in ids] == tags_from_spans(found, 4, scheme)

    def test_it_comes_back_in_iob2(self, scheme, names):
        labels = LabelSet(names, scheme)
        for found in layouts(4, names):
            tags = tags_from_spans(found, 4, "IOB2")
            assert labels.decode(labels.encode(tags)) == tags

    def test_the_paths_that_the_constraints_allow_are_the_layouts(self, scheme, names):
        labels = LabelSet(names, scheme)
        start, transitions, end = labels.constraints
        paths = {tuple(labels.encode(tags_from_spans(found, 3, "IOB2"))) for found in layouts(3, names)}
        allowed = {
            path
            for path in product(range(len(labels)), repeat=3)
            if start[path[0]] and transitions[path[:-1], path[1:]].all() and end[path[-1]]
        }
        assert paths == allowed


def test_labels_are_learnt_in_order_from_any_prefix():
    labels = LabelSet.learn([["I-b", "O"], ("B-a-x",), ["B"]], "IOB2")
    assert labels.names == ["_", "a-x", "b"]
    assert labels.tags == ["O", "B", "I", "B-a-x", "I-a-x", "B-b", "I-b"]


def test_a_corpus_without_spans_has_one_label():
    labels = LabelSet.learn([["O", "O"]], "BIOES")
    assert labels.tags == ["O"]
    assert labels.encode(["O", "O"]).tolist() == [0, 0]


def test_ids_are_what_the_network_takes():
    assert LabelSet(["a"], "BIOES").encode(["B-a", "I-a"]).dtype == np.int32


def test_every_tag_of_a_label_exists_though_training_never_had_it():
    assert set(LabelSet.learn([["B-a"]], "BIOES").tags) == {"O", "B-a", "I-a", "E-a", "S-a"}


class TestPlainLabels:
    def test_they_stay_as_they_are(self):
        labels = LabelSet.learn([["NN", "O"], ("B-x", "NN")], None)
        assert labels.names == labels.tags == labels.iob2 == ["B-x", "NN", "O"]
        assert labels.encode(["O", "B-x"]).tolist() == [2, 0]
        assert labels.decode([2, 0]) == ["O", "B-x"]
        assert labels.tagging == "tokens"

    def test_any_may_follow_any(self):
        assert LabelSet(["B-x", "I-x"], None).constraints is None


@pytest.mark.parametrize(
    ("scheme", "longer"),
    [("IOB2", ["", "I-a", "I-a", "I-Bb", "I-Bb"]), ("BIOES", [""] * 9), (None, ["", ""])],
)
def test_a_tag_that_may_be_a_span_s_last_knows_what_would_make_it_longer(scheme, longer):
    labels = LabelSet(["a", "Bb"], scheme)
    assert [labels.tags[number] if number >= 0 else "" for number in labels.longer] == longer
