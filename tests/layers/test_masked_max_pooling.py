"""The maximum over the steps that count."""

import keras
import numpy as np
import tensorflow as tf

from keras_seq.layers import MaskedMaxPooling

RNG = np.random.default_rng(12)


def maximum(x, mask):
    """Row by row; zeros for a row without steps."""
    return [row[m].max(axis=0) if m.any() else np.zeros(x.shape[2]) for row, m in zip(x, mask, strict=True)]


def test_it_is_the_maximum_over_the_steps_that_count(mask):
    x = RNG.normal(size=(*mask.shape, 2)).astype("float32")
    np.testing.assert_array_equal(MaskedMaxPooling()(x, mask=mask), maximum(x, mask))


def test_the_largest_of_negative_numbers_is_negative(mask):
    x = RNG.normal(size=(*mask.shape, 2)).astype("float32") - 1e6
    np.testing.assert_array_equal(MaskedMaxPooling()(x, mask=mask), maximum(x, mask))


def test_without_a_mask_every_step_counts():
    x = RNG.normal(size=(2, 4, 3)).astype("float32")
    np.testing.assert_array_equal(MaskedMaxPooling()(x), x.max(axis=1))


def test_the_mask_of_an_embedding_is_used():
    x = keras.layers.Embedding(5, 2, mask_zero=True)(np.array([[2, 3, 0]]))
    np.testing.assert_array_equal(MaskedMaxPooling()(x), np.array(x)[:, :2].max(axis=1))


def test_an_empty_row_passes_no_gradient():
    x = tf.constant(RNG.normal(size=(2, 3, 2)))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(MaskedMaxPooling()(x, mask=np.array([[1, 1, 0], [0, 0, 0]], bool)))
    assert tape.gradient(y, x).numpy().sum(axis=(1, 2)).tolist() == [2, 0]
