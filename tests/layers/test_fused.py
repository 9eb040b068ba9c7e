"""The recurrence with its hand-written backward pass equals a loop in float64, and so do its gradients, on every path."""

from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest
import tensorflow as tf

from keras_seq.layers import ElmanCell, GRUCell, LSTMCell, Recurrence, to_keras

D, H = 2, 3
CELLS = {
    "Elman, tanh": lambda dtype: ElmanCell(H, dtype=dtype),
    "Elman, relu": lambda dtype: ElmanCell(H, "relu", dtype=dtype),
    "Elman, sigmoid": lambda dtype: ElmanCell(H, "sigmoid", dtype=dtype),
    "Elman, linear": lambda dtype: ElmanCell(H, "linear", dtype=dtype),
    "GRU": lambda dtype: GRUCell(H, dtype=dtype),
    "GRU, reset before": lambda dtype: GRUCell(H, reset_after=False, dtype=dtype),
    "LSTM": lambda dtype: LSTMCell(H, dtype=dtype),
}
STANDARD = ["Elman, tanh", "GRU", "GRU, reset before", "LSTM"]
# The block of columns of each gate; in "Elman, sigmoid" the unit itself saturates.
GATES = {"Elman, sigmoid": (0,), "GRU": (0, 1), "GRU, reset before": (0, 1), "LSTM": (0, 1, 3)}
LENGTHS = (1, 2, 35)
# way: (whether the layer compiles its passes, how what is around it runs)
WAYS = {
    "programs": (True, "graph"),
    "programs, eager": (True, "eager"),
    "compiled": (False, "compiled"),
    "op by op": (False, "graph"),
    "eager": (False, "eager"),
}


class Case(NamedTuple):
    """What a cell runs over, with a gradient from above for every output and every final state."""

    x: Any
    mask: Any
    states: list
    weights: list
    upstream: list


@pytest.fixture(scope="module")
def case(reference):
    """A function that makes a `Case` whose rows are padded in every way."""

    @cache
    def make(name, length, gate_bias=None):
        rng = np.random.default_rng(length)
        cell = CELLS[name]("float64")
        cell.build((None, D))
        mask = reference.every_padding(length)
        states, ds = ([rng.normal(size=(5, H)) for _ in cell.get_initial_state(5)] for _ in range(2))
        weights = [rng.normal(size=w.shape) * 0.5 for w in cell.weights]
        for unit in range(H) if gate_bias is not None else ():
            gate = GATES[name][unit % len(GATES[name])]  # every gate saturates in a unit of its own
            weights[2].reshape(-1)[gate * H + unit] = gate_bias
        return Case(rng.normal(size=(5, length, D)), mask, states, weights, [rng.normal(size=(5, length, H)), *ds])

    return make


@pytest.fixture(scope="module")
def expected(case, reference):
    """A function that gives the outputs and gradients of a `Case` by NumPy."""

    @cache
    def work_out(name, reverse, *which):
        return reference.run(reference.steps[name], *case(name, *which), reverse=reverse)

    return work_out


@pytest.fixture(scope="module")
def learn(learner):
    """A function that gives them by a layer on one of its ways."""

    @cache
    def made(name, way, reverse, dtype, return_sequences):
        programs, around = WAYS[way]
        options = {"return_sequences": return_sequences, "return_state": True, "jit_compile": programs, "dtype": dtype}
        layer = Recurrence(CELLS[name](dtype), reverse=reverse, **options)
        layer.build((None, None, D))
        return layer, learner(layer, around)

    def run(name, way, reverse, case, dtype="float64", return_sequences=True, **options):
        layer, function = made(name, way, reverse, dtype, return_sequences)
        layer.set_weights(case.weights)
        return function(*tensors(case, dtype), **options)

    return run


def tensors(case, dtype="float64"):
    """x, mask, states and upstream, as a learner takes them."""
    of = {"dtype": dtype}
    mask = None if case.mask is None else tf.constant(case.mask)
    x, states, upstream = tf.constant(case.x, **of), case.states, case.upstream
    return x, mask, [tf.constant(h, **of) for h in states], [tf.constant(d, **of) for d in upstream]


def assert_near(ours, expected, tolerance):
    """Every array's largest error, as a share of its largest value."""
    for one, other in zip(tf.nest.flatten(ours), tf.nest.flatten(expected), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=tolerance * np.abs(other).max())


def columns(arrays):
    """The columns of every array, one by one."""
    return [column for a in tf.nest.flatten(arrays) for column in np.moveaxis(np.array(a), -1, 0)]


COMBINATIONS = [
    (name, length, way)
    for name in CELLS
    for length in LENGTHS
    for way in WAYS
    if name in STANDARD or length == 35 or way in ("op by op", "eager")  # XLA needs a second for each
]


@pytest.mark.parametrize(("name", "length", "way"), COMBINATIONS)
def test_outputs_and_gradients_are_those_of_a_loop(name, length, way, case, expected, learn):
    reverse = (length == 2) != (way in ("compiled", "op by op"))  # each way goes both ways
    ours = learn(name, way, reverse, case(name, length))
    assert_near(ours, expected(name, reverse, length), 1e-10)


@pytest.mark.parametrize("name", STANDARD)
@pytest.mark.parametrize("way", ["programs", "eager"])
def test_without_a_mask_every_step_counts(name, way, case, reference, learn):
    bare = case(name, 2)._replace(mask=None)
    expected = reference.run(reference.steps[name], *bare._replace(mask=np.ones((5, 2), bool)))
    assert_near(learn(name, way, False, bare), expected, 1e-10)


@pytest.mark.parametrize("way", ["programs", "op by op"])
@pytest.mark.parametrize("name", STANDARD)
@pytest.mark.parametrize("reverse", [False, True])
def test_the_last_output_that_counts_alone(name, way, reverse, case, reference, learn):
    """Where nothing counts it is zero, and the state stays what it was."""
    given = case(name, 2)

    def last(x, *rest):
        count = len(given.states)
        _, *states = reference.walk(
            reference.steps[name], x, given.mask, rest[:count], lambda t: rest[count:], reverse=reverse
        )
        return [np.where(given.mask.any(axis=1)[:, None], states[0], 0), *states]

    arrays = [given.x, *given.states, *given.weights]
    given = given._replace(upstream=[given.upstream[0][:, 0], *given.upstream[1:]])
    ours = learn(name, way, reverse, given, return_sequences=False)
    assert_near(ours, (last(*arrays), reference.slopes(last, given.upstream, arrays)), 1e-10)


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("way", ["op by op", "compiled"])
def test_without_training_outputs_and_gradients_are_the_same(name, way, case, expected, learn):
    reverse = way == "compiled"
    ours = learn(name, way, reverse, case(name, 35), training=False)
    assert_near(ours, expected(name, reverse, 35), 1e-10)


@pytest.mark.parametrize("around", ["eager", "graph"])
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("padding", ["none", "right", "left", "holes", "nothing else"])
@pytest.mark.parametrize("length", LENGTHS)
def test_one_sequence_of_an_lstm_without_training(length, padding, reverse, around, reference, learner):
    """TensorFlow has one operation for all of its steps; the gradient is the loop's."""
    rng, units = np.random.default_rng(length), 4
    kind = ["none", "right", "left", "holes", "nothing else"].index(padding)
    x, mask = rng.normal(size=(1, length, D)), reference.every_padding(length)[kind : kind + 1]
    states, ds = ([rng.normal(size=(1, units)) for _ in "hc"] for _ in range(2))
    weights = [rng.normal(size=shape) * 0.5 for shape in [(D, 4 * units), (units, 4 * units), (4 * units,)]]
    given = Case(x, mask, states, weights, [rng.normal(size=(1, length, units)), *ds])
    layer = Recurrence(LSTMCell(units), reverse=reverse, return_state=True)
    layer.build((None, None, D))
    layer.set_weights(weights)
    ours = learner(layer, around)(*tensors(given, "float32"), training=False)
    expected = reference.run(reference.steps["LSTM"], *given, reverse=reverse)
    for one, other in zip(tf.nest.flatten(ours), tf.nest.flatten(expected), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-5 * max(1, np.abs(other).max()))


def test_one_sequence_of_an_lstm_needs_no_loop():
    layer = Recurrence(LSTMCell(4))
    graph = tf.function(layer).get_concrete_function(tf.zeros((1, 5, D))).graph
    operations = {node.op for f in graph.as_graph_def().library.function for node in f.node_def}
    operations |= {operation.type for operation in graph.get_operations()}
    assert "BlockLSTMV2" in operations
    assert not any("While" in operation for operation in operations)


@pytest.mark.parametrize("name", CELLS)
def test_float32_rounds_and_no_more(name, case, expected, learn):
    assert_near(learn(name, "programs", False, case(name, 35), "float32"), expected(name, False, 35), 1e-5)


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-6), ("float32", 1e-4)])
@pytest.mark.parametrize("bias", [0, -5, -10, -16, -25])
@pytest.mark.parametrize("name", GATES)
@pytest.mark.parametrize("way", ["programs", "op by op"])
def test_a_shut_gate_loses_no_gradient(name, way, bias, dtype, tolerance, case, expected, learn):
    """What passes a gate of 1e-11 is as exact as what passes the others: each has columns of its own."""
    ours = learn(name, way, False, case(name, 35, bias), dtype)
    assert_near(columns(ours), columns(expected(name, False, 35, bias)), tolerance)


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-6), ("float32", 1e-4)])
@pytest.mark.parametrize("name", ["GRU", "GRU, reset before", "LSTM"])
@pytest.mark.parametrize("way", ["programs", "op by op"])
def test_an_open_gate_passes_everything(name, way, dtype, tolerance, case, expected, learn):
    """As a share of each array's largest entry: 1 - σ(25) is 1.4e-11, which no float32 beside 1 can hold."""
    ours = learn(name, way, False, case(name, 35, 25), dtype)
    assert_near(ours, expected(name, False, 35, 25), tolerance)


@pytest.mark.parametrize("name", CELLS)
def test_outputs_and_gradients_are_those_of_keras(name, case, learn, learner):
    given = case(name, 6)
    ours = Recurrence(CELLS[name]("float64"), return_state=True, dtype="float64")
    ours.build((None, None, D))
    ours.set_weights(given.weights)
    theirs = learner(to_keras(ours), "graph")(*tensors(given))
    assert_near(learner(ours, "graph")(*tensors(given)), theirs, 1e-10)


@pytest.mark.parametrize("name", ["Elman, tanh", "GRU", "GRU, reset before", "LSTM"])
def test_the_gradient_of_a_shared_weight_is_the_sum_over_its_copies(name, case, reference, learn):
    """The network unrolled over 6 steps, each with weights of its own."""
    given, steps, each = case(name, 6), 6, 3

    def unrolled(*copies):
        weights = [copies[t * each : (t + 1) * each] for t in range(steps)]
        return reference.walk(reference.steps[name], given.x, given.mask, given.states, lambda t: weights[t])

    of_copies = reference.slopes(unrolled, given.upstream, given.weights * steps)
    sums = [sum(of_copies[place::each]) for place in range(each)]
    _, gradients = learn(name, "programs", False, given)
    assert_near(gradients[-each:], sums, 1e-10)


@pytest.mark.parametrize("way", ["programs", "programs, eager", "compiled", "op by op"])
@pytest.mark.parametrize("name", ["Elman, tanh", "GRU", "LSTM"])
def test_the_gradient_has_a_gradient(name, way, case):
    """The curvature along a direction, by a tape around the tape, is the difference of two gradients in it."""
    given, size, (programs, around) = case(name, 2), 1e-5, WAYS[way]
    layer = Recurrence(CELLS[name]("float64"), jit_compile=programs, dtype="float64")
    layer.build((None, None, D))
    layer.set_weights(given.weights)
    direction = np.random.default_rng(3).normal(size=given.x.shape)

    def slope(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = tf.reduce_sum(layer(x, mask=tf.constant(given.mask), training=True) ** 2)
        return tape.gradient(loss, x)

    def curvature(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            along = tf.reduce_sum(slope(x) * direction)
        return tape.gradient(along, x)

    function = curvature if around == "eager" else tf.function(curvature, jit_compile=around == "compiled")
    ahead, behind = (slope(tf.constant(given.x + sign * size * direction)) for sign in (1, -1))
    assert_near(function(tf.constant(given.x)), (ahead - behind) / (2 * size), 1e-6)


def outputs_of_the_course(*vectors):
    """Two inputs, two hidden, two outputs, every weight 1, no bias, linear, while it learns: the outputs (T, 2)."""
    cell = ElmanCell(2, "linear", use_bias=False, kernel_initializer="ones", recurrent_initializer="ones")
    layer = Recurrence(cell)
    hidden = layer(np.array([vectors], "float32"), training=True)
    assert layer.path(training=True).name == "program"
    return (hidden[0] @ np.ones((2, 2), "float32")).numpy().tolist()


def test_the_course_s_memory_and_its_order():
    assert outputs_of_the_course([1, 1], [1, 1], [2, 2]) == [[4, 4], [12, 12], [32, 32]]
    assert outputs_of_the_course([2, 2], [1, 1], [1, 1])[-1] != [32, 32]


@pytest.mark.parametrize(("verb", "last"), [([2, 2], [48, 48]), ([3, 3], [56, 56])], ids=["我 去 郑州", "我 离开 郑州"])
def test_the_course_s_verb_is_remembered(verb, last):
    assert outputs_of_the_course([1, 1], verb, [4, 4])[-1] == last


def test_the_course_s_memory_is_written_kept_read_and_cleared():
    """x2 = 1 adds x1 to the memory, x2 = -1 clears it, x3 = 1 opens the output; linear, hard gates."""
    layer = Recurrence(LSTMCell(1, "linear"), return_state=True)
    layer.build((None, None, 3))
    kernel = [[0, 0, 1, 0], [100, 100, 0, 0], [0, 0, 0, 100]]  # rows x1, x2, x3; columns i, f, c̃, o
    layer.set_weights([np.array(kernel), np.zeros((1, 4)), np.array([-50, 50, 0, -50])])
    x = np.array([[(3, 1, 0), (4, 1, 0), (2, 0, 0), (1, 0, 1), (3, -1, 0)]], "float32")
    mask = np.tri(5, dtype=bool)  # row t has the first t + 1 steps, so its final states are those after step t
    outputs, _, memory = layer(np.repeat(x, 5, axis=0), mask=mask, training=True)
    np.testing.assert_allclose(memory[:, 0], [3, 7, 7, 7, 0], atol=1e-5)
    np.testing.assert_allclose(outputs[-1, :, 0], [0, 0, 0, 7, 0], atol=1e-5)
