"""Spans found in the graph are those that conlleval reads."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_seq.datasets import spans
from keras_seq.pipelines.label_set import LabelSet
from keras_seq.pipelines.labeling_spans import span_places


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
