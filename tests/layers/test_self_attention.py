"""The mean of all steps that fit, by a loop."""

import numpy as np
import pytest

from keras_seq.layers import SelfAttention

RNG = np.random.default_rng(5)
X = RNG.normal(size=(2, 5, 3)).astype("float32")
MASK = np.array([[1, 1, 1, 1, 1], [1, 0, 1, 1, 0]], bool)


@pytest.fixture
def layer():
    attention = SelfAttention(4)
    attention.build(X.shape)
    attention.set_weights([RNG.normal(size=weight.shape) for weight in attention.weights])
    return attention


def by_hand(layer, x, mask):
    """norm(x + Σ_j a_j V x_j) of one row; the scale and shift of the norm come last."""
    named = {weight.path.rpartition("/")[2]: weight.numpy() for weight in layer.weights}
    q, k, v = (x @ named[name] for name in ("query", "key", "value"))
    output = np.zeros_like(x)
    for t in range(len(x)):
        steps = np.flatnonzero(mask)
        weights = np.exp([q[t] @ k[j] / np.sqrt(layer.units) for j in steps])
        y = x[t] + (weights / weights.sum()) @ v[steps]
        output[t] = (y - y.mean()) / np.sqrt(y.var() + 1e-3) * named["gamma"] + named["beta"]
    return output


def test_it_is_attention_with_a_residual_and_a_norm(layer):
    for row in range(2):
        expected = by_hand(layer, X[row], MASK[row])
        np.testing.assert_allclose(layer(X, mask=MASK)[row], expected, rtol=1e-4, atol=1e-5)


def test_without_a_mask_every_step_counts(layer):
    np.testing.assert_allclose(layer(X), layer(X, mask=np.ones_like(MASK)), atol=1e-6)


def test_padding_changes_no_other_step(layer):
    moved = np.where(MASK[..., None], X, 100)
    np.testing.assert_allclose(layer(moved, mask=MASK)[MASK], layer(X, mask=MASK)[MASK], atol=1e-5)


def test_one_seed_gives_the_same_start_values():
    first, same, other = (SelfAttention(4, seed=seed)(X) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, same)
    assert not np.allclose(first, other)


def test_a_mask_of_another_shape_is_refused(layer):
    with pytest.raises(ValueError, match=r"mask of shape \(2, 4\), expected \(B, T\) = \(2, 5\)"):
        layer(X, mask=MASK[:, :4])
