"""The adaptive softmax by its definition; its loss, block by block, is that definition for every label."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_seq.layers import AdaptiveSoftmax, adaptive_softmax

RNG = np.random.default_rng(12)
V, H, N = 30, 6, 11
CUTOFFS = (4, 12, 21)
LABELS = {
    "everywhere": np.array([29, 3, 0, 12, -1, 20, 11, 4, 21, 28, 2]),
    "head alone": RNG.integers(0, 4, N),
    "first tail alone": RNG.integers(4, 12, N),
    "last tail alone": RNG.integers(21, 30, N),
    "head and last tail": np.array([0, 25, 3, 29, 21, 1, 25, 25, 0, 2, 22]),
    "with padding": np.array([-1, 5, -1, 15, 2, -1, 29, -1, -1, 0, 12]),
    "padding alone": np.full(N, -1),
    "one": np.array([17]),
    "none": np.zeros(0, int),
}


@pytest.fixture(params=[4, 64], autouse=True, scope="module")
def block(request):
    """Blocks that a tail fills more than once, and blocks that it never fills."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(adaptive_softmax, "BLOCK", request.param)
        yield request.param


@pytest.fixture(params=list(LABELS))
def labels(request):
    return LABELS[request.param]


def layer(dtype="float64", cutoffs=CUTOFFS, division=2.0):
    """A layer with random weights."""
    output = AdaptiveSoftmax(V, cutoffs, division, dtype=dtype)
    output.build((None, H))
    rng = np.random.default_rng(4)
    output.set_weights([rng.normal(size=w.shape) for w in output.weights])
    return output


def states(labels, seed=1):
    return np.random.default_rng(seed).normal(size=(*labels.shape, H))


def log_softmax(logits):
    return logits - np.logaddexp.reduce(logits)


def by_definition(weights, h):
    """log p of all words for one state: head, then P and O of each tail."""
    head, *tails = weights
    head = log_softmax(h @ head)
    parts = [head[: CUTOFFS[0]]]
    for i, (p, o) in enumerate(zip(tails[::2], tails[1::2], strict=True)):
        parts.append(head[CUTOFFS[0] + i] + log_softmax(h @ p @ o))
    return np.concatenate(parts)


def test_it_is_its_definition():
    output, x = layer(), states(LABELS["everywhere"])
    np.testing.assert_allclose(output(x), [by_definition(output.get_weights(), h) for h in x], atol=1e-12)


def test_the_probabilities_of_all_words_sum_to_one():
    x = states(LABELS["everywhere"]).reshape(1, N, H)
    for dtype in ("float64", "float32", "mixed_bfloat16", "mixed_float16"):
        log_probabilities = layer(dtype)(x)
        assert log_probabilities.shape == (1, N, V)
        np.testing.assert_allclose(np.exp(log_probabilities).sum(axis=-1), 1, atol=1e-6)


def test_each_tail_is_narrower_than_the_one_before():
    output = AdaptiveSoftmax(V, CUTOFFS, division=3)
    output.build((None, 20))
    shapes = [tuple(w.shape) for w in output.weights]
    assert shapes == [(20, 4 + 3), (20, 6), (6, 8), (20, 2), (2, 9), (20, 1), (1, 9)]


def test_the_loss_is_minus_the_log_probability(labels):
    output, x = layer(), states(labels)
    expected = [-by_definition(output.get_weights(), h)[y] if y >= 0 else 0 for h, y in zip(x, labels, strict=True)]
    np.testing.assert_allclose(output.loss(x, labels), expected, atol=1e-12)


def test_every_word_has_its_loss():
    output, x = layer(), np.tile(states(np.zeros(1)), (V, 1))
    words = RNG.permutation(V)
    np.testing.assert_allclose(output.loss(x, words), -output(x[0]).numpy()[words], atol=1e-12)


def test_the_loss_keeps_the_shape_of_the_labels():
    output, labels = layer(), LABELS["with padding"][:10].reshape(2, 5)
    x = states(labels)
    assert output.loss(x, labels).shape == (2, 5)
    np.testing.assert_allclose(output.loss(x, labels)[1], output.loss(x[1], labels[1]), atol=1e-12)


def gradients(output, labels, weights):
    """d Σ weights · loss, by states and by every weight."""

    def run(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            total = tf.reduce_sum(weights * output.loss(x, labels))
        return tape.gradient(total, [x, *output.trainable_variables])

    return run


@pytest.mark.parametrize("jit", [True, False])
def test_gradients_are_those_of_finite_differences(labels, jit):
    output, x, weights, step = layer(), states(labels), RNG.normal(size=labels.shape), 1e-6
    ours = tf.function(gradients(output, labels, weights), jit_compile=jit)(tf.constant(x))
    point = [x, *output.get_weights()]

    def total(changed):
        output.set_weights(changed[1:])
        return float(np.sum(weights * output.loss(changed[0], labels)))

    for i, gradient in enumerate(ours):
        direction = RNG.normal(size=point[i].shape)
        ends = [total([w + sign * step * direction * (i == j) if i == j else w for j, w in enumerate(point)])
                for sign in (1, -1)]  # fmt: skip
        expected = (ends[0] - ends[1]) / (2 * step)
        assert np.sum(direction * gradient) == pytest.approx(expected, rel=1e-6, abs=1e-7)


@pytest.mark.parametrize("jit", [True, False])
def test_the_number_of_states_may_be_unknown(jit):
    output = layer("float32")
    specs = [tf.TensorSpec((None, None, H)), tf.TensorSpec((None, None), tf.int32)]
    run = tf.function(output.loss, input_signature=specs, jit_compile=jit)
    for shape in ((2, 5), (1, 1), (3, 2)):
        labels = RNG.integers(-1, V, shape)
        x = states(labels).astype("float32")
        np.testing.assert_allclose(run(x, labels.astype("int32")), output.loss(x, labels), atol=1e-6)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_half_precision_loses_rounding_alone(labels, policy):
    x, weights = states(labels), np.ones(labels.shape, "float32")
    ours, exact = layer(policy), layer("float32")
    assert ours.loss(x, labels).dtype == tf.float32
    np.testing.assert_allclose(ours.loss(x, labels), exact.loss(x, labels), atol=0.2)
    pairs = zip(*(gradients(o, labels, weights)(tf.constant(x, "float32")) for o in (ours, exact)), strict=True)
    for gradient, expected in pairs:
        assert gradient.dtype == tf.float32
        np.testing.assert_allclose(gradient, expected, atol=0.2)


def test_training_finds_the_frequencies():
    """One state for all: the best log-probabilities are those of the labels' shares."""
    labels = np.repeat(np.arange(V), np.arange(2 * V, 0, -2))
    output = AdaptiveSoftmax(V, (4, 12), division=1.0, seed=3)
    output.build((None, H))
    x = tf.ones((len(labels), H))
    adam = keras.optimizers.Adam(0.05)

    @tf.function(jit_compile=True)
    def step():
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(output.loss(x, labels))
        adam.apply(tape.gradient(loss, output.trainable_variables), output.trainable_variables)

    adam.build(output.trainable_variables)
    for _ in range(150):
        step()
    np.testing.assert_allclose(np.exp(output(x[:1]))[0], np.bincount(labels) / len(labels), atol=1e-3)


@pytest.mark.parametrize("cutoffs", [(), (0, 5), (8, 4), (4, 4), (4, V), (4, V + 1)])
def test_cutoffs_ascend_inside_the_vocabulary(cutoffs):
    with pytest.raises(ValueError, match=r"^AdaptiveSoftmax: cutoffs=\(.*\), expected ascending ids between 0 and v"):
        AdaptiveSoftmax(V, cutoffs)


def test_a_wrong_argument_is_one_line():
    with pytest.raises(ValueError, match=r"^AdaptiveSoftmax: division=0.5, expected at least 1$"):
        AdaptiveSoftmax(V, CUTOFFS, division=0.5)
    with pytest.raises(ValueError, match=r"^AdaptiveSoftmax: not built yet, expected build\(states_shape\) or a call"):
        AdaptiveSoftmax(V, CUTOFFS).loss(np.zeros((2, H)), np.zeros(2))
    with pytest.raises(ValueError, match=r"^AdaptiveSoftmax: labels have shape \(3,\), expected \(2,\), that of the"):
        layer().loss(np.zeros((2, H)), np.zeros(3))
