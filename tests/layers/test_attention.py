"""Attention by a loop over pairs; masks, shapes, precision and gradients of every score."""

import numpy as np
import pytest
import tensorflow as tf

from keras_seq.layers import SCORES, Attention

RNG = np.random.default_rng(6)
B, T, S, D = 3, 2, 4, 3
QUERY, MEMORY = RNG.normal(size=(B, T, D)), RNG.normal(size=(B, S, D))
HALF = ["mixed_float16", "mixed_bfloat16", "float16"]


@pytest.fixture(params=list(SCORES))
def score(request):
    return request.param


def attention(score, dtype="float64", **options):
    """The layer with random weights, and with the weights returned."""
    layer = Attention(score, return_weights=True, dtype=dtype, **options)
    layer.build((None, None, D), (None, None, D))
    rng = np.random.default_rng(1)
    layer.set_weights([rng.normal(size=w.shape) for w in layer.weights])
    return layer


def by_loop(layer, query, memory, mask):
    """Context and weights of one query, from the scores of one pair at a time."""
    keys = layer.keys(memory[None])
    scores = [np.exp(layer._score(query[None, None], keys[:, j : j + 1]).numpy().item()) for j in range(len(memory))]
    weights = np.where(mask, scores, 0)
    weights = weights / (weights.sum() or 1)
    return weights @ memory, weights


def test_it_is_the_mean_under_the_softmax_of_the_scores(score, mask):
    layer, memory = attention(score), MEMORY[:, : mask.shape[1]]
    contexts, weights = layer(QUERY, memory, memory_mask=mask)
    for b in range(B):
        for t in range(T):
            expected = by_loop(layer, QUERY[b, t], memory[b], mask[b])
            np.testing.assert_allclose(contexts[b, t], expected[0], atol=1e-12)
            np.testing.assert_allclose(weights[b, t], expected[1], atol=1e-12)


def test_one_query_gives_what_it_gives_among_others(score, mask):
    layer, memory = attention(score), MEMORY[:, : mask.shape[1]]
    contexts, weights = layer(QUERY, memory, memory_mask=mask)
    one_context, one_weights = layer(QUERY[:, 1], memory, memory_mask=mask)
    np.testing.assert_allclose(one_context, contexts[:, 1], atol=1e-12)
    np.testing.assert_allclose(one_weights, weights[:, 1], atol=1e-12)


def test_a_decoder_computes_the_keys_once(score, mask):
    layer, memory = attention(score), MEMORY[:, : mask.shape[1]]
    keys = layer.keys(memory)
    for t in range(T):
        context, weights = layer.attend(QUERY[:, t], keys, memory, mask)
        expected = layer(QUERY[:, t], memory, memory_mask=mask)
        np.testing.assert_array_equal(context, expected[0])
        np.testing.assert_array_equal(weights, expected[1])


def test_padding_changes_nothing(score):
    layer, mask = attention(score), np.array([[0, 1, 0, 1]] * B, bool)
    contexts, _ = layer(QUERY, MEMORY, memory_mask=mask)
    np.testing.assert_allclose(contexts, layer(QUERY, MEMORY[:, mask[0]])[0], atol=1e-12)
    noisy = np.where(mask[..., None], MEMORY, 1e9)
    np.testing.assert_allclose(contexts, layer(QUERY, noisy, memory_mask=mask)[0], atol=1e-12)


def test_a_memory_of_padding_alone_gives_zeros(score):
    mask = np.array([[0] * S, [1] * S, [0] * S], bool)
    contexts, weights = attention(score)(QUERY, MEMORY, memory_mask=mask)
    assert not np.any(weights.numpy()[[0, 2]])
    assert not np.any(contexts.numpy()[[0, 2]])
    np.testing.assert_allclose(weights.numpy()[1].sum(axis=-1), 1)


def losses(layer, mask):
    """The loss of query, memory and the layer's weights; and its gradient by the tape."""
    coefficients = RNG.normal(size=(B, T, D))

    def loss(query, memory, *weights):
        for variable, value in zip(layer.weights, weights, strict=True):
            variable.assign(value)
        return tf.reduce_sum(coefficients * layer(query, memory, memory_mask=mask)[0])

    def gradient(query, memory):
        with tf.GradientTape() as tape:
            tape.watch([query, memory])
            value = tf.reduce_sum(coefficients * layer(query, memory, memory_mask=mask)[0])
        return tape.gradient(value, [query, memory, *layer.trainable_variables])

    return loss, gradient


def slope(f, x, direction, step=1e-6):
    """Central difference."""
    return (f(x + step * direction) - f(x - step * direction)) / (2 * step)


@pytest.mark.parametrize("jit", [True, False])
def test_gradients_are_those_of_finite_differences(score, mask, jit):
    layer, memory = attention(score), MEMORY[:, : mask.shape[1]]
    loss, gradient = losses(layer, mask)
    gradients = tf.function(gradient, jit_compile=jit)(tf.constant(QUERY), tf.constant(memory))
    point = [QUERY, memory, *layer.get_weights()]
    for i, ours in enumerate(gradients):
        direction = RNG.normal(size=point[i].shape)
        expected = slope(lambda x, i=i: float(loss(*point[:i], x, *point[i + 1 :])), point[i], direction)
        assert np.sum(direction * ours) == pytest.approx(expected, rel=1e-6, abs=1e-8)


def test_a_vector_of_zeros_has_a_finite_gradient(score):
    for mask in (np.zeros((B, S), bool), np.ones((B, S), bool)):
        _, gradient = losses(attention(score), mask)
        for x in gradient(tf.zeros((B, T, D), "float64"), tf.zeros((B, S, D), "float64")):
            assert np.isfinite(x).all()


@pytest.mark.parametrize("policy", HALF)
def test_half_precision_puts_out_what_float32_does_but_for_rounding(score, policy, mask):
    memory = MEMORY[:, : mask.shape[1]]
    outputs = attention(score, policy)(QUERY, memory, memory_mask=mask)
    expected = attention(score, "float32")(QUERY, memory, memory_mask=mask)
    for ours, theirs in zip(outputs, expected, strict=True):
        assert ours.dtype.name == policy.removeprefix("mixed_")
        np.testing.assert_allclose(tf.cast(ours, "float32"), theirs, atol=0.05)


@pytest.mark.parametrize("policy", HALF)
def test_half_precision_stays_finite_under_large_scores(score, policy, mask):
    memory = 30 * MEMORY[:, : mask.shape[1]]
    for output in attention(score, policy)(30 * QUERY, memory, memory_mask=mask):
        assert np.isfinite(tf.cast(output, "float32")).all()


@pytest.mark.parametrize("jit", [True, False])
def test_batch_and_times_may_be_unknown(score, jit):
    layer = attention(score, "float32")
    specs = [tf.TensorSpec((None, None, D)), tf.TensorSpec((None, None, D)), tf.TensorSpec((None, None), tf.bool)]
    run = tf.function(lambda s, h, m: layer(s, h, memory_mask=m), input_signature=specs, jit_compile=jit)
    for b, t, s in ((3, 2, 4), (1, 1, 1), (2, 2, 3)):
        arguments = [x.astype("float32") for x in (QUERY[:b, :t], MEMORY[:b, :s])]
        mask = RNG.random((b, s)) < 0.7
        for ours, expected in zip(run(*arguments, mask), layer(*arguments, memory_mask=mask), strict=True):
            np.testing.assert_allclose(ours, expected, atol=1e-6)


def test_the_masks_of_query_and_memory_find_their_places(score):
    query, memory = (tf.constant(x, "float32") for x in (QUERY, MEMORY))
    query_mask, memory_mask = np.array([[1, 0]] * B, bool), np.array([[1, 0, 1, 1]] * B, bool)
    query._keras_mask, memory._keras_mask = tf.constant(query_mask), tf.constant(memory_mask)
    contexts, weights = attention(score, "float32")(query, memory)
    np.testing.assert_array_equal(contexts._keras_mask, query_mask)
    assert getattr(weights, "_keras_mask", None) is None
    assert not weights.numpy()[:, :, 1].any()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("bilinear",), "^Attention: score='bilinear', expected one of cosine, dot, general, additive$"),
        (("dot", 3), "^Attention: units=3 with score='dot', expected None: that score has no units$"),
        (("additive", 0), "^Attention: units=0, expected an integer of at least 1$"),
    ],
)
def test_a_wrong_argument_is_one_line(arguments, message):
    with pytest.raises(ValueError, match=message):
        Attention(*arguments)


@pytest.mark.parametrize(
    ("query", "memory", "message"),
    [
        ((2, 3, 4, 5), (2, 6, 5), r"^Attention: query has shape \(2, 3, 4, 5\), expected \(B, T, Q\), or \(B, Q\) for"),
        ((2, 5), (2, 5), r"^Attention: memory has shape \(2, 5\), expected \(B, S, D\)$"),
        (
            (2, 4),
            (2, 6, 5),
            "^Attention: score='dot' compares a query of 4 features with a memory of 5, expected equal",
        ),
    ],
)
def test_a_wrong_shape_is_one_line(query, memory, message):
    with pytest.raises(ValueError, match=message):
        Attention("dot")(np.zeros(query), np.zeros(memory))


@pytest.mark.parametrize("shape", [(B, S + 1), (B, S, 1), (S,)])
def test_a_mask_of_another_shape_says_so(shape):
    with pytest.raises(ValueError, match=r"Attention: memory_mask has shape \(.*\), expected \(3, 4\)"):
        attention("dot")(QUERY, MEMORY, memory_mask=np.ones(shape, bool))


def test_keys_of_a_layer_that_is_not_built_say_so():
    with pytest.raises(ValueError, match=r"^Attention: not built yet, expected build\(query_shape, memory_shape\)"):
        Attention("general").keys(MEMORY)


def test_one_seed_gives_the_same_start_values():
    first, same, other = (Attention("additive", 4, seed=seed)(QUERY, MEMORY) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, same)
    assert not np.allclose(first, other)
