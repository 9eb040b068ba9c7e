"""h[t] = f(x[t] W + y[t-1] U + b), y[t] = g(h[t] V + d): the memory keeps the output."""

import keras
import numpy as np
import pytest

from keras_seq.layers import Recurrence
from keras_seq.layers.jordan import JordanCell

RNG = np.random.default_rng(6)
X = RNG.normal(size=(2, 5, 3))


def random_weights(layer):
    layer.build((None, None, 3))
    layer.set_weights([RNG.normal(size=w.shape) for w in layer.weights])
    return layer


def softmax(x):
    e = np.exp(x)
    return e / e.sum(axis=-1, keepdims=True)


def course_network(*vectors):
    """Two inputs, two hidden, two outputs, every weight 1, no bias, linear: the outputs (T, 2)."""
    cell = JordanCell(2, None, "linear", use_bias=False, kernel_initializer="ones", recurrent_initializer="ones")
    return Recurrence(cell)(np.array([vectors], "float32"))[0].numpy().tolist()


def test_it_is_its_equations():
    layer = random_weights(Recurrence(JordanCell(4, 2, "sigmoid", "softmax", dtype="float64"), dtype="float64"))
    w, u, b, v, d = layer.get_weights()
    outputs, y = np.array(layer(X)), np.zeros((2, 2))
    for t in range(5):
        h = 1 / (1 + np.exp(-(X[:, t] @ w + y @ u + b)))
        y = softmax(h @ v + d)
        np.testing.assert_allclose(outputs[:, t], y, atol=1e-12)


def test_without_bias_it_is_its_equations():
    layer = random_weights(Recurrence(JordanCell(4, 2, use_bias=False, dtype="float64"), dtype="float64"))
    w, u, v = layer.get_weights()
    outputs, y = np.array(layer(X)), np.zeros((2, 2))
    for t in range(5):
        y = np.tanh(X[:, t] @ w + y @ u) @ v
        np.testing.assert_allclose(outputs[:, t], y, atol=1e-12)


def test_its_weights_have_the_names_and_shapes_of_the_equations():
    cell = JordanCell(4, 2)
    cell.build((None, 3))
    shapes = {"kernel": (3, 4), "recurrent_kernel": (2, 4), "bias": (4,), "output_kernel": (4, 2), "output_bias": (2,)}
    assert {w.name: tuple(w.shape) for w in cell.weights} == shapes


@pytest.mark.parametrize(("output_units", "size"), [(None, 4), (2, 2)])
def test_its_memory_is_as_wide_as_its_output(output_units, size):
    cell = JordanCell(4, output_units)
    assert (cell.output_size, cell.state_size) == (size, size)
    assert [tuple(x.shape) for x in cell.get_initial_state(3)] == [(3, size)]


def test_its_state_is_its_output():
    output, state = Recurrence(JordanCell(4, 2), return_sequences=False, return_state=True)(X)
    np.testing.assert_array_equal(output, state)


def test_the_output_comes_back():
    """By hand: hidden 2, 1·2 + 4·2 = 10, 2·2 + 20·2 = 44; each output is twice that."""
    assert course_network([1, 1], [1, 1], [2, 2]) == [[4, 4], [20, 20], [88, 88]]


@pytest.mark.parametrize(
    ("verb", "outputs"),
    [([2, 2], [[4, 4], [24, 24], [112, 112]]), ([3, 3], [[4, 4], [28, 28], [128, 128]])],
    ids=["我 去 郑州", "我 离开 郑州"],
)
def test_the_verb_is_remembered(verb, outputs):
    assert course_network([1, 1], verb, [4, 4]) == outputs


@pytest.mark.parametrize("seed", [1, None])
@pytest.mark.parametrize("start", ["he_normal", keras.initializers.HeNormal(seed=5)], ids=["name", "seeded object"])
def test_the_two_kernels_start_apart(start, seed):
    cell = JordanCell(3, kernel_initializer=start, seed=seed)
    cell.build((None, 3))
    assert not np.allclose(cell.kernel, cell.output_kernel)


def test_a_generator_of_start_values_is_used_as_it_is():
    start = keras.initializers.HeNormal(seed=keras.random.SeedGenerator(1))
    cell = JordanCell(3, kernel_initializer=start)
    cell.build((None, 3))
    assert not np.allclose(cell.kernel, cell.output_kernel)


@pytest.mark.parametrize("size", [0, -1, 2.0, "4", True])
def test_a_wrong_output_size_is_one_line(size):
    message = rf"^JordanCell: output_units={size!r}, expected an integer of at least 1$"
    with pytest.raises(ValueError, match=message):
        JordanCell(4, size)


def test_an_unknown_output_activation_is_one_line():
    with pytest.raises(ValueError, match=r"^JordanCell: unknown output_activation 'sofmax', expected [^\n]+$"):
        JordanCell(4, output_activation="sofmax")
