"""Pooling by a learnt query equals a loop over the steps that count."""

import numpy as np
import pytest

from keras_seq.layers import AttentionPooling

RNG = np.random.default_rng(5)
X = RNG.normal(size=(3, 4, 2)).astype("float32")


def by_loop(layer, row, mask):
    kernel, bias, query = (np.asarray(weight, "float64") for weight in layer.get_weights())
    scores = [
        np.exp(np.tanh(step @ kernel + bias) @ query)[0] if real else 0.0 for step, real in zip(row, mask, strict=True)
    ]
    return sum(score * step for score, step in zip(scores, row, strict=True)) / (sum(scores) or 1.0)


@pytest.mark.parametrize("mask", [[1, 1, 1, 1], [1, 1, 0, 0], [0, 1, 0, 1], [0, 0, 0, 0]])
def test_weighs_the_steps_that_count(mask):
    layer = AttentionPooling(3, seed=1)
    layer.build(X.shape)
    layer.bias.assign([0.3, -0.2, 0.1])
    masks = np.array([mask, [1, 1, 1, 1], mask], "bool")
    expected = [by_loop(layer, row, real) for row, real in zip(X, masks, strict=True)]
    np.testing.assert_allclose(layer(X, mask=masks), expected, atol=1e-6)


def test_weights_are_a_distribution_over_the_steps_that_count():
    mask = np.array([[1, 0, 1, 1]] * 3, "bool")
    _, weights = AttentionPooling(3, return_weights=True)(X, mask=mask)
    np.testing.assert_allclose(np.sum(weights, axis=1), 1, atol=1e-6)
    assert not np.any(np.asarray(weights)[:, 1])


def test_no_mask_means_that_all_count():
    layer = AttentionPooling(3, seed=1)
    np.testing.assert_allclose(layer(X), layer(X, mask=np.ones((3, 4), "bool")), atol=1e-7)
