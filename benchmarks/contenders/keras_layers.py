"""The layers of Keras itself, as a kit that `networks` builds from."""

import keras
import tensorflow as tf

LAYERS = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU}


class Kit:
    """`keras.layers` as its users write them.

    Args:
        jit: whether the step is compiled with XLA, which knows no cuDNN layer.
    """

    def __init__(self, jit: bool):
        self.use_cudnn = False if jit else "auto"

    def recurrent(self, cell: str, units: int, sequences: bool = True) -> keras.Layer:
        """x (B, T, D) -> (B, T, H), or (B, H) without `sequences`."""
        return LAYERS[cell](units, return_sequences=sequences, use_cudnn=self.use_cudnn)

    def bidirectional(self, cell: str, units: int) -> keras.Layer:
        """x (B, T, D) -> (B, T, 2H)."""
        return keras.layers.Bidirectional(self.recurrent(cell, units))

    def deep(self, cell: str, units: int, depth: int) -> list[keras.Layer]:
        """The layers of x (B, T, D) -> (B, T, H), one upon the other."""
        return [self.recurrent(cell, units) for _ in range(depth)]

    def cross_entropy(self, states: tf.Tensor, projection: keras.layers.Dense, labels: tf.Tensor) -> tf.Tensor:
        """states (N, H), labels (N,) -> losses (N,)."""
        return tf.nn.sparse_softmax_cross_entropy_with_logits(labels, projection(states))
