"""Which n-grams of units texts have."""

from collections import Counter

import numpy as np
import pytest

from keras_seq.datasets import Ragged
from keras_seq.pipelines.unit_ngrams import frequent_ngrams


def ragged(rows):
    return Ragged(np.concatenate([np.array(row, np.int32) for row in rows]), np.cumsum([0, *map(len, rows)]))


def counted(rows, n):
    """How often each n-gram stands in the rows between their borders."""
    bordered = [[0, *row, 0] for row in rows if row]
    return Counter(tuple(row[start : start + n]) for row in bordered for start in range(len(row) - n + 1))


@pytest.mark.parametrize("size", [1, 3, 100])
@pytest.mark.parametrize("most", [0, 5])
def test_they_are_those_seen_twice_the_most_frequent_first(most, size):
    draw = np.random.default_rng(0)
    rows = [draw.integers(1, 5, length).tolist() for length in (0, 30, 1, 0, 45, 2, 0, 2)]
    found = frequent_ngrams(
        lambda: (ragged(rows[start : start + size]) for start in range(0, len(rows), size)), 4, most
    )
    known = {(unit,): unit for unit in range(5)}
    for n, table in enumerate(found, 2):
        likely = [
            (-count, known[gram[:-1]], gram[-1]) for gram, count in counted(rows, n).items() if gram[:-1] in known
        ]
        expected = sorted(keys for count, *keys in sorted(likely)[: most or None] if count < -1)
        assert table.tolist() == expected
        names = {row: gram for gram, row in known.items()}
        known = {(*names[first], last): 2 + row for row, (first, last) in enumerate(expected)}
    assert len(found) == 3


def test_of_no_text_there_are_none():
    assert [table.shape for table in frequent_ngrams(lambda: [ragged([[], []])], 3)] == [(0, 2)]
