"""Unit vectors of words."""

import numpy as np

from keras_seq.layers import OneHot

WORDS = np.array([[2, 4, 1, 0], [3, 0, 0, 0]])


def test_a_word_is_a_row_of_the_unit_matrix_and_padding_of_none():
    rows = np.concatenate([np.zeros((1, 4)), np.eye(4)])  # of padding; of unknown and the words
    np.testing.assert_array_equal(OneHot(5)(WORDS), rows[WORDS])


def test_the_mask_is_true_where_there_is_a_word():
    np.testing.assert_array_equal(OneHot(5)(WORDS)._keras_mask, WORDS != 0)


def test_dropped_words_read_as_every_other_word():
    layer = OneHot(5, token_dropout=0.5, seed=1)
    found = layer(np.full((20, 10), 4), training=True).numpy()
    assert set(map(tuple, found.reshape(-1, 4))) == {(1, 0, 0, 0), (0, 0, 0, 1)}
