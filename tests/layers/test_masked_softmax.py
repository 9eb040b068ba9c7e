"""The softmax over what counts, by its definition."""

import numpy as np
import pytest
import tensorflow as tf

from keras_seq.layers.masked_softmax import masked_softmax

SCORES = np.random.default_rng(3).normal(size=(3, 4))


def test_it_is_the_softmax_of_what_counts(mask):
    scores = SCORES[:, : mask.shape[1]]
    expected = np.where(mask, np.exp(scores), 0)
    expected /= np.maximum(expected.sum(axis=1, keepdims=True), 1e-300)
    np.testing.assert_allclose(masked_softmax(scores, mask), expected, rtol=1e-12)


def test_without_a_mask_all_count():
    np.testing.assert_allclose(masked_softmax(SCORES), np.exp(SCORES) / np.exp(SCORES).sum(axis=1, keepdims=True))


@pytest.mark.parametrize("size", [1e4, 1e9])
def test_large_scores_leave_padding_out(size):
    weights = masked_softmax(tf.constant([[-size, size, -size]]), np.array([[True, False, True]]))
    np.testing.assert_array_equal(weights, [[0.5, 0, 0.5]])


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_is_summed_in_float32(dtype):
    scores = tf.zeros((1, 5000), dtype)  # a sum of 5000 ones is 256 in bfloat16
    weights = masked_softmax(scores)
    assert weights.dtype == tf.float32
    np.testing.assert_allclose(weights, 1 / 5000, rtol=1e-5)


def test_no_gradient_passes_where_nothing_counts(mask):
    scores = tf.constant(SCORES[:, : mask.shape[1]])
    with tf.GradientTape() as tape:
        tape.watch(scores)
        weights = masked_softmax(scores, mask)[:, 0]
    gradient = tape.gradient(weights, scores).numpy()
    assert np.isfinite(gradient).all()
    assert not gradient[~mask].any()
