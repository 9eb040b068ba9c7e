"""Which pairs of units texts have."""

from collections import Counter

import numpy as np
import pytest

from keras_seq.datasets import Ragged
from keras_seq.pipelines.unit_pairs import frequent_pairs


def ragged(rows):
    return Ragged(np.concatenate([np.array(row, np.int32) for row in rows]), np.cumsum([0, *map(len, rows)]))


@pytest.mark.parametrize("size", [1, 3, 100])
@pytest.mark.parametrize("most", [0, 5])
def test_they_are_those_seen_twice_the_most_frequent_first(most, size):
    draw = np.random.default_rng(0)
    rows = [draw.integers(1, 9, length).tolist() for length in (0, 30, 1, 0, 45, 2, 0)]
    counts = Counter(pair for row in rows if row for pair in zip([0, *row], [*row, 0], strict=True))
    ordered = sorted((-count, pair) for pair, count in counts.items() if count > 1)
    expected = sorted(pair for _, pair in ordered[: most or None])
    chunks = (ragged(rows[start : start + size]) for start in range(0, len(rows), size))
    assert frequent_pairs(chunks, most).tolist() == [list(pair) for pair in expected]


def test_of_no_text_there_are_none():
    assert frequent_pairs([ragged([[], []])]).shape == (0, 2)
