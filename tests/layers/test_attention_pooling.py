"""Pooling by a learnt query equals a loop over the steps that count."""

import re

import numpy as np
import pytest

from keras_seq.layers import AttentionPooling, MaskedMaxPooling, MaskedMeanPooling

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


@pytest.mark.parametrize(
    "pooling", [AttentionPooling(3, name="pool"), MaskedMaxPooling(name="pool"), MaskedMeanPooling(name="pool")]
)
@pytest.mark.parametrize("shape", [(3, 1), (1, 4), (4,), (3, 4, 1)])
def test_a_mask_of_another_shape_is_one_line(pooling, shape):
    expected = re.escape(f"pool: mask of shape {shape}, expected (B, T) = (3, 4)")
    with pytest.raises(ValueError, match=rf"(?m)^[^\n]*{expected}"):
        pooling(X, mask=np.ones(shape, bool))


@pytest.mark.parametrize("units", [0, -1, 2.5, "4", None])
def test_a_size_that_cannot_be_is_one_line(units):
    with pytest.raises(ValueError, match=rf"^AttentionPooling: units={re.escape(repr(units))}, expected "):
        AttentionPooling(units)


@pytest.mark.parametrize("pooling", [AttentionPooling(3), MaskedMaxPooling(), MaskedMeanPooling()])
def test_a_wrong_rank_is_refused(pooling):
    with pytest.raises(ValueError, match="expected ndim=3, found ndim=2"):
        pooling(X[0])
