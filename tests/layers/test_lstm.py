"""The LSTM's four inputs, its variants alone and together, and the course's memory steered by hand."""

import itertools

import keras
import numpy as np
import pytest

from keras_seq.layers import LSTMCell, Recurrence

RNG = np.random.default_rng(3)
X = RNG.normal(size=(2, 5, 3))
OPTIONS = {"peephole": True, "coupled": True, "layer_normalization": True, "projection": 2}
SOME = [dict(chosen) for count in range(5) for chosen in itertools.combinations(OPTIONS.items(), count)]


def random_weights(layer):
    layer.build((None, None, 3))
    layer.set_weights([RNG.normal(size=w.shape) for w in layer.weights])
    return layer


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def norm(x, gain, bias=0.0):
    deviation = x - x.mean(axis=-1, keepdims=True)
    return gain * deviation / np.sqrt((deviation**2).mean(axis=-1, keepdims=True) + 1e-3) + bias


def by_hand(w, options):
    """Every h (B, T, H or projection) and the last c of X, from weights by their names."""
    h, c = np.zeros((2, len(w["recurrent_kernel"]))), np.zeros((2, 4))
    names = ["i", "c̃", "o"] if "coupled" in options else ["i", "f", "c̃", "o"]
    seen = [name for name in names if name != "c̃"]
    p = dict(zip(seen, w.get("peepholes", np.zeros((3, 4))), strict=False))
    outputs = []
    for x in X.transpose(1, 0, 2):
        xw, hu = x @ w["kernel"], h @ w["recurrent_kernel"]
        if "layer_normalization" in options:
            xw, hu = norm(xw, w["kernel_gain"]), norm(hu, w["recurrent_gain"])
        a = dict(zip(names, np.split(xw + hu + w.get("bias", 0), len(names), axis=-1), strict=True))
        i = sigmoid(a["i"] + p["i"] * c)
        f = 1 - i if "coupled" in options else sigmoid(a["f"] + p["f"] * c)
        c = f * c + i * np.tanh(a["c̃"])
        o = sigmoid(a["o"] + p["o"] * c)
        read = norm(c, w["memory_gain"], w.get("memory_bias", 0)) if "layer_normalization" in options else c
        h = o * np.tanh(read) @ w["projection_kernel"] if "projection" in options else o * np.tanh(read)
        outputs.append(h)
    return np.stack(outputs, axis=1), c


@pytest.mark.parametrize("use_bias", [True, False])
@pytest.mark.parametrize("options", SOME, ids=lambda options: " ".join(options) or "plain")
def test_it_is_its_equations(options, use_bias):
    cell = LSTMCell(4, **options, use_bias=use_bias, dtype="float64")
    output, _, memory = random_weights(Recurrence(cell, return_state=True, dtype="float64"))(X)
    outputs, last = by_hand({w.name: w.numpy() for w in cell.weights}, options)
    np.testing.assert_allclose(output, outputs, atol=1e-12)
    np.testing.assert_allclose(memory, last, atol=1e-12)


def test_its_weights_have_the_shapes_that_it_documents():
    cell = LSTMCell(4, **OPTIONS)
    cell.build((None, 3))
    shapes = {"kernel": (3, 12), "recurrent_kernel": (2, 12), "bias": (12,), "peepholes": (2, 4)}
    shapes |= {"kernel_gain": (12,), "recurrent_gain": (12,), "memory_gain": (4,), "memory_bias": (4,)}
    assert {w.name: tuple(w.shape) for w in cell.weights} == {**shapes, "projection_kernel": (4, 2)}


def test_a_projected_cell_hands_on_less_than_it_keeps():
    cell = LSTMCell(4, projection=2)
    assert (cell.output_size, cell.state_size) == (2, [2, 4])
    assert [tuple(x.shape) for x in cell.get_initial_state(3)] == [(3, 2), (3, 4)]


def test_a_coupled_gate_neither_adds_nor_loses_memory():
    """c and c̃ are both 1, so whatever the gate says, c' = (1 - i) + i = 1."""
    cell = LSTMCell(4, activation=keras.ops.ones_like, coupled=True)
    memory = cell(X[:, 0], [np.zeros((2, 4)), np.ones((2, 4))])[1][1]
    np.testing.assert_allclose(memory, np.ones((2, 4)), atol=1e-6)


def test_peepholes_start_shut():
    plain, peephole = (Recurrence(LSTMCell(4, peephole=on, seed=1)) for on in (False, True))
    np.testing.assert_allclose(plain(X), peephole(X), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(("forget_bias", "forget"), [(1.0, 1), (-2, -2), (0, 0), (None, 5)])
def test_the_forget_gate_alone_may_start_elsewhere(forget_bias, forget):
    cell = LSTMCell(2, bias_initializer=keras.initializers.Constant(5), forget_bias=forget_bias)
    cell.build((None, 3))
    assert cell.bias.numpy().tolist() == [5, 5, forget, forget, 5, 5, 5, 5]


def test_a_coupled_cell_has_no_forget_bias():
    cell = LSTMCell(2, coupled=True, bias_initializer=keras.initializers.Constant(5))
    cell.build((None, 3))
    assert cell.bias.numpy().tolist() == [5] * 6


def test_the_projection_starts_apart_from_the_kernel():
    cell = LSTMCell(3, projection=9, coupled=True, kernel_initializer="he_normal")
    cell.build((None, 3))
    assert cell.kernel.shape == cell.projection_kernel.shape
    assert not np.allclose(cell.kernel, cell.projection_kernel)


@pytest.mark.parametrize(
    ("argument", "value", "expected"),
    [
        *(("projection", value, "an integer of at least 1") for value in (0, -1, 2.0, "4", True)),
        *(("forget_bias", value, "a number or None") for value in (True, "1")),
        *((name, "yes", "True or False") for name in ("peephole", "coupled", "layer_normalization")),
    ],
)
def test_a_wrong_option_is_one_line(argument, value, expected):
    with pytest.raises(ValueError, match=rf"^LSTMCell: {argument}={value!r}, expected {expected}$"):
        LSTMCell(4, **{argument: value})


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
