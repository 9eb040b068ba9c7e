"""On JAX every recurrence gives the outputs and the gradients that it gives on TensorFlow.

This file is also the program that runs there: it prints, as JSON, what its functions give under another backend.
"""

import json
import sys
from pathlib import Path

import keras
import numpy as np

ROOT = Path(__file__).resolve().parent.parent.parent
B, T, D, H = 5, 6, 2, 3
RNG = np.random.default_rng(21)
X = RNG.normal(size=(B, T, D)).astype("float32")
MASK = np.array([[1] * 6, [1, 1, 1, 1, 0, 0], [0, 0, 1, 1, 1, 1], [1, 0, 1, 1, 0, 1], [0] * 6], bool)
CELLS = {
    "Elman, tanh": lambda ks: ks.ElmanCell(H),
    "Elman, relu": lambda ks: ks.ElmanCell(H, "relu"),
    "Elman, sigmoid": lambda ks: ks.ElmanCell(H, "sigmoid"),
    "Elman, linear": lambda ks: ks.ElmanCell(H, "linear"),
    "GRU": lambda ks: ks.GRUCell(H),
    "GRU, reset before": lambda ks: ks.GRUCell(H, reset_after=False),
    "LSTM": lambda ks: ks.LSTMCell(H),
    "LSTM, every option": lambda ks: ks.LSTMCell(
        H, peephole=True, coupled=True, layer_normalization=True, projection=2
    ),
    "Jordan": lambda ks: ks.JordanCell(H, 2),
    "Keras' LSTM": lambda ks: keras.layers.LSTMCell(H),
}


def layers(ks):
    """name -> (a layer that returns its states, the mask it is given). Every other cell runs from the right."""
    found = {}
    for place, (name, cell) in enumerate(CELLS.items()):
        found[name] = ks.Recurrence(cell(ks), True, True, reverse=place % 2 == 1), MASK
    noise = {"dropout": ks.RecurrentDropout(zoneout=0.4)}
    found["GRU, no mask"] = ks.Recurrence(CELLS["GRU"](ks), True, True), None
    found["LSTM, the last alone"] = ks.Recurrence(CELLS["LSTM"](ks), False, True), MASK
    found["LSTM, both ways"] = ks.Bidirectional(CELLS["LSTM"](ks), return_state=True), MASK
    found["GRU, by itself"] = ks.Recurrence(CELLS["GRU"](ks), True, True, jit_compile=False), MASK
    found["LSTM, zoneout"] = ks.Recurrence(CELLS["LSTM"](ks), True, True, **noise), MASK
    return found


def prepared(layer):
    """Builds the layer with the same random weights under every backend; x and initial states to run it with."""
    layer.build((None, None, D))
    rng = np.random.default_rng(1)
    for variable in layer.trainable_variables:
        variable.assign(rng.normal(size=variable.shape).astype("float32"))
    sizes = [size for cell in layer.every_cell for size in keras.tree.flatten(cell.state_size)]
    return [X, *(rng.normal(size=(B, size)).astype("float32") for size in sizes)]


def upstream(outputs):
    """What the outputs are multiplied by, so that no two of them weigh the same."""
    rng = np.random.default_rng(2)
    return [rng.normal(size=tuple(y.shape)).astype("float32") for y in outputs]


def answers(learn, training, only=None):
    """name -> outputs, and gradients of x, of the states and of the weights, as lists."""
    from keras_seq import layers as ks

    found = {}
    for name, (layer, mask) in layers(ks).items():
        if only is None or name in only:
            arrays = learn(layer, mask, prepared(layer), training and layer.dropout is None)
            found[name] = [keras.ops.convert_to_numpy(a).tolist() for a in arrays]
    return found


def on_jax(compiled):
    """What learns there, compiled around everything or not."""
    import jax

    def learn(layer, mask, given, training):
        variables = layer.trainable_variables

        def loss(given, values):
            scope = keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True)))
            with scope:
                outputs = layer(given[0], mask=mask, initial_state=list(given[1:]), training=training)
            return sum(keras.ops.sum(y * d) for y, d in zip(outputs, upstream(outputs), strict=True)), outputs

        function = jax.value_and_grad(loss, argnums=(0, 1), has_aux=True)
        function = jax.jit(function) if compiled else function
        (_, outputs), (slopes, of_weights) = function(given, [v.value for v in variables])
        return [*outputs, *slopes, *of_weights]

    return learn


def on_tensorflow(layer, mask, given, training):
    import tensorflow as tf

    x, *states = map(tf.constant, given)
    with tf.GradientTape() as tape:
        tape.watch([x, *states])
        outputs = layer(x, mask=mask, initial_state=states, training=training)
        loss = sum(tf.reduce_sum(y * d) for y, d in zip(outputs, upstream(outputs), strict=True))
    return [*outputs, *tape.gradient(loss, [x, *states, *layer.trainable_variables])]


def noisy_means():
    """The mean output of many rows, with and without noise on the inputs, for a network that is linear in them."""
    from keras_seq import layers as ks

    options = {"kernel_initializer": "ones", "recurrent_initializer": "zeros"}
    means = {}
    for training in (False, True):
        layer = ks.Recurrence(
            ks.ElmanCell(2, "linear", **options), dropout=ks.RecurrentDropout(0.5, 0.1, 0.1, 0.1, seed=1)
        )
        means[str(training)] = float(keras.ops.mean(layer(np.ones((2000, 3, 4), "float32"), training=training)[:, -1]))
    return means


def curvatures():
    """The gradient of the squared gradient with respect to x, through the hand-written backward pass and without it."""
    import jax

    from keras_seq import layers as ks

    layer = ks.Recurrence(CELLS["LSTM"](ks))
    x, *_ = prepared(layer)

    def curvature(training):
        slope = jax.grad(lambda x: keras.ops.sum(layer(x, mask=MASK, training=training) ** 2))
        return jax.grad(lambda x: keras.ops.sum(slope(x) ** 2))(x).tolist()

    return [curvature(training) for training in (True, False)]


if __name__ == "__main__":
    print(
        json.dumps(
            {
                "training": answers(on_jax(compiled=False), True, ["LSTM", "GRU, no mask", "GRU, by itself", "Jordan"]),
                "training, compiled": answers(on_jax(compiled=True), training=True),
                "inference, compiled": answers(on_jax(compiled=True), training=False),
                "means": noisy_means(),
                "curvatures": curvatures(),
            }
        )
    )
    sys.exit()

import pytest  # noqa: E402


@pytest.fixture(scope="module")
def there(printed_on_jax):
    """What this file prints on JAX."""
    return printed_on_jax(__file__)


@pytest.fixture(scope="module")
def here():
    return answers(on_tensorflow, training=False)


@pytest.mark.parametrize("way", ["training", "training, compiled", "inference, compiled"])
def test_outputs_and_gradients_are_those_of_tensorflow(there, here, way):
    assert way == "training" or set(there[way]) == set(here)
    for name, arrays in there[way].items():
        for ours, other in zip(arrays, here[name], strict=True):
            tolerance = 1e-5 * np.abs(other).max()
            np.testing.assert_allclose(ours, other, rtol=0, atol=tolerance, err_msg=name)


def test_noise_is_drawn_and_keeps_the_mean(there):
    means = there["means"]
    assert means["True"] != means["False"]
    assert means["True"] == pytest.approx(means["False"], rel=0.05)


def test_the_gradient_has_a_gradient(there):
    ours, expected = map(np.array, there["curvatures"])
    np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-5 * np.abs(expected).max())
