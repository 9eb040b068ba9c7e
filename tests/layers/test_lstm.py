"""The LSTM's four inputs, and the course's memory steered by hand."""

import keras
import numpy as np
import pytest

from keras_seq.layers import LSTMCell, Recurrence

RNG = np.random.default_rng(3)
X = RNG.normal(size=(2, 5, 3)).astype("float32")


def random_weights(layer):
    layer.build((None, None, 3))
    layer.set_weights([RNG.normal(size=w.shape).astype("float32") for w in layer.weights])
    return layer


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


@pytest.mark.parametrize("use_bias", [True, False])
def test_it_is_its_equations(use_bias):
    layer = random_weights(Recurrence(LSTMCell(4, use_bias=use_bias)))
    w, u, *b = layer.get_weights()
    b = b[0] if use_bias else np.zeros(16)
    (wi, wf, wc, wo), (ui, uf, uc, uo), (bi, bf, bc, bo) = (np.split(x, 4, axis=-1) for x in (w, u, b))
    h = c = np.zeros((2, 4))
    for t in range(5):
        x = X[:, t]
        i, f, o = (sigmoid(x @ w + h @ u + b) for w, u, b in ((wi, ui, bi), (wf, uf, bf), (wo, uo, bo)))
        c = f * c + i * np.tanh(x @ wc + h @ uc + bc)
        h = o * np.tanh(c)
        np.testing.assert_allclose(layer(X)[:, t], h, atol=1e-5)


def test_it_equals_keras_lstm_with_the_same_weights():
    theirs = random_weights(keras.layers.LSTM(4, return_sequences=True))
    ours = random_weights(Recurrence(LSTMCell(4)))
    ours.set_weights(theirs.get_weights())
    np.testing.assert_allclose(ours(X), theirs(X), atol=1e-6)


def test_it_runs_inside_keras_rnn():
    theirs = keras.layers.RNN(LSTMCell(4, seed=3), return_sequences=True)
    np.testing.assert_allclose(theirs(X), Recurrence(LSTMCell(4, seed=3))(X), atol=1e-6)


@pytest.mark.parametrize(("unit_forget_bias", "forget"), [(True, [1, 1]), (False, [5, 5])])
def test_the_forget_gate_alone_may_start_open(unit_forget_bias, forget):
    start = keras.initializers.Constant(5)
    cell = LSTMCell(2, bias_initializer=start, unit_forget_bias=unit_forget_bias)
    cell.build((None, 3))
    assert cell.bias.numpy().tolist() == [5, 5, *forget, 5, 5, 5, 5]


def steered():
    """The course's cell: x2 = 1 adds x1 to the memory, x2 = -1 clears it, x3 = 1 opens the output; linear, hard gates."""
    cell = LSTMCell(1, "linear")
    cell.build((None, 3))
    kernel = [[0, 0, 1, 0], [100, 100, 0, 0], [0, 0, 0, 100]]  # rows x1, x2, x3; columns i, f, c̃, o
    cell.set_weights([np.array(kernel, "float32"), np.zeros((1, 4), "float32"), np.array([-50, 50, 0, -50], "float32")])
    return cell


def test_memory_is_written_kept_read_and_cleared():
    cell, states = steered(), [np.zeros((1, 1), "float32")] * 2
    memories, outputs = [], []
    for x in [(3, 1, 0), (4, 1, 0), (2, 0, 0), (1, 0, 1), (3, -1, 0)]:
        output, states = cell(np.array([x], "float32"), states)
        memories.append(float(states[1][0, 0]))
        outputs.append(float(output[0, 0]))
    assert memories == pytest.approx([3, 7, 7, 7, 0], abs=1e-5)
    assert outputs == pytest.approx([0, 0, 0, 7, 0], abs=1e-5)
