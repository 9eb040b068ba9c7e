"""Cells without hand-written mathematics run by their own step: a user's, Keras', Jordan's, an LSTM with options."""

import re
from functools import cache
from itertools import product

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_seq.layers import ElmanCell, GRUCell, JordanCell, LSTMCell, Recurrence
from keras_seq.layers.travel import fused_kind, unfused_because

D, H = 2, 3


class LeakyCell(keras.Layer):
    """A user's own cell, without any start state, and deaf to `training`: h' = h + a (tanh(x W + h U) - h)."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.state_size = self.output_size = units

    def build(self, input_shape):
        size = self.state_size
        self.kernel = self.add_weight(shape=(input_shape[-1], size))
        self.recurrent_kernel = self.add_weight(shape=(size, size))
        self.leak = self.add_weight(shape=(size,))

    def call(self, inputs, states):
        h = states[0]
        new = keras.ops.tanh(inputs @ self.kernel + h @ self.recurrent_kernel)
        h = h + self.leak * (new - h)
        return h, [h]


def row(b):
    """A bias (..., G) beside (..., B, G)."""
    return b[..., None, :]


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def leaky(x, states, w, u, a):
    (h,) = states
    h = h + row(a) * (np.tanh(x @ w + h @ u) - h)
    return h, [h]


def jordan(x, states, w, u, b, v, d):
    y = np.tanh(x @ w + states[0] @ u + row(b)) @ v + row(d)
    return y, [y]


def norm(x, gain, bias=0.0):
    deviation = x - x.mean(axis=-1, keepdims=True)
    return gain * deviation / np.sqrt((deviation**2).mean(axis=-1, keepdims=True) + 1e-3) + bias


def lstm_of_every_option(x, states, w, u, b, p, w_gain, u_gain, c_gain, c_bias, projection):
    h, c = states
    i, g, o = np.split(norm(x @ w, row(w_gain)) + norm(h @ u, row(u_gain)) + row(b), 3, axis=-1)
    i = sigmoid(i + p[..., :1, :] * c)
    c = (1 - i) * c + i * np.tanh(g)
    o = sigmoid(o + p[..., 1:, :] * c)
    h = o * np.tanh(norm(c, row(c_gain), row(c_bias))) @ projection
    return h, [h, c]


OPTIONS = {"peephole": True, "coupled": True, "layer_normalization": True, "projection": 2}
# name: (cell, its step in NumPy)
CELLS = {
    "a user's": (lambda: LeakyCell(H, dtype="float64"), leaky),
    "Keras' LSTM": (lambda: keras.layers.LSTMCell(H, dtype="float64"), None),
    "Jordan": (lambda: JordanCell(H, 2, dtype="float64"), jordan),
    "LSTM, every option": (lambda: LSTMCell(H, **OPTIONS, dtype="float64"), lstm_of_every_option),
}
# way: (whether the layer may compile, how what is around it runs)
WAYS = {"graph": (True, "graph"), "compiled": (True, "compiled"), "eager": (False, "eager")}


@pytest.fixture(scope="module")
def case(reference):
    """A function that makes (x, mask, states, weights, upstream) whose rows are padded in every way."""

    @cache
    def make(name, length):
        rng = np.random.default_rng(length)
        cell = CELLS[name][0]()
        cell.build((None, D))
        sizes = keras.tree.flatten(cell.state_size)
        states, ds = ([rng.normal(size=(5, size)) for size in sizes] for _ in range(2))
        x, dy = rng.normal(size=(5, length, D)), rng.normal(size=(5, length, cell.output_size))
        weights = [rng.normal(size=w.shape) * 0.5 for w in cell.trainable_weights]
        return x, reference.every_padding(length), states, weights, [dy, *ds]

    return make


@pytest.mark.parametrize(
    ("length", "way"), [(1, "compiled"), (35, "compiled"), *product((1, 2, 35), ("graph", "eager"))]
)
@pytest.mark.parametrize("name", CELLS)
def test_outputs_and_gradients_are_those_of_a_loop(name, length, way, case, reference, learner):
    jit_compile, around = WAYS[way]
    reverse = (length == 2) != (way == "compiled")  # each way goes both ways
    make, step = CELLS[name]
    layer = Recurrence(make(), return_state=True, reverse=reverse, jit_compile=jit_compile, dtype="float64")
    layer.build((None, None, D))
    x, mask, states, weights, upstream = case(name, length)
    for variable, value in zip(layer.trainable_variables, weights, strict=True):
        variable.assign(value)
    given = tf.constant(x), tf.constant(mask), [tf.constant(h) for h in states], [tf.constant(d) for d in upstream]
    expected = reference.run(step or reference.steps["LSTM"], *case(name, length), reverse=reverse)
    ours = learner(layer, around)(*given, training=length != 2)
    for one, other in zip(tf.nest.flatten(ours), tf.nest.flatten(expected), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-10 * np.abs(other).max())


@pytest.mark.parametrize("name", CELLS)
def test_the_last_output_alone(name, case):
    x, mask, states, *_ = case(name, 6)
    every = Recurrence(CELLS[name][0](), dtype="float64")
    last = Recurrence(every.cell, return_sequences=False, dtype="float64")
    expected = np.zeros((5, every.cell.output_size))
    outputs = np.array(every(x, mask=mask, initial_state=states))
    for one in range(5):
        for t in np.flatnonzero(mask[one])[-1:]:
            expected[one] = outputs[one, t]
    np.testing.assert_allclose(last(x, mask=mask, initial_state=states), expected, atol=1e-12)


def noisy(seed):
    return keras.layers.LSTMCell(H, dropout=0.5, recurrent_dropout=0.5, seed=seed, dtype="float64")


@pytest.mark.parametrize(
    "cell",
    [lambda: noisy(7), lambda: keras.layers.StackedRNNCells([noisy(7), noisy(8)], dtype="float64")],
    ids=["one", "a pile"],
)
def test_a_cell_of_keras_draws_its_noise_once_a_batch(cell, case):
    x = case("Keras' LSTM", 6)[0]
    ours, theirs = cell(), cell()
    layer, other = Recurrence(ours, dtype="float64"), keras.layers.RNN(theirs, return_sequences=True, dtype="float64")
    layer.build(x.shape)
    other.build(x.shape)
    theirs.set_weights(ours.get_weights())
    for _ in range(2):  # and draws anew for the next one
        np.testing.assert_allclose(layer(x, training=True), other(x, training=True), atol=1e-12)
    assert not np.allclose(layer(x, training=True), layer(x, training=True))
    np.testing.assert_allclose(layer(x), other(x), atol=1e-12)


@pytest.mark.parametrize(
    "cell", [ElmanCell(H), ElmanCell(H, "relu"), GRUCell(H), GRUCell(H, reset_after=False), LSTMCell(H)]
)
def test_standard_cells_have_their_mathematics_written_by_hand(cell):
    assert fused_kind(cell).units == H
    assert unfused_because(cell) == ""


class Subclass(LSTMCell):
    """Its step may be another one."""


def tanh(x):
    """Another function than Keras' of that name."""
    return 2 * x


@pytest.mark.parametrize(
    ("cell", "because"),
    [
        (LeakyCell(H), "LeakyCell is no standard cell"),
        (Subclass(H), "Subclass is no standard cell"),
        (keras.layers.LSTMCell(H), "LSTMCell is no standard cell"),
        (JordanCell(H), "JordanCell is no standard cell"),
        *((LSTMCell(H, **{name: value}), f"LSTMCell with {name}") for name, value in OPTIONS.items()),
        (ElmanCell(H, "softsign"), "activation=softsign, its slope is not written by hand"),
        (GRUCell(H, recurrent_activation="hard_sigmoid"), "recurrent_activation=hard_sigmoid, its slope is .+"),
        (ElmanCell(H, tanh), "activation=another tanh, its slope is not written by hand"),
        (LSTMCell(H, tf.tanh), "activation=another tanh, its slope is not written by hand"),
    ],
)
def test_why_a_cell_runs_by_its_own_step(cell, because):
    assert fused_kind(cell) is None
    assert re.fullmatch(because, unfused_because(cell))
