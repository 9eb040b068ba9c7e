"""y[t] = [h→[t]; h←[t]], each direction with weights of its own."""

import keras
import numpy as np
import pytest

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


def test_a_wrong_rank_is_one_line():
    with pytest.raises(ValueError, match=r"^[^\n]*both[^\n]*expected ndim=3, found ndim=2[^\n]*$"):
        Bidirectional(ElmanCell(2), name="both")(np.zeros((2, 3), "float32"))
