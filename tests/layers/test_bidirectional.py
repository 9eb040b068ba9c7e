"""y[t] = [h→[t]; h←[t]], each direction with weights of its own."""

import re

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_seq.layers import CELLS, Bidirectional, ElmanCell, GRUCell, LSTMCell, Recurrence

RNG = np.random.default_rng(5)


def one_way(cell, x, mask, state=None, **options):
    """The cell's weights in a `Recurrence`, whose own test holds it to each row alone."""
    layer = Recurrence(type(cell).from_config(cell.get_config()), **options)
    layer.build(x.shape)
    layer.set_weights(cell.get_weights())
    return np.array(layer(x, mask=mask, initial_state=state))


@pytest.mark.parametrize("return_sequences", [True, False])
def test_it_is_one_run_from_each_side(mask, return_sequences):
    x = RNG.normal(size=(*mask.shape, 2)).astype("float32")
    layer = Bidirectional(LSTMCell(3), GRUCell(4), return_sequences)
    output = layer(x, mask=mask)
    left = one_way(layer.cell, x, mask, return_sequences=return_sequences)
    right = one_way(layer.backward_cell, x, mask, return_sequences=return_sequences, reverse=True)
    np.testing.assert_allclose(output, np.concatenate([left, right], axis=-1), atol=1e-6)


def test_the_reversed_sequence_swaps_the_directions():
    x = RNG.normal(size=(2, 4, 3)).astype("float32")
    layer = Bidirectional(ElmanCell(2))
    layer.build(x.shape)
    layer.backward_cell.set_weights(layer.cell.get_weights())
    left, right = np.split(np.array(layer(x)), 2, axis=-1)
    mirrored_left, mirrored_right = np.split(np.array(layer(x[:, ::-1]))[:, ::-1], 2, axis=-1)
    np.testing.assert_allclose(left, mirrored_right, atol=1e-6)
    np.testing.assert_allclose(right, mirrored_left, atol=1e-6)


def test_every_output_depends_on_every_input():
    layer, x = Bidirectional(ElmanCell(4, seed=1)), RNG.normal(size=(1, 4, 3)).astype("float32")
    for t in range(4):
        other = x.copy()
        other[:, t] += 1
        assert (np.abs(np.array(layer(x) - layer(other))).max(axis=-1) > 0).all()


def test_each_direction_takes_its_own_initial_states():
    x, mask = RNG.normal(size=(2, 4, 3)).astype("float32"), np.ones((2, 4), bool)
    states = [RNG.normal(size=(2, size)).astype("float32") for size in (3, 3, 5)]
    layer = Bidirectional(LSTMCell(3), GRUCell(5))
    output = layer(x, initial_state=states)
    left = one_way(layer.cell, x, mask, states[:2])
    right = one_way(layer.backward_cell, x, mask, states[2:], reverse=True)
    np.testing.assert_allclose(output, np.concatenate([left, right], axis=-1), atol=1e-6)


@pytest.mark.parametrize("name", sorted(CELLS))
@pytest.mark.parametrize("seed", [1, None])
def test_the_directions_start_apart(name, seed):
    layer = Bidirectional(CELLS[name](4, seed=seed))
    layer.build((None, None, 4))
    assert not np.allclose(layer.cell.kernel, layer.backward_cell.kernel)
    assert not np.allclose(layer.cell.recurrent_kernel, layer.backward_cell.recurrent_kernel)


def test_the_directions_start_apart_where_the_start_value_has_the_seed():
    layer = Bidirectional(ElmanCell(4, kernel_initializer=keras.initializers.HeNormal(seed=1)))
    layer.build((None, None, 4))
    assert not np.allclose(layer.cell.kernel, layer.backward_cell.kernel)


def test_the_directions_start_apart_where_inner_cells_have_the_seed():
    pile = keras.layers.StackedRNNCells([keras.layers.GRUCell(4, seed=1), keras.layers.GRUCell(4, seed=2)])
    layer = Bidirectional(pile)
    layer.build((None, None, 4))
    for ours, theirs in zip(layer.cell.cells, layer.backward_cell.cells, strict=True):
        assert not np.allclose(ours.kernel, theirs.kernel)


def test_one_seed_gives_the_same_start_values_in_both_directions():
    first, second = (Bidirectional(LSTMCell(4, seed=1)) for _ in range(2))
    first.build((None, None, 4))
    second.build((None, None, 4))
    assert len(first.get_weights()) == 6
    for ours, theirs in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_the_backward_cell_is_like_the_forward_one():
    cell = GRUCell(4, "relu", "hard_sigmoid", reset_after=False, use_bias=False)
    ours, theirs = cell.get_config(), Bidirectional(cell).backward_cell.get_config()
    assert {**theirs, "name": ours["name"]} == ours


# name: the two cells, and their steps in NumPy
PAIRS = {
    "LSTM": (LSTMCell, LSTMCell, "LSTM", "LSTM"),
    "Elman": (ElmanCell, ElmanCell, "Elman, tanh", "Elman, tanh"),
    "two kinds": (LSTMCell, GRUCell, "LSTM", "GRU"),
}


@pytest.mark.parametrize("way", ["eager", "graph", "compiled"])
@pytest.mark.parametrize("name", PAIRS)
def test_gradients_are_those_of_two_loops(name, way, reference, learner):
    left, right, *steps = PAIRS[name]
    cells = left(3, dtype="float64"), right(3, dtype="float64")
    layer = Bidirectional(*cells, return_state=True, jit_compile=way == "graph", dtype="float64")
    layer.build((None, None, 2))
    x, mask = RNG.normal(size=(5, 7, 2)), reference.every_padding(7)
    expected_outputs, expected_slopes, initial, final = [], [0], [], []
    above = np.split(RNG.normal(size=(5, 7, 6)), 2, axis=-1)
    for cell, step, dy, reverse in zip(cells, steps, above, (False, True), strict=True):
        states, ds = ([RNG.normal(size=(5, 3)) for _ in keras.tree.flatten(cell.state_size)] for _ in range(2))
        given = x, mask, states, cell.get_weights(), [dy, *ds]
        outputs, (dx, *slopes) = reference.run(reference.steps[step], *given, reverse=reverse)
        expected_outputs.append(outputs)
        expected_slopes[0] = expected_slopes[0] + dx
        expected_slopes.append((slopes[: len(states)], slopes[len(states) :]))
        initial += states
        final += ds
    dx, (d_left, d_left_weights), (d_right, d_right_weights) = expected_slopes
    (y_left, *s_left), (y_right, *s_right) = expected_outputs
    outputs, slopes = learner(layer, way)(
        tf.constant(x),
        tf.constant(mask),
        [*map(tf.constant, initial)],
        [*map(tf.constant, (np.concatenate(above, -1), *final))],
    )
    near(outputs, [np.concatenate([y_left, y_right], axis=-1), *s_left, *s_right])
    near(slopes, [dx, *d_left, *d_right, *d_left_weights, *d_right_weights])


def near(ours, expected):
    for one, other in zip(ours, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-10 * np.abs(other).max())


@pytest.mark.parametrize("return_sequences", [True, False])
@pytest.mark.parametrize("name", sorted(CELLS))
def test_training_and_inference_give_the_same(name, return_sequences, mask):
    layer = Bidirectional(CELLS[name](3), return_sequences=return_sequences, return_state=True)
    x = RNG.normal(size=(*mask.shape, 2)).astype("float32")
    for ours, expected in zip(layer(x, mask=mask, training=True), layer(x, mask=mask), strict=True):
        np.testing.assert_allclose(ours, expected, atol=1e-6)


def test_a_wrong_rank_is_one_line():
    with pytest.raises(ValueError, match=r"^[^\n]*both[^\n]*expected ndim=3, found ndim=2[^\n]*$"):
        Bidirectional(ElmanCell(2), name="both")(np.zeros((2, 3), "float32"))


def test_what_is_no_cell_is_one_line():
    expected = re.escape("expected a cell with state_size and output_size, such as LSTMCell(64)")
    for cells in [("lstm",), (LSTMCell(3), "lstm")]:
        with pytest.raises(ValueError, match=rf"^Bidirectional: cell='lstm', {expected}$"):
            Bidirectional(*cells)


def test_states_of_one_direction_alone_are_one_line():
    message = re.escape("both: initial_state of shapes [(2, 3), (2, 3)], expected [(2, 3), (2, 3), (2, 3), (2, 3)]")
    zeros = [np.zeros((2, 3), "float32")] * 2
    with pytest.raises(ValueError, match=rf"(?m)^[^\n]*{message}(\x1b\[0m)?$"):
        Bidirectional(LSTMCell(3), name="both")(np.zeros((2, 5, 4), "float32"), initial_state=zeros)


def test_a_stream_has_no_end_to_come_back_from():
    with pytest.raises((TypeError, ValueError), match="stateful"):
        Bidirectional(LSTMCell(3), stateful=True)
