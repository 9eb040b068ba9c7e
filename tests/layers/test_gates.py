"""Gates are those with which a layer's own outputs come about, and the course's memory is steered by hand."""

import itertools

import keras
import numpy as np
import pytest

from keras_seq.layers import ElmanCell, GRUCell, LSTMCell, Recurrence
from keras_seq.layers.gates import read_gates

RNG = np.random.default_rng(8)
B, T, D, H = 2, 5, 3, 4
X = RNG.normal(size=(B, T, D))
OPTIONS = {"peephole": True, "coupled": True, "layer_normalization": True, "projection": 2}
VARIANTS = [dict(chosen) for count in range(5) for chosen in itertools.combinations(OPTIONS.items(), count)]


def layer_with_weights(cell):
    layer = Recurrence(cell, return_state=True, dtype="float64")
    layer.build((None, None, D))
    layer.set_weights([RNG.normal(size=w.shape) for w in layer.weights])
    return layer


def starts(cell):
    return [RNG.normal(size=(B, size)) for size in keras.tree.flatten(cell.state_size)]


@pytest.mark.parametrize("options", VARIANTS, ids=lambda options: " ".join(options) or "plain")
def test_an_lstms_outputs_are_the_layers(options):
    cell = LSTMCell(H, **options, dtype="float64")
    layer, start = layer_with_weights(cell), starts(cell)
    outputs, _, memory = layer(X, initial_state=start)
    gates = read_gates(cell, X, start)
    np.testing.assert_allclose(gates["hidden"], outputs, atol=1e-12)
    np.testing.assert_allclose(gates["memory"][:, -1], memory, atol=1e-12)


@pytest.mark.parametrize("use_bias", [True, False])
@pytest.mark.parametrize("reset_after", [True, False])
def test_a_grus_outputs_are_the_layers(reset_after, use_bias):
    cell = GRUCell(H, reset_after=reset_after, use_bias=use_bias, dtype="float64")
    layer, start = layer_with_weights(cell), starts(cell)
    np.testing.assert_allclose(read_gates(cell, X, start)["hidden"], layer(X, initial_state=start)[0], atol=1e-12)


@pytest.mark.parametrize("reset_after", [True, False])
def test_a_grus_gates_are_those_of_its_equation(reset_after):
    """h' = (1 - z) h̃ + z h: with a new memory h̃ of 1, 1 - h' = z (1 - h)."""
    cell = GRUCell(H, activation=keras.ops.ones_like, reset_after=reset_after, dtype="float64")
    layer_with_weights(cell)
    start = RNG.normal(size=(B, H)) + 3
    gates = read_gates(cell, X, [start])
    before = np.concatenate([start[:, None], gates["hidden"][:, :-1]], axis=1)
    np.testing.assert_allclose(gates["update"] * (1 - before), 1 - gates["hidden"], atol=1e-12)


def test_a_grus_reset_is_seen_by_its_new_memory():
    """With z = 0 and a linear h̃ = r ∘ (h Uh), r is h' / (h Uh)."""
    cell = GRUCell(H, activation="linear", use_bias=False, dtype="float64")
    layer_with_weights(cell)
    kernel, recurrent = (w.numpy() for w in cell.weights)
    kernel[:, :H], recurrent[:, :H], kernel[:, 2 * H :] = 0, 0, 0
    kernel[:, :H] -= 1e3  # z = 0 where the inputs are positive
    cell.set_weights([kernel, recurrent])
    start = RNG.normal(size=(B, H))
    gates = read_gates(cell, np.abs(X), [start])
    np.testing.assert_allclose(gates["update"], 0, atol=1e-12)
    before = np.concatenate([start[:, None], gates["hidden"][:, :-1]], axis=1)
    np.testing.assert_allclose(gates["reset"], gates["hidden"] / (before @ recurrent[:, 2 * H :]), rtol=1e-6)


def test_the_courses_memory_is_written_kept_read_and_cleared():
    """x2 = 1 adds x1 to the memory, x2 = -1 clears it, x3 = 1 opens the output; linear, hard gates."""
    cell = LSTMCell(1, "linear")
    cell.build((None, 3))
    kernel = [[0, 0, 1, 0], [100, 100, 0, 0], [0, 0, 0, 100]]  # rows x1, x2, x3; columns i, f, c̃, o
    cell.set_weights([np.array(kernel, "float32"), np.zeros((1, 4), "float32"), np.array([-50, 50, 0, -50], "float32")])
    gates = read_gates(cell, np.array([[(3, 1, 0), (4, 1, 0), (2, 0, 0), (1, 0, 1), (3, -1, 0)]], "float32"))
    found = {name: values[0, :, 0].round(5).tolist() for name, values in gates.items()}
    assert found == {
        "input": [1, 1, 0, 0, 0],
        "forget": [1, 1, 1, 1, 0],
        "output": [0, 0, 0, 1, 0],
        "memory": [3, 7, 7, 7, 0],
        "hidden": [0, 0, 0, 7, 0],
    }


def test_a_cell_without_gates_is_refused():
    with pytest.raises(ValueError, match=r"^read_gates: ElmanCell, expected one of LSTMCell, GRUCell$"):
        read_gates(ElmanCell(H), X)
