"""The mean over the steps that count."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_seq.layers import MaskedMeanPooling

RNG = np.random.default_rng(13)


def mean(x, mask):
    """Row by row; zeros for a row without steps."""
    return [row[m].mean(axis=0) if m.any() else np.zeros(x.shape[2]) for row, m in zip(x, mask, strict=True)]


def test_it_is_the_mean_over_the_steps_that_count(mask):
    x = RNG.normal(size=(*mask.shape, 2)).astype("float32")
    np.testing.assert_allclose(MaskedMeanPooling()(x, mask=mask), mean(x, mask), atol=1e-6)


def test_without_a_mask_every_step_counts():
    x = RNG.normal(size=(2, 4, 3)).astype("float32")
    np.testing.assert_allclose(MaskedMeanPooling()(x), x.mean(axis=1), atol=1e-6)


@pytest.mark.parametrize("padding", [np.nan, np.inf, 1e30])
def test_what_lies_in_padding_does_not_matter(padding):
    x = np.array([[[1.0], [3.0], [padding]]], "float32")
    np.testing.assert_array_equal(MaskedMeanPooling()(x, mask=np.array([[True, True, False]])), [[2.0]])


def test_the_mask_of_an_embedding_is_used():
    x = keras.layers.Embedding(5, 2, mask_zero=True)(np.array([[2, 3, 0]]))
    np.testing.assert_allclose(MaskedMeanPooling()(x), np.array(x)[:, :2].mean(axis=1), atol=1e-7)


def test_a_long_sum_is_not_rounded_step_by_step():
    x = np.ones((1, 1000, 1), "float32")  # in bfloat16, 256 + 1 is 256
    pooled = MaskedMeanPooling(dtype="mixed_bfloat16")(x, mask=np.ones((1, 1000), bool))
    np.testing.assert_array_equal(keras.ops.cast(pooled, "float32"), [[1.0]])


def test_the_gradient_is_shared_by_the_steps_that_count_and_an_empty_row_passes_none():
    x = tf.constant(RNG.normal(size=(2, 4, 2)))
    with tf.GradientTape() as tape:
        tape.watch(x)
        pooled = MaskedMeanPooling(dtype="float64")(x, mask=np.array([[1, 1, 0, 1], [0, 0, 0, 0]], bool))
        y = tf.reduce_sum(pooled)
    expected = np.array([[1, 1, 0, 1], [0, 0, 0, 0]])[..., None] / 3 * np.ones(2)
    np.testing.assert_allclose(tape.gradient(y, x), expected, atol=1e-12)
