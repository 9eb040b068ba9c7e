"""The softmax over a vocabulary by its definition, and the loss that is minus its logarithm."""

import numpy as np
import pytest
import tensorflow as tf

from keras_seq.layers import VocabularySoftmax

RNG = np.random.default_rng(6)
V, E = 11, 4
STATES, LABELS = RNG.normal(size=(3, 5, E)), RNG.integers(-1, V, (3, 5))
LABELS[1, 2] = -1


def layer(dtype="float64"):
    """A layer with random weights, the same ones each time."""
    output = VocabularySoftmax(V, dtype=dtype)
    output.build((None, E))
    rng = np.random.default_rng(1)
    output.set_weights([rng.normal(size=weight.shape) for weight in output.weights])
    return output


def by_definition(embeddings, bias, states):
    logits = states @ embeddings.T + bias
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))


def losses_by_definition(output, states, smoothing=0.0):
    """Cross-entropy with targets of which all words have `smoothing` alike, and the label has the rest too."""
    log_p = by_definition(*output.get_weights(), states)
    goals = (1 - smoothing) * np.eye(V)[LABELS] + smoothing / V
    return np.where(LABELS >= 0, -(goals * log_p).sum(axis=-1), 0)


def test_it_is_its_definition():
    np.testing.assert_allclose(layer()(STATES), by_definition(*layer().get_weights(), STATES), rtol=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64", "mixed_bfloat16"])
def test_probabilities_sum_to_one(dtype):
    np.testing.assert_allclose(np.exp(layer(dtype)(STATES)).sum(axis=-1), 1, atol=1e-6)


def test_great_logits_do_not_overflow():
    found = layer("float32")(1e4 * STATES)
    assert np.isfinite(found).all()
    assert np.isfinite(layer("float32").loss(1e4 * STATES, LABELS)).all()


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.9])
def test_the_loss_is_the_cross_entropy(smoothing):
    found = layer().loss(STATES, LABELS, smoothing=smoothing)
    np.testing.assert_allclose(found, losses_by_definition(layer(), STATES, smoothing), rtol=1e-12)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
@pytest.mark.parametrize("jit", [True, False])
def test_gradients_are_those_of_finite_differences(jit, smoothing):
    output, weights, step = layer(), RNG.normal(size=LABELS.shape), 1e-6

    @tf.function(jit_compile=jit)
    def gradients(states):
        with tf.GradientTape() as tape:
            tape.watch(states)
            total = tf.reduce_sum(weights * output.loss(states, LABELS, smoothing=smoothing))
        return tape.gradient(total, [states, *output.trainable_variables])

    point = [STATES, *output.get_weights()]

    def total(moved):
        output.set_weights(moved[1:])
        return float(np.sum(weights * losses_by_definition(output, moved[0], smoothing)))

    for place, gradient in enumerate(gradients(tf.constant(STATES))):
        direction = RNG.normal(size=point[place].shape)
        ends = [
            total([x + sign * step * direction if place == i else x for i, x in enumerate(point)]) for sign in (1, -1)
        ]
        assert np.sum(direction * gradient) == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=1e-6)


def test_half_precision_loses_rounding_alone():
    half = layer("mixed_bfloat16").loss(STATES.astype("float32"), LABELS)
    assert half.dtype == tf.float32
    np.testing.assert_allclose(half, losses_by_definition(layer(), STATES), atol=0.1)


def test_the_words_have_vectors():
    output, words = layer(), np.array([[3, 0], [10, 3]])
    np.testing.assert_array_equal(output.vectors(words), output.get_weights()[0][words])


def test_a_seed_repeats_the_start():
    one, again, other = (VocabularySoftmax(V, seed=seed) for seed in (1, 1, 2))
    for output in (one, again, other):
        output.build((None, E))
    np.testing.assert_array_equal(one.embeddings, again.embeddings)
    assert not np.array_equal(one.embeddings, other.embeddings)
    assert np.abs(one.embeddings).max() <= 0.1
    assert not np.any(one.bias)


def test_an_unbuilt_layer_says_so():
    with pytest.raises(
        ValueError, match=r"^VocabularySoftmax: not built yet, expected build\(states_shape\) or a call"
    ):
        VocabularySoftmax(V).loss(STATES, LABELS)


def test_products_are_in_the_training_dtype_while_training_alone():
    output = VocabularySoftmax(V, training_dtype="bfloat16", seed=3)
    output.build((None, STATES.shape[-1]))
    states, exact = STATES.astype("float32"), VocabularySoftmax(V, seed=3)
    exact.build((None, STATES.shape[-1]))
    np.testing.assert_array_equal(output.loss(states, LABELS), exact.loss(states, LABELS))
    rough = np.asarray(output.loss(states, LABELS, training=True))
    assert rough.dtype == np.float32
    np.testing.assert_allclose(rough, exact.loss(states, LABELS), rtol=0.02)
    assert (rough != np.asarray(exact.loss(states, LABELS))).any()
