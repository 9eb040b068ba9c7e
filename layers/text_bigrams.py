"""Pairs of neighbouring tokens: 我去, or the border and 我. Characters of one word pair otherwise than those of two."""

import tensorflow as tf


def token_pairs(tokens: tf.RaggedTensor) -> tf.RaggedTensor:
    """All pairs of neighbours in each row, a border on either side: T + 1 of T tokens, joined by a blank.

    Args:
        tokens: (B, None) of string.

    Example: `token_pairs(tf.ragged.constant([["我", "去"]]))` is [[" 我", "我 去", "去 "]].
    """
    return tf.strings.ngrams(tokens, 2, separator=" ", pad_values=("", ""), padding_width=1)


def left_and_right(pairs: tf.RaggedTensor) -> tf.Tensor:
    """What stands for the pairs (B, None) of each row, as those to the left and to the right of each token, (N, 2)."""
    return tf.stack([pairs[:, :-1].values, pairs[:, 1:].values], axis=1)
