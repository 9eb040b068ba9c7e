"""Which row a pair has."""

import numpy as np
import pytest
import tensorflow as tf

from keras_seq.layers.pair_lookup import PairLookup


@pytest.mark.parametrize("compiled", [False, True])
def test_rows_are_those_of_a_dictionary(compiled):
    draw = np.random.default_rng(0)
    pairs = draw.permutation(np.unique(draw.integers(0, 12, (60, 2)), axis=0))
    pairs = pairs[pairs.any(axis=1)]
    rows = {(0, 0): 0} | {tuple(pair): 2 + i for i, pair in enumerate(sorted(pairs.tolist()))}
    firsts, seconds = draw.integers(0, 20, (2, 30, 40)).astype(np.int32)
    expected = [
        [rows.get(pair, 1) for pair in zip(*both, strict=True)]
        for both in zip(firsts.tolist(), seconds.tolist(), strict=True)
    ]
    lookup = PairLookup(pairs, "p")
    np.testing.assert_array_equal(tf.function(lookup, jit_compile=compiled)(firsts, seconds), expected)
    assert lookup.rows == len(rows) + 1


def test_without_pairs_all_are_unknown():
    words = np.array([[3, 4], [9, 0]])
    assert np.asarray(PairLookup([], "p")(words, words)).tolist() == [[1, 1], [1, 0]]


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ([[3, 4], [3, 4]], r"^p: 2 pairs, of which 1 differ, expected each once$"),
        ([3, 4], r"^p: pairs of shape \(2,\), expected \(N, 2\)$"),
    ],
)
def test_wrong_pairs_are_one_line(pairs, message):
    with pytest.raises(ValueError, match=message):
        PairLookup(pairs, "p")
