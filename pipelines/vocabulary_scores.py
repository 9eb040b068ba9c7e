"""Log-probabilities of single tokens, without those of all others in memory at once; stock operations, for an export."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf

BLOCK = 4096  # positions whose softmax is in memory at one time


def chosen_log_probabilities(head: keras.Layer, hidden: tf.Tensor, classes: tf.Tensor) -> tf.Tensor:
    """log p of one class at each position, (B, T).

    Args:
        head: from states (N, H) to log p (N, V).
        hidden: (B, T, H).
        classes: (B, T) of int.
    """
    shape, width = tf.shape(classes), hidden.shape[-1]
    rows = tf.size(classes)
    blocks = tf.maximum(1, -(-rows // BLOCK))
    size = -(-rows // blocks)
    lacking = blocks * size - rows
    states = tf.reshape(tf.pad(tf.reshape(hidden, [-1, width]), [[0, lacking], [0, 0]]), [blocks, size, width])
    wanted = tf.reshape(tf.pad(tf.reshape(classes, [-1]), [[0, lacking]]), [blocks, size])

    def block(each: Any) -> tf.Tensor:
        return tf.gather(head(each[0]), each[1], batch_dims=1)

    found = tf.map_fn(
        block, (states, wanted), fn_output_signature=tf.TensorSpec((None,), tf.float32), parallel_iterations=1
    )
    return tf.reshape(tf.reshape(found, [-1])[:rows], shape)


def with_padding(log_p: tf.Tensor) -> tf.Tensor:
    """log p of all ids (B, V), padding counted, of those of all classes, (B, V - 1)."""
    return tf.pad(log_p, [[0, 0], [1, 0]], constant_values=-np.inf)
