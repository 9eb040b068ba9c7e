"""Spans found in the graph are those that conlleval reads."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_seq.datasets import spans
from keras_seq.layers import LabelSoftmax
from keras_seq.pipelines.label_set import LabelSet
from keras_seq.pipelines.labeling_spans import span_places, span_probabilities


@pytest.mark.parametrize("scheme", ["IOB2", "BIOES"])
@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.lists(st.integers(0, 8), max_size=7), min_size=1, max_size=3))
def test_any_tags_have_the_spans_of_their_reading(scheme, rows):
    labels = LabelSet(["_", "b-c"], scheme)
    width = max([1, *map(len, rows)])
    rows = [[number % len(labels) for number in row] for row in rows]
    ids = np.array([[*row, *[0] * (width - len(row))] for row in rows], np.int32)
    mask = np.arange(width) < np.array([[len(row)] for row in rows])
    starts, last = (np.array(found) for found in span_places(ids, mask, labels))
    for place, row in enumerate(rows):
        expected = [(span.start, span.end - 1) for span in spans(labels.decode(row))]
        assert [(t, last[place, t]) for t in np.flatnonzero(starts[place])] == expected


def test_plain_labels_make_every_token_a_span():
    mask = np.array([[True, True, False]])
    starts, last = span_places(np.array([[1, 1, 0]], np.int32), mask, LabelSet(["O", "x"], None))
    assert np.array(starts).tolist() == mask.tolist()
    assert np.array(last)[0, :2].tolist() == [0, 1]


@pytest.mark.parametrize("scheme", ["IOB2", "BIOES", None])
def test_labels_chosen_one_by_one_make_a_span_by_its_own_tags_and_that_it_ends_there(scheme):
    labels = LabelSet(["x", "y"], scheme)
    emissions = np.random.default_rng(4).normal(size=(1, 4, len(labels))).astype("float32")
    shares = np.exp(emissions[0]) / np.exp(emissions[0]).sum(axis=1, keepdims=True)
    mask = np.ones((1, 4), bool)
    ids = np.array([labels.encode(["B-x", "I-x", "B-y", "O"] if scheme else ["x", "y", "y", "x"])])
    found = np.array(span_probabilities(LabelSoftmax(len(labels)).posterior(emissions, mask), ids, labels))[0]
    expected = np.zeros(4)
    for span in [(0, 2), (2, 3)] if scheme else [(t, t + 1) for t in range(4)]:
        for path in itertools.product(range(len(labels)), repeat=4):
            follows = path[span[1]] if span[1] < 4 else -1
            goes_on = scheme == "IOB2" and follows == labels.tags.index("I-x" if span[0] == 0 else "I-y")
            if all(path[t] == ids[0, t] for t in range(*span)) and not goes_on:
                expected[span[0]] += shares[range(4), path].prod()
    np.testing.assert_allclose(found, expected, atol=1e-6)
