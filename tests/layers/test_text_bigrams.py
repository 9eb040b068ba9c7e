"""Pairs of neighbours."""

import tensorflow as tf

from keras_seq.layers import token_pairs
from keras_seq.layers.text_bigrams import left_and_right

ROWS = tf.ragged.constant([["我", "去"], [], ["a b"]], tf.string, ragged_rank=1)


def decoded(pairs):
    return [pair.decode() for pair in pairs.numpy().ravel()]


def test_a_row_has_one_pair_more_than_tokens():
    assert decoded(token_pairs(ROWS).values) == [" 我", "我 去", "去 ", " ", " a b", "a b "]


def test_each_token_has_one_on_either_side_within_its_row():
    assert decoded(left_and_right(token_pairs(ROWS))) == [" 我", "我 去", "我 去", "去 ", " a b", "a b "]


def test_no_rows_have_no_pairs():
    empty = tf.RaggedTensor.from_row_lengths(tf.constant([], tf.string), tf.constant([], tf.int64))
    assert left_and_right(token_pairs(empty)).shape == (0, 2)
