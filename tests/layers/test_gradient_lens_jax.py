"""On JAX the lens gives the gradients, Jacobians and gates that it gives on TensorFlow.

This file is also the program that runs there: it prints, as JSON, what its functions give under another backend.
"""

import json

import keras
import numpy as np

RNG = np.random.default_rng(4)
X = RNG.normal(size=(2, 4, 3)).astype("float32")


def found():
    """name -> numbers, for each cell."""
    from keras_seq import layers as ks
    from keras_seq.layers import gates, gradient_lens

    numbers = {}
    for name, kind in ks.CELLS.items():
        cell = kind(5)
        cell.build((None, 3))
        rng = np.random.default_rng(1)
        cell.set_weights([rng.normal(size=w.shape) for w in cell.weights])
        slopes = gradient_lens.state_gradients([cell], X, lambda y: keras.ops.sum(y[:, -1] ** 2, axis=-1))[0]
        (met,) = gradient_lens.visited([cell], X)
        jacobians = gradient_lens.step_jacobians(cell, met.inputs[:, 2], [state[:, 2] for state in met.states])
        arrays = {"gradients": np.concatenate(slopes, axis=-1), "jacobians": jacobians}
        if name in ("gru", "lstm"):
            arrays |= gates.read_gates(cell, X)
        numbers |= {f"{name} {key}": np.asarray(value, float).ravel().tolist() for key, value in arrays.items()}
    return numbers


if __name__ == "__main__":
    print(json.dumps(found()))


def test_jax_finds_the_same(printed_on_jax):
    here, there = found(), printed_on_jax(__file__)
    assert set(here) == set(there)
    for name, expected in here.items():
        assert np.any(expected)
        np.testing.assert_allclose(there[name], expected, rtol=1e-3, atol=1e-4, err_msg=name)
