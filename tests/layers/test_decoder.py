"""The decoder by a NumPy loop over its equations; all at once and step by step; what its options change."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_seq.layers import Attention, Decoder, ElmanCell, GRUCell, LSTMCell, RecurrentDropout

B, T, S, E, D, H, A, C = 2, 4, 5, 3, 6, 6, 4, 2
RNG = np.random.default_rng(6)
VECTORS = RNG.normal(size=(B, T, E)).astype("float32")
MEMORY = RNG.normal(size=(B, S, D)).astype("float32")
MASK = np.array([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]], bool)
CONTEXT = RNG.normal(size=(B, C)).astype("float32")
STATE = RNG.normal(size=(B, H)).astype("float32")


def decoder(cells, score=None, context=False, coverage=False, **options):
    """A decoder with random weights, its source, and its first states."""
    attention = None if score is None else Attention(score, coverage=coverage, seed=3)
    layer = Decoder(cells, A, attention, seed=5, **options)
    layer.build((None, None, E), (None, None, D), (None, C) if context else None)
    for number, variable in enumerate(layer.weights):
        if variable.dtype.startswith("float"):
            draw = np.random.default_rng(number)
            variable.assign(draw.normal(scale=0.5, size=variable.shape))
    source = layer.source(MEMORY, MASK, CONTEXT if context else None)
    return layer, source, [STATE * (1 + i) for i in range(len(layer.state_sizes))]


def softmax(e, mask):
    e = np.where(mask, e, -np.inf)
    e = np.exp(e - e.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def by_hand(layer, query="new", feeding=False, context=False, coverage=False):
    """The equations in NumPy, for one Elman layer and the general score, a step at a time."""
    w, u, b = (np.asarray(each) for each in layer.cells[0].weights)
    score = {each.name: np.asarray(each) for each in layer.attention.weights}
    wr, br = np.asarray(layer.kernel), np.asarray(layer.bias)
    s, r, seen = STATE, np.zeros((B, A)), np.zeros((B, S))
    outputs, weights = [], []

    def attend(s, seen):
        e = np.einsum("bh,dh,bsd->bs", s, score["kernel"], MEMORY)
        a = softmax(e + (score["coverage_vector"] * seen if coverage else 0), MASK)
        return np.einsum("bs,bsd->bd", a, MEMORY), a

    for t in range(T):
        x = [VECTORS[:, t]] + ([CONTEXT] if context else [])
        if query == "old":
            c, a = attend(s, seen)
            x.append(c)
        x = np.concatenate(x + ([r] if feeding else []), axis=1)
        s = np.tanh(x @ w + s @ u + b)
        if query == "new":
            c, a = attend(s, seen)
        seen = seen + a
        r = np.tanh(np.concatenate([s, c], axis=1) @ wr + br)
        outputs.append(r)
        weights.append(a)
    return np.stack(outputs, 1), np.stack(weights, 1)


@pytest.mark.parametrize(
    ("query", "feeding", "context", "coverage"), list(itertools.product(["new", "old"], *[[False, True]] * 3))
)
def test_one_layer_is_its_equations(query, feeding, context, coverage):
    layer, source, states = decoder([ElmanCell(H)], "general", context, coverage, query=query, input_feeding=feeding)
    outputs, weights = layer(VECTORS, source, states)
    expected, expected_weights = by_hand(layer, query, feeding, context, coverage)
    np.testing.assert_allclose(outputs, expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(weights, expected_weights, rtol=1e-5, atol=1e-6)


def stepwise(layer, source, states, many=1):
    """The same by `step`, for `many` equal hypotheses of each source."""
    state = [np.repeat(each, many, axis=1) for each in layer.start(states, source)]
    outputs, weights = [], []
    for t in range(T):
        vectors = np.repeat(VECTORS[:, t : t + 1], many, axis=1)
        out, a, state = layer.step(vectors, source, state)
        outputs.append(np.asarray(out))
        weights.append(None if a is None else np.asarray(a))
    return outputs, weights


CASES = {
    "one GRU": (lambda: [GRUCell(H)], "additive", {}),
    "deep": (lambda: [GRUCell(H), LSTMCell(H)], "dot", {}),
    "deep, old": (lambda: [LSTMCell(H), GRUCell(H)], "cosine", {"query": "old"}),
    "deep, feeding": (lambda: [LSTMCell(H), ElmanCell(H)], "general", {"input_feeding": True}),
    "coverage": (lambda: [LSTMCell(H)], "additive", {"coverage": True}),
    "everything": (
        lambda: [GRUCell(H), GRUCell(H)],
        "additive",
        {"coverage": True, "query": "old", "input_feeding": True, "context": True},
    ),
    "none": (lambda: [LSTMCell(H), LSTMCell(H)], None, {"context": True}),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
@pytest.mark.parametrize("many", [1, 3])
def test_step_by_step_is_all_at_once(case, many):
    """Every hypothesis of a source, too, sees what a single one sees."""
    cells, score, options = case
    layer, source, states = decoder(cells(), score, **options)
    outputs, weights = layer(VECTORS, source, states)
    found, found_weights = stepwise(layer, source, states, many)
    for t, n in itertools.product(range(T), range(many)):
        np.testing.assert_allclose(found[t][:, n], outputs[:, t], rtol=1e-5, atol=2e-6)
        if score:
            np.testing.assert_allclose(found_weights[t][:, n], weights[:, t], rtol=1e-5, atol=2e-6)
    assert (weights is None) == (score is None)


def test_attention_sees_no_padding():
    layer, source, states = decoder([GRUCell(H)], "general", query="old")
    _, weights = layer(VECTORS, source, states)
    np.testing.assert_array_equal(np.asarray(weights)[:, :, :][1, :, 3:], 0)
    np.testing.assert_allclose(np.sum(weights, axis=-1), 1, rtol=1e-6)


def test_a_step_sees_none_after_it():
    layer, source, states = decoder([GRUCell(H), GRUCell(H)], "general")
    changed = VECTORS.copy()
    changed[:, 2:] += 1
    (one, _), (other, _) = layer(VECTORS, source, states), layer(changed, source, states)
    np.testing.assert_array_equal(one[:, :2], other[:, :2])
    assert np.abs(one[:, 2] - other[:, 2]).max() > 1e-3


@pytest.mark.parametrize("options", [{}, {"query": "old"}, {"input_feeding": True, "coverage": True}])
@pytest.mark.parametrize("jit_compile", [False, True])
def test_gradients_are_those_of_finite_differences(options, jit_compile):
    """Along a random direction of all weights, in float64, compiled as a whole and not."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float64")
    try:
        layer, source, states = decoder([GRUCell(H)], "additive", **options)
    finally:
        keras.config.set_dtype_policy(before)
    source = source._replace(memory=tf.constant(MEMORY, tf.float64), keys=None)
    variables = [variable.value for variable in layer.trainable_variables]
    goal = tf.constant(np.random.default_rng(1).normal(size=(B, T, A)))

    @tf.function(jit_compile=jit_compile)
    def loss_and_slopes():
        with tf.GradientTape() as tape:
            read = source._replace(keys=layer.attention.keys(source.memory))
            outputs, _ = layer(
                tf.cast(VECTORS, tf.float64), read, [tf.cast(s, tf.float64) for s in states], training=True
            )
            loss = tf.reduce_sum(outputs * goal)
        return loss, tape.gradient(loss, variables)

    _, slopes = loss_and_slopes()
    directions = [np.random.default_rng(9).normal(size=v.shape) for v in variables]
    expected = sum(np.sum(np.asarray(tf.convert_to_tensor(g)) * d) for g, d in zip(slopes, directions, strict=True))
    found = []
    for step in (1e-6, -1e-6):
        for variable, direction in zip(variables, directions, strict=True):
            variable.assign_add(step * direction)
        found.append(float(loss_and_slopes()[0]))
        for variable, direction in zip(variables, directions, strict=True):
            variable.assign_sub(step * direction)
    np.testing.assert_allclose((found[0] - found[1]) / 2e-6, expected, rtol=1e-6)


def test_dropout_between_layers_is_the_same_at_every_step():
    """With equal vectors and no recurrence what is dropped of one step is dropped of all."""
    for options in ({}, {"input_feeding": True}):
        layer, source, _ = decoder([ElmanCell(H), ElmanCell(H)], None, dropout=0.5, **options)
        for cell in layer.cells:
            cell.recurrent_kernel.assign(np.zeros((H, H)))
        if options:  # what is fed makes no difference
            kernel = np.asarray(layer.cells[0].kernel).copy()
            kernel[E:] = 0
            layer.cells[0].kernel.assign(kernel)
        states = [np.zeros((B, H), "float32")] * 2
        outputs, _ = layer(np.ones((B, T, E), "float32"), source, states, training=True)
        np.testing.assert_allclose(outputs, np.repeat(outputs[:, :1], T, axis=1), rtol=1e-5)
        plain, _ = layer(np.ones((B, T, E), "float32"), source, states)
        assert np.abs(outputs - plain).max() > 1e-3


@keras.saving.register_keras_serializable(package="test_decoder")
class Decoded(keras.Layer):
    """What a decoder puts out for vectors (B, T, E) and a memory (B, S, D), from states of zeros."""

    def __init__(self, decoder, **kwargs):
        super().__init__(**kwargs)
        self.decoder = decoder

    def build(self, vectors_shape, memory_shape):
        if not self.decoder.built:  # as it is where it comes from a file
            self.decoder.build(vectors_shape, memory_shape)

    def call(self, vectors, memory):
        rows = keras.ops.shape(vectors)[0]
        states = [keras.ops.zeros((rows, size), self.compute_dtype) for size in self.decoder.state_sizes]
        return self.decoder(vectors, self.decoder.source(memory), states)[0]

    def get_config(self):
        return {**super().get_config(), "decoder": keras.saving.serialize_keras_object(self.decoder)}

    @classmethod
    def from_config(cls, config):
        return cls(**{**config, "decoder": keras.saving.deserialize_keras_object(config["decoder"])})


OPTIONS = {
    "at once": {"noise": RecurrentDropout(states=0.25, seed=3), "dropout": 0.25},
    "by steps": {"query": "old", "input_feeding": True},
}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
class TestAsALayer:
    def made(self, options):
        attention = Attention("additive", coverage="query" in options, seed=1)
        return Decoded(Decoder([GRUCell(H, seed=1), LSTMCell(H, seed=2)], A, attention, seed=4, **options))

    def model(self, options):
        """Of unknown batch and time."""
        inputs = keras.Input((None, E)), keras.Input((None, D))
        return keras.Model(inputs, self.made(options)(*inputs))

    def test_its_configuration_makes_the_same_one(self, options):
        one = self.made(options)
        copy = Decoded.from_config(one.get_config())
        assert copy.decoder.get_config() == one.decoder.get_config()
        np.testing.assert_array_equal(copy(VECTORS, MEMORY), one(VECTORS, MEMORY))

    def test_a_model_of_unknown_batch_and_time_gives_the_same(self, options):
        model = self.model(options)
        assert model.output_shape == (None, None, A)
        expected = self.made(options)(VECTORS, MEMORY)
        np.testing.assert_allclose(model([VECTORS, MEMORY]), expected, atol=1e-6)
        shorter = model.predict([VECTORS[:1, :2], MEMORY[:1]], verbose=0)
        np.testing.assert_allclose(shorter, expected[:1, :2], atol=1e-6)

    def test_a_whole_model_is_saved_and_loaded(self, options, tmp_path):
        model = self.model(options)
        model.set_weights([w + 0.1 if w.dtype == np.float32 else w for w in model.get_weights()])
        model.save(tmp_path / "model.keras")
        loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
        np.testing.assert_array_equal(loaded([VECTORS, MEMORY]), model([VECTORS, MEMORY]))

    def test_mixed_precision_is_the_same_but_for_rounding(self, options):
        exact, before = self.made(options)(VECTORS, MEMORY), keras.config.dtype_policy()
        keras.config.set_dtype_policy("mixed_bfloat16")
        try:
            layer, model = self.made(options), self.model(options)
            found = layer(VECTORS, MEMORY)
        finally:
            keras.config.set_dtype_policy(before)
        assert found.dtype.name == model.output.dtype == "bfloat16"
        assert all(weight.dtype == "float32" for weight in layer.trainable_weights)
        np.testing.assert_allclose(keras.ops.cast(found, "float32"), exact, atol=0.05)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cells": []}, r"^Decoder: cells=\[\], expected a list of at least one cell$"),
        ({"query": "next"}, "^Decoder: query='next', expected one of new, old$"),
        ({"query": "old"}, "^Decoder: query='old' without attention, expected an Attention$"),
        ({"units": 0}, "^Decoder: units=0, expected an integer of at least 1$"),
        (
            {"input_feeding": True, "noise": RecurrentDropout(states=0.1)},
            "^Decoder: noise with steps that read the last one's output, expected None$",
        ),
    ],
)
def test_a_mistake_is_one_line(options, message):
    with pytest.raises(ValueError, match=message):
        Decoder(**{"cells": [GRUCell(H)], "units": A, **options})
