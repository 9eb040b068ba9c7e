"""Each step with its neighbours, by a loop."""

import numpy as np
import pytest

from keras_seq.layers import Window
from keras_seq.layers.window import windows

RNG = np.random.default_rng(5)
X = RNG.normal(size=(2, 5, 3)).astype("float32")
MASK = np.array([[1, 1, 1, 1, 1], [1, 0, 1, 1, 0]], bool)


def by_hand(layer, x, mask):
    kernel, bias = layer.get_weights()
    output = np.zeros((*x.shape[:2], layer.units))
    for row, t in np.ndindex(x.shape[:2]):
        places = range(t - layer.reach, t + layer.reach + 1)
        window = [x[row, i] if 0 <= i < x.shape[1] and mask[row, i] else np.zeros(x.shape[2]) for i in places]
        output[row, t] = np.tanh(np.concatenate(window) @ kernel + bias)
    return output


@pytest.mark.parametrize("reach", [1, 2, 7])
def test_it_is_a_network_over_the_window(reach):
    layer = Window(4, reach)
    layer.build(X.shape)
    layer.bias.assign([1, -1, 0.5, 0])
    np.testing.assert_allclose(layer(X, mask=MASK), by_hand(layer, X, MASK), atol=1e-6)


def test_without_a_mask_every_step_counts():
    layer = Window(4, 1)
    np.testing.assert_array_equal(layer(X), layer(X, mask=np.ones_like(MASK)))


def test_what_lies_further_off_changes_nothing():
    layer, moved = Window(4, 2), X.copy()
    moved[:, 3] += 1
    same = (layer(X).numpy() == layer(moved).numpy()).all(axis=2)
    assert same.tolist() == [[True, False, False, False, False]] * 2


def test_the_activation_may_be_another():
    layer = Window(4, 1, activation="linear")
    layer.build(X.shape)
    np.testing.assert_allclose(layer(X), windows(X, 1, 1) @ layer.kernel.numpy(), atol=1e-6)


def test_a_window_may_reach_further_to_one_side():
    found = windows(np.arange(3.0)[None, :, None], 0, 1)
    assert found[0].numpy().tolist() == [[0, 1], [1, 2], [2, 0]]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"units": 0}, "Window: units=0, expected an integer of at least 1"),
        ({"units": 2, "reach": 0}, "Window: reach=0, expected an integer of at least 1"),
        ({"units": 2, "activation": "no"}, "Window: unknown activation 'no', expected the name of a Keras activation"),
    ],
)
def test_a_mistake_is_one_line(options, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        Window(**options)


def test_a_mask_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"mask of shape \(2, 4\), expected \(B, T\) = \(2, 5\)"):
        Window(4)(X, mask=MASK[:, :4])
