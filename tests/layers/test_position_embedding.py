"""A vector for each place, by a loop."""

import numpy as np
import pytest

from keras_seq.layers import PositionEmbedding

RNG = np.random.default_rng(5)
X = RNG.normal(size=(2, 6, 3)).astype("float32")


@pytest.mark.parametrize("length", [1, 4, 6, 9])
def test_each_place_has_its_vector_and_the_last_is_shared(length):
    layer = PositionEmbedding(length)
    layer.build(X.shape)
    table = RNG.normal(size=(length, 3)).astype("float32")
    layer.vectors.assign(table)
    expected = [[X[row, t] + table[min(t, length - 1)] for t in range(6)] for row in range(2)]
    np.testing.assert_allclose(layer(X), expected, atol=1e-6)


def test_at_first_places_say_nothing():
    np.testing.assert_array_equal(PositionEmbedding(4)(X), X)


def test_a_length_below_one_is_refused():
    with pytest.raises(ValueError, match=r"^PositionEmbedding: length=0, expected"):
        PositionEmbedding(0)
