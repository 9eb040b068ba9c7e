"""The GRU's two gates, with the reset after and before the product."""

import keras
import numpy as np
import pytest

from keras_seq.layers import GRUCell, Recurrence

RNG = np.random.default_rng(2)
X = RNG.normal(size=(2, 5, 3)).astype("float32")


def random_weights(layer):
    layer.build((None, None, 3))
    layer.set_weights([RNG.normal(size=w.shape).astype("float32") for w in layer.weights])
    return layer


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def step(x, h, w, u, b, reset_after):
    """One step; w, u and b are lists for z, r, h̃; b has one (input) or two (input, recurrent) rows."""
    z = sigmoid(x @ w[0] + h @ u[0] + b[:, 0].sum(axis=0))
    r = sigmoid(x @ w[1] + h @ u[1] + b[:, 1].sum(axis=0))
    remembered = r * (h @ u[2] + b[1, 2]) if reset_after else (r * h) @ u[2]
    return (1 - z) * np.tanh(x @ w[2] + remembered + b[0, 2]) + z * h


@pytest.mark.parametrize("reset_after", [True, False])
@pytest.mark.parametrize("use_bias", [True, False])
def test_it_is_its_equation(reset_after, use_bias):
    layer = random_weights(Recurrence(GRUCell(4, reset_after=reset_after, use_bias=use_bias)))
    w, u, *b = layer.get_weights()
    w, u = np.split(w, 3, axis=1), np.split(u, 3, axis=1)
    b = b[0].reshape(-1, 3, 4) if use_bias else np.zeros((2, 3, 4))
    h = np.zeros((2, 4))
    for t in range(5):
        h = step(X[:, t], h, w, u, b, reset_after)
        np.testing.assert_allclose(layer(X)[:, t], h, atol=1e-5)


@pytest.mark.parametrize("reset_after", [True, False])
def test_it_equals_keras_gru_with_the_same_weights(reset_after):
    theirs = random_weights(keras.layers.GRU(4, return_sequences=True, reset_after=reset_after))
    ours = random_weights(Recurrence(GRUCell(4, reset_after=reset_after)))
    ours.set_weights(theirs.get_weights())
    np.testing.assert_allclose(ours(X), theirs(X), atol=1e-6)


def gated(z, r):
    """h' from x = 0.5 and h = 0.9, all weights of the new memory 1, with gates held at z and r by their biases."""
    cell = GRUCell(1)
    cell.build((None, 1))
    bias = [[100.0 * (2 * z - 1), 100.0 * (2 * r - 1), 0], [0, 0, 0]]
    cell.set_weights([np.array([[0, 0, 1.0]]), np.array([[0, 0, 1.0]]), np.array(bias)])
    return float(cell(np.array([[0.5]]), [np.array([[0.9]])])[0][0, 0])


def test_an_update_gate_of_one_copies_the_old_state():
    assert gated(z=1, r=1) == pytest.approx(0.9)


def test_a_reset_gate_of_zero_forgets_the_old_state():
    assert gated(z=0, r=0) == pytest.approx(np.tanh(0.5))


def test_a_reset_gate_of_one_remembers_it():
    assert gated(z=0, r=1) == pytest.approx(np.tanh(1.4))


def test_a_reset_that_is_neither_before_nor_after_is_one_line():
    with pytest.raises(ValueError, match=r"^GRUCell: reset_after='before', expected True or False$"):
        GRUCell(4, reset_after="before")
