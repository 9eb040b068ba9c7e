"""h[t] = f(x[t] W + h[t-1] U + b), and the course's memory examples."""

import keras
import numpy as np
import pytest

from keras_seq.layers import ElmanCell, Recurrence

RNG = np.random.default_rng(1)
X = RNG.normal(size=(2, 5, 3)).astype("float32")


def random_weights(layer):
    layer.build((None, None, 3))
    layer.set_weights([RNG.normal(size=w.shape).astype("float32") for w in layer.weights])
    return layer


def course_network(*vectors):
    """Two inputs, two hidden, two outputs, every weight 1, no bias, linear: the outputs (T, 2)."""
    cell = ElmanCell(2, "linear", use_bias=False, kernel_initializer="ones", recurrent_initializer="ones")
    hidden = Recurrence(cell)(np.array([vectors], "float32"))
    return keras.layers.Dense(2, use_bias=False, kernel_initializer="ones")(hidden)[0].numpy().tolist()


def test_it_is_its_equation():
    layer = random_weights(Recurrence(ElmanCell(4)))
    w, u, b = layer.get_weights()
    h = np.zeros((2, 4))
    for t in range(5):
        h = np.tanh(X[:, t] @ w + h @ u + b)
        np.testing.assert_allclose(layer(X)[:, t], h, atol=1e-5)


def test_without_bias_it_is_its_equation():
    layer = random_weights(Recurrence(ElmanCell(4, "linear", use_bias=False)))
    w, u = layer.get_weights()
    np.testing.assert_allclose(layer(X[:, :2])[:, 1], X[:, 0] @ w @ u + X[:, 1] @ w, rtol=1e-4, atol=1e-5)


def test_it_equals_keras_simple_rnn_with_the_same_weights():
    theirs = random_weights(keras.layers.SimpleRNN(4, return_sequences=True))
    ours = random_weights(Recurrence(ElmanCell(4)))
    ours.set_weights(theirs.get_weights())
    np.testing.assert_allclose(ours(X), theirs(X), atol=1e-6)


@pytest.mark.parametrize(
    ("activation", "f"), [("relu", lambda x: np.maximum(x, 0)), (keras.ops.sin, np.sin), (None, np.array)]
)
def test_f_is_any_activation(activation, f):
    cell = ElmanCell(4, activation, seed=1)
    h = np.ones((2, 4), "float32")
    output, _ = cell(X[:, 0], [h])
    w, u, b = cell.get_weights()
    np.testing.assert_allclose(output, f(X[:, 0] @ w + h @ u + b), atol=1e-5)


def test_one_matrix_for_memory_and_input():
    """The course's a[t] = g(Wa [a[t-1], x[t]] + ba): a of 100 and x of 10,000 make Wa (100, 10100)."""
    cell = ElmanCell(100, seed=1)
    x, a = RNG.normal(size=(1, 10_000)), RNG.normal(size=(1, 100))
    output, _ = cell(x, [a])
    wa = np.concatenate([cell.recurrent_kernel, cell.kernel]).T
    assert wa.shape == (100, 10_100)
    np.testing.assert_allclose(output[0], np.tanh(wa @ np.concatenate([a, x], axis=1)[0] + cell.bias), atol=1e-4)


def test_the_same_input_gives_another_output():
    assert course_network([1, 1], [1, 1], [2, 2]) == [[4, 4], [12, 12], [32, 32]]


def test_order_matters():
    assert course_network([2, 2], [1, 1], [1, 1])[-1] != [32, 32]


@pytest.mark.parametrize(
    ("verb", "outputs"),
    [([2, 2], [[4, 4], [16, 16], [48, 48]]), ([3, 3], [[4, 4], [20, 20], [56, 56]])],
    ids=["我 去 郑州", "我 离开 郑州"],
)
def test_the_verb_is_remembered(verb, outputs):
    assert course_network([1, 1], verb, [4, 4]) == outputs
