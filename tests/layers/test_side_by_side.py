"""Features joined under the mask of the words."""

import keras
import numpy as np

from keras_seq.layers import ElmanCell, Recurrence, SideBySide

WORDS = np.array([[2, 3, 4], [5, 0, 0]])
RNG = np.random.default_rng(3)
ONE, OTHER = (RNG.normal(size=(2, 3, size)).astype("float32") for size in (2, 3))


def test_features_stand_in_the_order_in_which_they_came():
    np.testing.assert_array_equal(SideBySide()(WORDS, ONE, OTHER), np.concatenate([ONE, OTHER], axis=-1))


def test_features_without_a_mask_do_not_make_padding_count():
    words, features = keras.Input((None,), dtype="int32"), keras.Input((None, 2))
    recurrence = Recurrence(ElmanCell(4, seed=1), return_sequences=False)
    model = keras.Model([words, features], recurrence(SideBySide()(words, features)))
    short = model([WORDS[1:, :1], ONE[1:, :1]])
    np.testing.assert_allclose(model([WORDS, ONE])[1:], short, atol=1e-6)
