"""Noise on inputs, on states, on recurrent weights, and zoneout: its mathematics, its gradients, and when there is none."""

import re
from functools import cache

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_seq.layers import (
    Bidirectional,
    ElmanCell,
    GRUCell,
    JordanCell,
    LSTMCell,
    Recurrence,
    RecurrentDropout,
)
from keras_seq.layers.recurrent_dropout import draw

B, T, D, H = 3, 4, 2, 3
CELLS = {
    "Elman, tanh": lambda: ElmanCell(H, dtype="float64"),
    "GRU": lambda: GRUCell(H, dtype="float64"),
    "GRU, reset before": lambda: GRUCell(H, reset_after=False, dtype="float64"),
    "LSTM": lambda: LSTMCell(H, dtype="float64"),
}
KINDS = ("inputs", "states", "weights", "zoneout")
SOME = {
    **{kind: {kind: 0.4} for kind in KINDS},
    "all": {"inputs": 0.2, "states": 0.3, "weights": 0.25, "zoneout": 0.4},
}
RNG = np.random.default_rng(9)
X = RNG.normal(size=(B, T, D))
MASK = np.array([[1, 1, 1, 1], [1, 0, 1, 1], [0, 1, 1, 0]], bool)


@cache
def case(name):
    """(states, weights, upstream) of a cell."""
    cell = CELLS[name]()
    cell.build((None, D))
    states, ds = ([RNG.normal(size=(B, H)) for _ in keras.tree.flatten(cell.state_size)] for _ in range(2))
    return states, [RNG.normal(size=w.shape) * 0.5 for w in cell.weights], [RNG.normal(size=(B, T, H)), *ds]


def drawn(cell, seed, compiled=False, **shares):
    """What a layer with this seed draws in its first pass over X, and ones where it draws nothing."""
    dropout, generator = RecurrentDropout(**shares, seed=seed), keras.random.SeedGenerator(seed)
    noise = tf.function(  # XLA has a generator of its own, which gives other numbers from the same seed
        lambda: draw(dropout, generator, cell, D, T, B, training=True, dtype="float64"),
        jit_compile=compiled,
        autograph=False,
    )()
    inputs, states, weights = (1 if x is None else np.array(x) for x in noise[:3])
    return inputs, states, weights, noise.zone and [np.array(share) for share in noise.zone]


def by_definition(reference, name, noise, reverse):
    """(outputs, gradients) of x ∘ d, h ∘ d, U ∘ d and the shares of zoneout, in NumPy."""
    inputs, drop, of_weights, zone = noise
    states, weights, upstream = case(name)

    def step(x, states, w, u, b):
        return reference.steps[name](x * inputs, states, w, u * of_weights, b, drop)

    return reference.run(step, X, MASK, states, weights, upstream, reverse=reverse, zone=zone)


@pytest.mark.parametrize(("kind", "way"), [*((kind, "eager") for kind in SOME), ("all", "graph"), ("all", "compiled")])
@pytest.mark.parametrize("name", CELLS)
def test_outputs_and_gradients_are_those_of_its_definition(name, kind, way, reference, learner):
    reverse = kind in ("states", "all")
    options = {"reverse": reverse, "return_state": True, "dtype": "float64", "jit_compile": way == "graph"}
    layer = Recurrence(CELLS[name](), dropout=RecurrentDropout(**SOME[kind], seed=5), **options)
    layer.build((None, None, D))
    states, weights, upstream = case(name)
    for variable, value in zip(layer.trainable_variables, weights, strict=True):
        variable.assign(value)
    ours = learner(layer, way)(
        tf.constant(X), tf.constant(MASK), [tf.constant(h) for h in states], [tf.constant(d) for d in upstream]
    )
    expected = by_definition(reference, name, drawn(layer.cell, 5, way == "compiled", **SOME[kind]), reverse)
    for one, other in zip(tf.nest.flatten(ours), tf.nest.flatten(expected), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-9 * np.abs(other).max())


@pytest.mark.parametrize("kind", ["inputs", "zoneout"])
def test_a_cell_of_its_own_step_has_noise_around_it(kind, reference):
    """Jordan's memory is its output."""
    shares = {kind: 0.4}
    cell = JordanCell(H, dtype="float64")
    layer = Recurrence(cell, dropout=RecurrentDropout(**shares, seed=5), dtype="float64")
    layer.build((None, None, D))
    inputs, _, _, zone = drawn(cell, 5, **shares)

    def jordan(x, states, w, u, b, v, d):
        y = np.tanh((x * inputs) @ w + states[0] @ u + b) @ v + d
        return y, [y]

    weights = cell.get_weights()
    expected, _ = reference.walk(jordan, X, MASK, [np.zeros((B, H))], lambda t: weights, zone=zone)
    np.testing.assert_allclose(layer(X, mask=MASK, training=True), expected, atol=1e-10)


@pytest.mark.parametrize("kind", ["inputs", "states", "weights"])
def test_one_mask_serves_all_steps_and_keeps_the_mean(kind):
    """A share p is 0 and the others 1 / (1 - p); nothing else is drawn."""
    cell = LSTMCell(50, seed=1)
    cell.build((None, 60))
    noise = draw(RecurrentDropout(**{kind: 0.3}), keras.random.SeedGenerator(2), cell, 60, 7, 80, True, "float32")
    factors = {"inputs": noise.inputs, "states": noise.states, "weights": noise.weights}
    assert [name for name, x in factors.items() if x is not None] == [kind]
    mask = np.array(factors[kind])
    assert mask.shape == {"inputs": (80, 60), "states": (80, 50), "weights": (50, 200)}[kind]
    np.testing.assert_allclose(np.unique(mask), [0, 1 / 0.7], rtol=1e-6)
    assert np.mean(mask) == pytest.approx(1, abs=0.05)
    assert noise.zone is None


def test_zoneout_draws_every_state_at_every_step():
    cell = LSTMCell(50)
    noise = draw(RecurrentDropout(zoneout=0.3), keras.random.SeedGenerator(2), cell, 60, 7, 80, True, "float32")
    hidden, memory = (np.array(share) for share in noise.zone)
    for share in (hidden, memory):
        assert share.shape == (7, 80, 50)
        assert np.unique(share).tolist() == [0, 1]
        assert np.mean(share) == pytest.approx(0.7, abs=0.02)
    assert np.mean(hidden == memory) == pytest.approx(0.7**2 + 0.3**2, abs=0.02)  # drawn apart
    assert np.mean(hidden[0] == hidden[1]) == pytest.approx(0.7**2 + 0.3**2, abs=0.02)


@pytest.mark.parametrize("name", CELLS)
def test_without_training_zoneout_takes_the_expected_state(name, reference):
    layer = Recurrence(CELLS[name](), dropout=RecurrentDropout(zoneout=0.4), return_state=True, dtype="float64")
    layer.build((None, None, D))
    states, weights, _ = case(name)
    layer.cell.set_weights(weights)
    zone = [np.full((T, B, H), 0.6) for _ in states]
    expected = reference.walk(reference.steps[name], X, MASK, states, lambda t: weights, zone=zone)
    for ours, other in zip(layer(X, mask=MASK, initial_state=states), expected, strict=True):
        np.testing.assert_allclose(ours, other, atol=1e-10)


@pytest.mark.parametrize("kind", ["inputs", "states", "weights"])
def test_without_training_there_is_no_noise(kind):
    layer = Recurrence(LSTMCell(H, seed=1), dropout=RecurrentDropout(**{kind: 0.5}))
    np.testing.assert_allclose(layer(X), Recurrence(LSTMCell(H, seed=1))(X), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("kind", KINDS)
def test_each_batch_draws_anew_and_a_seed_repeats_it(kind):
    def passes(seed):
        layer = Recurrence(LSTMCell(H, seed=1), dropout=RecurrentDropout(**{kind: 0.5}, seed=seed))
        return [np.array(layer(X, training=True)) for _ in range(2)]

    first, second = passes(1)
    np.testing.assert_array_equal([first, second], passes(1))
    assert not np.allclose(first, second)
    assert not np.allclose(first, passes(2)[0])


@pytest.mark.parametrize("kind", KINDS)
def test_each_direction_draws_its_own(kind):
    """The same weights in both directions over a palindrome: without noise each is the mirror of the other."""
    x = np.concatenate([X, X[:, ::-1]], axis=1)
    layer = Bidirectional(ElmanCell(H), dropout=RecurrentDropout(**{kind: 0.5}, seed=1))
    layer.build(x.shape)
    layer.backward_cell.set_weights(layer.cell.get_weights())
    for training in (False, True):
        left, right = np.split(np.array(layer(x, training=training)), 2, axis=-1)
        assert np.allclose(left, right[:, ::-1]) != training


def test_it_survives_as_a_configuration():
    dropout = RecurrentDropout(0.1, 0.2, 0.3, 0.4, seed=5)
    assert dropout.get_config() == {"inputs": 0.1, "states": 0.2, "weights": 0.3, "zoneout": 0.4, "seed": 5}
    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(dropout))
    assert type(copy) is RecurrentDropout
    assert copy == dropout
    assert hash(copy) == hash(dropout)
    assert copy != RecurrentDropout(0.1, 0.2, 0.3, 0.4)


def test_a_layer_of_its_configuration_learns_with_the_same_noise():
    layer = Recurrence(LSTMCell(H, seed=1), dropout=RecurrentDropout(states=0.5, seed=5))
    copy = Recurrence.from_config(layer.get_config())
    np.testing.assert_array_equal(layer(X, training=True), copy(X, training=True))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [-0.1, 1, 1.5, "half", None, True, float("nan")])
def test_a_wrong_share_is_one_line(kind, share):
    message = f"RecurrentDropout: {kind}={share!r}, expected a number, 0 <= {kind} < 1"
    with pytest.raises(ValueError, match=rf"^{re.escape(message)}$"):
        RecurrentDropout(**{kind: share})


@pytest.mark.parametrize("training", [False, True])
def test_zoneout_leaves_the_output_of_a_cell_of_cells_to_it(training):
    """What a pile of cells puts out is its uppermost state, as wide as its lowest."""
    pile = keras.layers.StackedRNNCells([GRUCell(3, seed=1), GRUCell(3, seed=2)])
    layer = Recurrence(pile, return_state=True, dropout=RecurrentDropout(zoneout=1e-9, seed=1))
    x = RNG.normal(size=(2, 4, 3)).astype("float32")
    plain = Recurrence(pile)(x)
    np.testing.assert_allclose(layer(x, training=training)[0], plain, atol=1e-5)


@pytest.mark.parametrize("kind", ["inputs", "states", "weights", "zoneout"])
def test_it_has_the_precision_of_the_layer(kind):
    cell = GRUCell(3, dtype="float64")
    layer = Recurrence(cell, dtype="float32", dropout=RecurrentDropout(**{kind: 0.5}, seed=1))
    assert layer(np.ones((2, 4, 3), "float32"), training=True).dtype == "float32"
