"""Gradients through time against closed forms, finite differences, and the hand-written backward pass."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_seq.layers import CELLS, ElmanCell, GRUCell, JordanCell, LSTMCell, Recurrence
from keras_seq.layers.gradient_lens import (
    gradient_bound,
    norms_by_distance,
    spectral_norm,
    spectral_radius,
    state_gradients,
    step_jacobians,
    visited,
)

RNG = np.random.default_rng(5)
B, T, D, H = 2, 4, 2, 3
X = RNG.normal(size=(B, T, D))
V = RNG.normal(size=(H,))


@keras.saving.register_keras_serializable(package="tests")
class Squashed(keras.layers.Layer):
    """A user's own cell, whose output is no state: s' = sin(x + s A), output s'²."""

    state_size = output_size = H

    def build(self, input_shape):
        self.mix = self.add_weight(shape=(H, H), initializer="orthogonal")

    def call(self, inputs, states):
        state = ops.sin(inputs[:, :1] + ops.matmul(states[0], self.mix))
        return state**2, [state]


MAKERS = {
    "elman sigmoid": lambda: ElmanCell(H, "sigmoid", dtype="float64"),
    "elman tanh": lambda: ElmanCell(H, dtype="float64"),
    "jordan": lambda: JordanCell(H, output_activation="softmax", dtype="float64"),
    "gru": lambda: GRUCell(H, dtype="float64"),
    "lstm": lambda: LSTMCell(H, dtype="float64"),
    "lstm, peephole and coupled": lambda: LSTMCell(H, peephole=True, coupled=True, dtype="float64"),
    "keras lstm": lambda: keras.layers.LSTMCell(H, dtype="float64"),
    "one's own": lambda: Squashed(dtype="float64"),
}


def made(name, width=D):
    """A cell with random weights."""
    cell = MAKERS[name]()
    cell.build((None, width))
    cell.set_weights([RNG.normal(size=w.shape) for w in cell.weights])
    return cell


def elman(u, activation="linear"):
    """An Elman cell of one input that adds to every unit, with the recurrent matrix U."""
    cell = ElmanCell(len(u), activation, use_bias=False, dtype="float64")
    cell.build((None, 1))
    cell.set_weights([np.ones((1, len(u))), np.asarray(u, float)])
    return cell


def last(outputs):
    """Row by row: the outputs of the last step by fixed weights, squared."""
    return ops.sum(outputs[:, -1] * V, axis=-1) ** 2


def run(cells, x, states):
    """(outputs of the uppermost cell (B, T, H), states before each step) by the cells' own calls, in plain loops."""
    flat, outputs, before = list(states), [], [list(states)]
    for t in range(x.shape[1]):
        y, rest, new = x[:, t], flat, []
        for cell in cells:
            count = len(keras.tree.flatten(cell.state_size))
            y, got = cell(y, rest[:count])
            rest, new = rest[count:], [*new, *keras.tree.flatten(got)]
        flat = [np.asarray(state) for state in new]
        outputs.append(np.asarray(y))
        before.append(flat)
    return np.stack(outputs, 1), before


def zeros(cells):
    return [np.zeros((B, size)) for cell in cells for size in keras.tree.flatten(cell.state_size)]


def differences(function, array, h=1e-6):
    """∂ the sum of function(array) / ∂ array, by central differences."""
    slopes = np.zeros_like(array)
    for place in np.ndindex(array.shape):
        move = np.zeros_like(array)
        move[place] = h
        slopes[place] = np.sum(function(array + move) - function(array - move)) / (2 * h)
    return slopes


@pytest.mark.parametrize("name", MAKERS)
def test_it_is_the_finite_difference_at_every_step(name):
    cell = made(name)
    found = state_gradients([cell], X, last)[0]
    _, before = run([cell], X, zeros([cell]))
    for t in range(T):
        for place in range(len(found)):

            def moved(state, t=t, place=place):
                states = [*before[t][:place], state, *before[t][place + 1 :]]
                return np.asarray(last(run([cell], X[:, t:], states)[0]))

            np.testing.assert_allclose(found[place][:, t], differences(moved, before[t][place]), atol=1e-7)


def test_of_the_last_states_only_the_output_counts():
    h, c = state_gradients([made("lstm")], X, lambda y: ops.sum(y[:, -1] * V, axis=-1))[0]
    np.testing.assert_allclose(h[:, -1], np.tile(V, (B, 1)))
    np.testing.assert_array_equal(c[:, -1], 0)


def test_a_lower_cell_is_reached_by_time_and_from_above():
    """What it hands on also goes up, at the same step: its last state has a gradient of its own."""
    lower, upper = made("gru"), made("lstm", width=H)
    (found,), _ = state_gradients([lower, upper], X, last)
    inputs = visited([lower, upper], X)[1].inputs

    def above(output):
        moved = np.concatenate([inputs[:, :-1], output[:, None]], axis=1)
        return np.asarray(last(run([upper], moved, zeros([upper]))[0]))

    expected = differences(above, inputs[:, -1])
    np.testing.assert_allclose(found[:, T], expected, atol=1e-7)
    start = differences(lambda s: np.asarray(last(run([lower, upper], X, [s, *zeros([upper])])[0])), np.zeros((B, H)))
    np.testing.assert_allclose(found[:, 0], start, atol=1e-7)


@pytest.mark.parametrize("name", ["elman tanh", "gru", "lstm"])
def test_it_is_what_the_hand_written_backward_pass_finds(name):
    import tensorflow as tf

    cell = made(name)
    layer = Recurrence(cell, dtype="float64")
    start = [tf.constant(RNG.normal(size=state.shape)) for state in zeros([cell])]
    with tf.GradientTape() as tape:
        tape.watch(start)
        loss = tf.reduce_sum(last(layer(X, initial_state=start, training=True)))
    found = state_gradients([cell], X, last, start)[0]
    for slope, expected in zip(found, tape.gradient(loss, start), strict=True):
        np.testing.assert_allclose(slope[:, 0], expected, atol=1e-12)


@pytest.mark.parametrize(("weight", "expected"), [(1.01, 20_751), (0.99, 4.4e-5)])
def test_one_weight_over_a_thousand_steps(weight, expected):
    """The course's example: w^999."""
    slopes = state_gradients([elman([[weight]])], np.zeros((1, 999, 1)), lambda y: y[:, -1, 0])[0][0]
    norms = norms_by_distance(slopes)[0]
    np.testing.assert_allclose(norms, weight ** np.arange(1000), rtol=1e-10)
    assert norms[-1] == pytest.approx(expected, rel=1e-2)


def test_an_orthogonal_matrix_keeps_the_norm():
    q = np.linalg.qr(RNG.normal(size=(H, H)))[0]
    slopes = state_gradients([elman(q)], RNG.normal(size=(B, 200, 1)), lambda y: ops.sum(y[:, -1] * V, axis=-1))[0][0]
    np.testing.assert_allclose(norms_by_distance(slopes), np.linalg.norm(V), rtol=1e-12)


def test_distances_count_from_the_step_of_each_rows_loss():
    slopes = np.arange(1.0, 5)[None, :, None] * [[[1.0]], [[10.0]]]  # (2, T + 1 = 4, 1)
    np.testing.assert_array_equal(norms_by_distance(slopes), [[4, 3, 2, 1], [40, 30, 20, 10]])
    np.testing.assert_array_equal(norms_by_distance(slopes, [3, 1]), [[4, 3, 2, 1], [20, 10, np.nan, np.nan]])


def test_a_norm_whose_square_is_no_float32_is_seen():
    assert norms_by_distance(np.full((1, 1, 4), 1e-30, np.float32))[0, 0] == pytest.approx(2e-30)


@pytest.mark.parametrize("name", MAKERS)
def test_a_step_jacobian_is_its_finite_differences(name):
    cell = made(name)
    x, states = X[:, 0], [RNG.normal(size=state.shape) for state in zeros([cell])]
    found = step_jacobians(cell, x, states)
    size = sum(state.shape[1] for state in states)
    assert found.shape == (B, size, size)
    cuts = np.cumsum([state.shape[1] for state in states])[:-1]
    whole = np.concatenate(states, 1)
    for i in range(size):

        def number(whole, i=i):
            _, new = cell(x, np.split(whole, cuts, axis=1))
            return np.concatenate(keras.tree.flatten(new), 1)[:, i]

        np.testing.assert_allclose(found[:, i], differences(number, whole), atol=1e-8)


def test_jacobians_in_parts_are_those_in_one_piece(monkeypatch):
    cell = made("lstm")
    x, states = X[:, 0], zeros([cell])
    whole = step_jacobians(cell, x, states)
    monkeypatch.setattr("keras_seq.layers.gradient_lens.CHUNK", 1)
    np.testing.assert_allclose(step_jacobians(cell, x, states), whole, atol=1e-15)


@pytest.mark.parametrize("name", ["elman tanh", "gru", "lstm"])
def test_jacobians_chain_the_gradients(name):
    cell = made(name)
    slopes = np.concatenate(state_gradients([cell], X, last)[0], axis=-1)  # (B, T + 1, N)
    (met,) = visited([cell], X)
    for t in range(T):
        jacobians = step_jacobians(cell, met.inputs[:, t], [state[:, t] for state in met.states])
        through_time = np.einsum("bij,bi->bj", jacobians, slopes[:, t + 1])
        np.testing.assert_allclose(slopes[:, t], through_time, atol=1e-12)
        longest = spectral_norm(jacobians) * np.linalg.norm(slopes[:, t + 1], axis=-1)
        assert np.all(np.linalg.norm(slopes[:, t], axis=-1) <= longest * (1 + 1e-12))


def test_what_a_cell_meets():
    cells = [made("gru"), made("lstm", width=H)]
    _, before = run(cells, X, zeros(cells))
    met = visited(cells, X)
    np.testing.assert_allclose(met[0].inputs, X)
    np.testing.assert_allclose(met[1].inputs, np.stack([states[0] for states in before[1:]], 1), atol=1e-12)
    for place, found in enumerate([*met[0].states, *met[1].states]):
        np.testing.assert_allclose(found, np.stack([states[place] for states in before[:-1]], 1), atol=1e-12)


def test_norm_and_radius_of_known_matrices():
    """A shear lengthens what it does not repeat; a turn keeps every length; both have |eigenvalues| of 1."""
    matrices = np.array([[[1.0, 3], [0, 1]], [[0, -1], [1, 0]], [[2, 0], [0, -5]]])
    shear = np.sqrt((11 + np.sqrt(117)) / 2)  # of 1 + 3² + 1 = 11 and determinant 1
    np.testing.assert_allclose(spectral_norm(matrices), [shear, 1, 5])
    np.testing.assert_allclose(spectral_radius(matrices), [1, 1, 5])


@pytest.mark.parametrize(("activation", "slope"), [("sigmoid", 0.25), ("tanh", 1), ("relu", 1), ("linear", 1)])
def test_no_step_of_an_elman_cell_exceeds_the_bound(activation, slope):
    u = RNG.normal(size=(H, H))
    cell = elman(u, activation)
    assert gradient_bound(cell) == pytest.approx(slope * np.linalg.norm(u, 2))
    slopes = state_gradients([cell], 0.1 * X[..., :1], lambda y: ops.sum(y[:, -1] * V, axis=-1))[0][0]
    bound = np.linalg.norm(V) * gradient_bound(cell) ** np.arange(T + 1)
    assert np.all(norms_by_distance(slopes) <= bound * (1 + 1e-12))


def test_the_bound_is_reached_where_the_slope_is_steepest():
    """At 0 the sigmoid's slope is 1/4, and U = 3: every step multiplies by 3/4."""
    cell = ElmanCell(1, "sigmoid", dtype="float64")
    cell.build((None, 1))
    cell.set_weights([np.zeros((1, 1)), np.array([[3.0]]), np.array([-1.5])])  # h = 1/2 stays: σ(3/2 - 3/2)
    slopes = state_gradients([cell], np.zeros((1, 9, 1)), lambda y: y[:, -1, 0], [np.full((1, 1), 0.5)])[0][0]
    np.testing.assert_allclose(norms_by_distance(slopes)[0], gradient_bound(cell) ** np.arange(10), rtol=1e-12)


@pytest.mark.parametrize("cell", [GRUCell(H), JordanCell(H), ElmanCell(H, "softplus")])
def test_there_is_no_such_bound_for_other_cells(cell):
    with pytest.raises(
        ValueError, match=rf"^gradient_bound: {type(cell).__name__} .*, expected ElmanCell with sigmoid"
    ):
        gradient_bound(cell)


def test_a_missing_state_is_one_line():
    with pytest.raises(ValueError, match=r"^1 initial states, expected 2 of sizes \[3, 3\]$"):
        state_gradients([made("lstm")], X, last, [np.zeros((B, H))])


def test_every_named_cell_has_been_looked_at():
    assert all(any(name.startswith(kind) for name in MAKERS) for kind in CELLS)
