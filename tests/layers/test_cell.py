"""What every cell shares: start values, seeds, bias, gradients, Keras' protocol, and one line for a wrong argument."""

import re

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_seq.layers import CELLS, Recurrence

RNG = np.random.default_rng(7)
X = RNG.normal(size=(2, 4, 3))
VARIANTS = {
    "elman": ("elman", {}),
    "jordan": ("jordan", {"output_units": 2, "output_activation": "softmax"}),
    "gru": ("gru", {}),
    "gru, reset before": ("gru", {"reset_after": False}),
    "lstm": ("lstm", {}),
    "lstm, peephole": ("lstm", {"peephole": True}),
    "lstm, coupled": ("lstm", {"coupled": True}),
    "lstm, normalized": ("lstm", {"layer_normalization": True}),
    "lstm, projected": ("lstm", {"projection": 2}),
    "lstm, all": ("lstm", {"peephole": True, "coupled": True, "layer_normalization": True, "projection": 2}),
}


def built(cell, inputs=4):
    cell.build((None, inputs))
    return cell


@pytest.fixture(params=sorted(CELLS))
def cell_class(request):
    return CELLS[request.param]


@pytest.fixture(params=list(VARIANTS))
def make(request):
    """A function that makes a cell of three units, every option of every cell among them."""
    name, options = VARIANTS[request.param]
    return lambda **others: CELLS[name](3, **options, **others)


def test_one_seed_gives_the_same_start_values(make):
    draw = {"bias_initializer": "random_normal", "seed": 1}
    first, second = built(make(**draw)), built(make(**draw))
    for ours, theirs in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("other", [2, None])
def test_another_seed_gives_other_start_values(cell_class, other):
    first, second = built(cell_class(4, seed=1)), built(cell_class(4, seed=other))
    assert not np.allclose(first.kernel, second.kernel)
    assert not np.allclose(first.recurrent_kernel, second.recurrent_kernel)


def test_kernel_and_recurrent_kernel_start_apart(cell_class):
    cell = built(cell_class(4, kernel_initializer="he_normal", recurrent_initializer="he_normal", seed=1))
    assert cell.kernel.shape == cell.recurrent_kernel.shape
    assert not np.allclose(cell.kernel, cell.recurrent_kernel)


def test_a_start_value_that_draws_nothing_takes_no_seed(cell_class):
    cell = built(cell_class(4, kernel_initializer=keras.initializers.Constant(2), seed=1))
    np.testing.assert_array_equal(cell.kernel, np.full(cell.kernel.shape, 2))


def test_it_starts_at_zero(make):
    cell = make()
    sizes = keras.tree.flatten(cell.state_size)
    for state, size in zip(cell.get_initial_state(batch_size=4), sizes, strict=True):
        np.testing.assert_array_equal(state, np.zeros((4, size)))


def test_without_bias_no_weight_is_a_bias(make):
    assert [w.name for w in built(make(use_bias=False)).weights if "bias" in w.name] == []


def test_without_bias_it_trains_in_a_model_that_is_built_by_its_first_call(make):
    class Wrapped(keras.Model):
        def __init__(self):
            super().__init__()
            self.layer = Recurrence(make(use_bias=False, seed=1), return_sequences=False)

        def call(self, x):
            return self.layer(x)

    model = Wrapped()
    model.compile("sgd", "mse")
    x = X.astype("float32")
    before, y = model(x).numpy(), np.linspace(0, 1, model(x).shape[1] * 2, dtype="float32").reshape(2, -1)
    model.fit(x, y, epochs=2, verbose=0)
    assert ((model(x).numpy() - y) ** 2).mean() < ((before - y) ** 2).mean()


def test_it_runs_inside_keras_rnn(make):
    theirs = keras.layers.RNN(make(seed=3), return_sequences=True)
    ours = Recurrence(make(seed=3))
    np.testing.assert_allclose(theirs(X), ours(X), atol=1e-6)
    assert theirs.compute_output_shape((2, 4, 3)) == tuple(ours(X).shape)


def test_its_gradients_are_those_of_finite_differences(make):
    """Of every weight, of the input and of each initial state, in a direction at random."""
    layer = Recurrence(make(dtype="float64"), dtype="float64")
    layer.build(X.shape)
    shapes = [X.shape, *((2, n) for n in keras.tree.flatten(layer.cell.state_size))]
    x, *states = inputs = [keras.Variable(np.zeros(shape), dtype="float64") for shape in shapes]
    points = [*layer.trainable_weights, *inputs]
    for point in points:
        point.assign(RNG.normal(size=point.shape))
    readout = RNG.normal(size=(2, 4, layer.cell.output_size))
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(x.value, initial_state=states) * readout)
    for point, gradient in zip(points, tape.gradient(loss, [point.value for point in points]), strict=True):
        middle, direction = point.numpy(), RNG.normal(size=point.shape)
        sides = []
        for step in (1e-5, -1e-5):
            point.assign(middle + step * direction)
            sides.append(np.sum(layer(x.value, initial_state=states) * readout))
        point.assign(middle)
        assert np.sum(gradient * direction) == pytest.approx((sides[0] - sides[1]) / 2e-5, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("units", [0, -1, 2.0, "4", True])
def test_a_wrong_size_is_one_line(cell_class, units):
    message = rf"^{cell_class.__name__}: units={units!r}, expected an integer of at least 1$"
    with pytest.raises(ValueError, match=message):
        cell_class(units)


@pytest.mark.parametrize("choice", ["tanhh", 3, {"class_name": "tanhh", "config": {}}], ids=str)
def test_an_unknown_activation_is_one_line(cell_class, choice):
    expected = "the name of a Keras activation, such as 'tanh', or a function"
    message = f"{cell_class.__name__}: unknown activation {choice!r}, expected {expected}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        cell_class(4, activation=choice)


@pytest.mark.parametrize("argument", ["kernel_initializer", "recurrent_initializer", "bias_initializer"])
@pytest.mark.parametrize("choice", ["glorot", 3, None])
def test_an_unknown_start_value_is_one_line(cell_class, argument, choice):
    expected = "the name of a Keras initializer, such as 'glorot_uniform', or a function"
    message = f"{cell_class.__name__}: unknown {argument} {choice!r}, expected {expected}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        cell_class(4, **{argument: choice})


@pytest.mark.parametrize(
    ("argument", "value", "expected"),
    [("use_bias", "no", "True or False"), ("use_bias", 1, "True or False"), ("seed", "1", "an integer or None")],
)
def test_a_wrong_choice_is_one_line(cell_class, argument, value, expected):
    message = rf"^{cell_class.__name__}: {argument}={value!r}, expected {expected}$"
    with pytest.raises(ValueError, match=message):
        cell_class(4, **{argument: value})


@pytest.mark.parametrize("name", ["gru", "lstm"])
def test_an_unknown_gate_activation_is_one_line(name):
    with pytest.raises(ValueError, match=r"^[A-Z]+Cell: unknown recurrent_activation 'sigmod', expected [^\n]+$"):
        CELLS[name](4, recurrent_activation="sigmod")
