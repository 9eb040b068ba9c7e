"""What every cell shares: start values, seeds, bias, and one line for a wrong size."""

import keras
import numpy as np
import pytest

from keras_seq.layers import CELLS, Recurrence


def built(cell):
    cell.build((None, 4))
    return cell


@pytest.fixture(params=sorted(CELLS))
def cell_class(request):
    return CELLS[request.param]


def test_one_seed_gives_the_same_start_values(cell_class):
    first, second = built(cell_class(4, seed=1)), built(cell_class(4, seed=1))
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


def test_it_starts_at_zero(cell_class):
    states = cell_class(4).get_initial_state(batch_size=3)
    assert states
    for state in states:
        np.testing.assert_array_equal(state, np.zeros((3, 4)))


def test_without_bias_it_learns_two_weights(cell_class):
    assert [w.name for w in built(cell_class(4, use_bias=False)).weights] == ["kernel", "recurrent_kernel"]


def test_without_bias_it_trains_in_a_model_that_is_built_by_its_first_call(cell_class):
    class Wrapped(keras.Model):
        def __init__(self):
            super().__init__()
            self.layer = Recurrence(cell_class(4, use_bias=False, seed=1), return_sequences=False)

        def call(self, x):
            return self.layer(x)

    model = Wrapped()
    model.compile("sgd", "mse")
    x, y = np.ones((2, 3, 4), "float32"), np.ones((2, 4), "float32")
    losses = model.fit(x, y, epochs=2, verbose=0).history["loss"]
    assert losses[1] < losses[0]


@pytest.mark.parametrize("units", [0, -1, 2.0, "4"])
def test_a_wrong_size_is_one_line(cell_class, units):
    with pytest.raises(
        ValueError, match=rf"^{cell_class.__name__}: units={units!r}, expected an integer of at least 1$"
    ):
        cell_class(units)
