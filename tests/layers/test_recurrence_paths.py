"""Which way a recurrent layer computes: what it says, that it is what runs, and that every way learns the same."""

import logging
import os
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

from keras_seq.layers import (
    Bidirectional,
    ElmanCell,
    GRUCell,
    JordanCell,
    LSTMCell,
    Recurrence,
    RecurrentDropout,
    recurrent_layer,
)

D, H = 2, 3
RNG = np.random.default_rng(12)
CELLS = {"elman": ElmanCell, "gru": GRUCell, "lstm": LSTMCell}


def built(layer):
    layer.build((None, None, D))
    return layer


@pytest.mark.parametrize(
    ("cell", "options", "asked", "name", "reason"),
    [
        (LSTMCell(H), {}, {}, "program", "each pass compiled on its own for the CPU"),
        (LSTMCell(H), {}, {"device": "GPU"}, "program", "each pass compiled on its own for the GPU"),
        (GRUCell(H), {}, {"device": "TPU"}, "program", "each pass compiled on its own for the TPU"),
        (GRUCell(H), {"jit_compile": False}, {}, "fused", "jit_compile=False: op by op"),
        (ElmanCell(H), {}, {"compiled": True}, "fused", "the model around it is compiled, and takes the loop in"),
        (ElmanCell(H), {}, {"training": False}, "inference", "without training no gradient is kept"),
        (LSTMCell(H), {}, {"training": False, "compiled": True}, "inference", "without training no gradient is kept"),
        (JordanCell(H), {}, {}, "cell", "JordanCell is no standard cell"),
        (LSTMCell(H, peephole=True), {}, {"compiled": True}, "cell", "LSTMCell with peephole"),
        (JordanCell(H), {}, {"training": False}, "cell", "JordanCell is no standard cell"),
    ],
)
def test_a_layer_says_which_way_it_computes_and_why(cell, options, asked, name, reason):
    path = built(Recurrence(cell, **options)).path(**{"device": "CPU", **asked})
    assert (path.name, path.reason, path.parts) == (name, reason, 1)


def test_it_says_so_before_it_is_built():
    layer = Recurrence(LSTMCell(128))
    before = layer.path(batch=64)
    assert before == built(layer).path(batch=64)


def test_one_cell_without_its_mathematics_takes_both_directions_along():
    path = built(Bidirectional(LSTMCell(H), JordanCell(H))).path()
    assert (path.name, path.reason) == ("cell", "JordanCell is no standard cell")


def test_the_device_is_the_one_there_is():
    there = {device.device_type for device in tf.config.list_logical_devices()}
    layer = built(Recurrence(LSTMCell(H)))
    assert layer.path() == layer.path(device="GPU" if "GPU" in there else "CPU")


@pytest.fixture
def four_cores(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(4), raising=False)


@pytest.mark.parametrize(
    ("units", "batch", "device", "one_way", "both_ways"),
    [
        (8, 20, "CPU", 1, 1),  # 10 thousand operations a step: too few to share
        (40, 64, "CPU", 3, 2),  # 0.8 million: three parts, and two directions of two parts
        (200, 48, "CPU", 4, 2),  # 15 million: one part for each core
        (256, None, "CPU", 4, 2),  # 17 million with the usual batch
        (400, 10, "CPU", 2, 2),  # 13 million, but 10 rows
        (1000, 1, "CPU", 1, 1),  # one row
        (512, 32, "CPU", 1, 1),  # 67 million: shared by the product itself
        (200, 48, "GPU", 1, 1),
    ],
)
@pytest.mark.usefixtures("four_cores")
def test_a_batch_is_cut_where_cores_would_wait(units, batch, device, one_way, both_ways):
    cell = LSTMCell(units, recurrent_initializer="zeros")
    one, both = built(Recurrence(cell)), built(Bidirectional(cell))
    assert one.path(batch=batch, device=device).parts == one_way
    assert both.path(batch=batch, device=device).parts == both_ways


# name: (the layer's jit_compile, whether it trains, whether what is around it is compiled)
SITUATIONS = {
    "training": (True, True, False),
    "training, op by op": (False, True, False),
    "training, compiled": (True, True, True),
    "inference": (True, False, False),
    "inference, compiled": (True, False, True),
}


def own_programs(graph):
    """The functions in a graph that XLA compiles by themselves."""
    functions = graph.as_graph_def().library.function
    return [f.signature.name for f in functions if f.attr["_XlaMustCompile"].b]


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("cell", [GRUCell, JordanCell])
def test_the_path_it_names_is_the_one_that_runs(cell, situation, learner, caplog):
    jit_compile, training, compiled = SITUATIONS[situation]
    layer = built(Recurrence(cell(H), jit_compile=jit_compile, name="reader"))
    path = layer.path(training, compiled, batch=2)
    function = learner(layer, "compiled" if compiled else "graph")
    with caplog.at_level(logging.DEBUG, recurrent_layer.__name__):
        graph = function.get_concrete_function(tf.zeros((2, 4, D)), None, [], [tf.zeros((2, 4, H))], training).graph
    assert caplog.messages[0] == f"reader: {path.name} ({path.reason}), {path.parts} part(s)"
    assert len(own_programs(graph)) >= (2 if path.name == "program" else 0)
    assert bool(own_programs(graph)) == (path.name == "program")


def test_an_export_is_of_stock_operations_and_gives_the_same(tmp_path):
    """No program of XLA in it: the stock TensorFlow Serving refuses to run one."""
    x = keras.Input((None, D))
    y = Bidirectional(LSTMCell(H), dropout=RecurrentDropout(0.5, 0.5, 0.5, 0.5))(x)
    y = Recurrence(GRUCell(H), reverse=True)(y)
    y = Recurrence(JordanCell(H))(Recurrence(GRUCell(H, reset_after=False))(y))
    model = keras.Model(x, Recurrence(ElmanCell(H), return_sequences=False, return_state=True)(y))
    model.export(tmp_path / "model", verbose=False)
    graph = SavedModel.FromString((tmp_path / "model" / "saved_model.pb").read_bytes()).meta_graphs[0].graph_def
    assert not [f.signature.name for f in graph.library.function if f.attr["_XlaMustCompile"].b]
    nodes = [*graph.node, *(node for f in graph.library.function for node in f.node_def)]
    assert any("While" in node.op for node in nodes)
    assert not [node.op for node in nodes if node.op.startswith(("Xla", "Cudnn", "PyFunc", "EagerPyFunc", "Custom"))]
    served = tf.saved_model.load(tmp_path / "model")
    for shape in [(3, 5, D), (1, 1, D)]:
        values = RNG.normal(size=shape).astype("float32")
        for ours, expected in zip(served.serve(values), model(values), strict=True):
            np.testing.assert_allclose(ours, expected, atol=1e-6)


@pytest.fixture
def in_parts(monkeypatch, four_cores):
    """A function that cuts every batch from now on, as far as four cores go."""

    def cut():
        monkeypatch.setattr(recurrent_layer, "PART", 1)
        monkeypatch.setattr(recurrent_layer, "FEWEST", 1)

    return cut


def near(ours, expected):
    for one, other in zip(tf.nest.flatten(ours), tf.nest.flatten(expected), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-10)


NOISE = {"inputs": 0.2, "states": 0.3, "weights": 0.25, "zoneout": 0.4, "seed": 3}
LAYERS = {
    "LSTM": lambda **options: Recurrence(LSTMCell(H, seed=1, dtype="float64"), return_state=True, **options),
    "GRU, last": lambda **options: Recurrence(
        GRUCell(H, seed=1, dtype="float64"), False, return_state=True, reverse=True, **options
    ),
    "both": lambda **options: Bidirectional(ElmanCell(H, seed=1, dtype="float64"), return_state=True, **options),
}


@pytest.mark.parametrize("noise", [None, RecurrentDropout(**NOISE)], ids=["plain", "noise"])
@pytest.mark.parametrize("name", LAYERS)
def test_a_batch_in_parts_gives_what_it_gives_whole(name, noise, learner, in_parts):
    batch = 5
    x, mask = tf.constant(RNG.normal(size=(batch, 4, D))), tf.constant(RNG.random((batch, 4)) < 0.7)
    whole, cut = (built(LAYERS[name](dropout=noise, dtype="float64", jit_compile=jit)) for jit in (False, True))
    upstream = [tf.constant(RNG.normal(size=y.shape)) for y in whole(x)]
    expected = learner(whole, "graph")(x, mask, [], upstream)
    in_parts()
    assert cut.path(batch=batch).parts == (2 if name == "both" else 4)
    near(learner(cut, "graph")(x, mask, [], upstream), expected)


@pytest.mark.parametrize("noise", [None, RecurrentDropout(**NOISE)], ids=["plain", "noise"])
def test_a_batch_of_unknown_size_in_parts_gives_what_it_gives_whole(noise, in_parts):
    """Even where there are more parts than rows."""
    whole, cut = (built(LAYERS["LSTM"](dropout=noise, dtype="float64", jit_compile=jit)) for jit in (False, True))

    @tf.function(input_signature=[tf.TensorSpec((None, None, D), "float64")], autograph=False)
    def learn(x):
        with tf.GradientTape() as tape:
            outputs = cut(x, training=True)
            loss = sum(tf.reduce_sum(y**2) for y in outputs)
        return outputs, tape.gradient(loss, cut.trainable_variables)

    in_parts()
    assert cut.path().parts == 4
    for batch in (6, 1, 0):
        x = tf.constant(RNG.normal(size=(batch, 4, D)))
        with tf.GradientTape() as tape:
            outputs = whole(x, training=True)
            loss = sum(tf.reduce_sum(y**2) for y in outputs)
        near(learn(x), (outputs, tape.gradient(loss, whole.trainable_variables)))


def test_every_way_learns_the_same_weights():
    """The last input but one, told at the end, whoever compiles."""
    x = RNG.normal(size=(24, 6, D)).astype("float32")
    y = x[:, -2, :1]
    learnt, losses = [], []
    for layer_compiles, model_compiles in [(False, False), (True, False), (True, True)]:
        inputs = keras.Input((None, D))
        layer = Recurrence(LSTMCell(H, seed=1), return_sequences=False, jit_compile=layer_compiles)
        model = keras.Model(inputs, keras.layers.Dense(1, kernel_initializer="ones")(layer(inputs)))
        model.compile(keras.optimizers.Adam(0.05), "mse", jit_compile=model_compiles)
        history = model.fit(x, y, batch_size=12, epochs=10, shuffle=False, verbose=0)
        learnt.append(model.get_weights())
        losses.append(history.history["loss"])
    assert losses[0][-1] < 0.7 * losses[0][0]
    for other in learnt[1:]:
        for ours, expected in zip(other, learnt[0], strict=True):
            np.testing.assert_allclose(ours, expected, atol=1e-4)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16", "float64"])
@pytest.mark.parametrize(("name", "way"), [*((name, "graph") for name in CELLS), ("lstm", "compiled")])
def test_other_precisions_are_near_float32(name, policy, way, learner):
    shape, mask = (4, 20, D), tf.constant(RNG.random((4, 20)) < 0.8)
    values, upstream = RNG.normal(size=shape), RNG.normal(size=(4, 20, H)) / 20
    results = []
    for dtype in (policy, "float32"):
        layer = built(Recurrence(CELLS[name](H, dtype=dtype), dtype=dtype))
        layer.set_weights([np.random.default_rng(1).normal(size=w.shape) for w in layer.weights])
        outputs, gradients = learner(layer, way)(
            tf.constant(values, layer.compute_dtype), mask, [], [tf.constant(upstream, layer.compute_dtype)]
        )
        assert {y.dtype.name for y in outputs} == {layer.compute_dtype}
        assert {g.dtype.name for g in gradients[1:]} == {layer.variable_dtype}
        results.append([keras.ops.convert_to_numpy(a).astype("float64") for a in (*outputs, *gradients)])
    tolerance = {"mixed_bfloat16": 0.05, "mixed_float16": 0.01, "float64": 1e-5}[policy]
    for ours, expected in zip(*results, strict=True):
        assert np.isfinite(ours).all()
        np.testing.assert_allclose(ours, expected, rtol=0, atol=tolerance * np.abs(expected).max())


DISTRIBUTED = """
import keras, numpy as np, tensorflow as tf
from keras_seq.layers import LSTMCell, Recurrence

cpus = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(cpus[0], [tf.config.LogicalDeviceConfiguration()] * 2)
rng = np.random.default_rng(0)
x, y = rng.normal(size=(6, 5, 2)).astype("float32"), rng.normal(size=(6, 3)).astype("float32")

def learn():
    inputs = keras.Input((5, 2))
    model = keras.Model(inputs, Recurrence(LSTMCell(3, seed=1), return_sequences=False)(inputs))
    model.compile(keras.optimizers.SGD(0.5), "mse", jit_compile=False)
    before = model.get_weights()
    model.fit(x, y, batch_size=6, epochs=1, verbose=0)
    assert any((w != v).any() for w, v in zip(before, model.get_weights()))
    return model.get_weights()

alone = learn()
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
assert strategy.num_replicas_in_sync == 2
with strategy.scope():
    together = learn()
for ours, expected in zip(together, alone):
    np.testing.assert_allclose(ours, expected, atol=1e-5)
print("the same")
"""


def test_two_replicas_take_the_step_that_one_takes(root):
    environment = {**os.environ, "PYTHONPATH": str(root), "CUDA_VISIBLE_DEVICES": "-1"}
    command = [sys.executable, "-c", DISTRIBUTED]
    done = subprocess.run(command, env=environment, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "the same"
