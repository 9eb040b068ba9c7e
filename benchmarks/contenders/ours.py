"""The layers of keras-seq, as a kit that `networks` builds from."""

import keras
import tensorflow as tf

from keras_seq import layers

from . import keras_layers


class Kit(keras_layers.Kit):
    """Recurrence over our cells; projections and losses fuse where the vocabulary is large."""

    fused_from = 1000  # classes

    def recurrent(self, cell: str, units: int, sequences: bool = True) -> keras.Layer:
        return layers.Recurrence(layers.CELLS[cell](units), return_sequences=sequences)

    def bidirectional(self, cell: str, units: int) -> keras.Layer:
        return layers.Bidirectional(layers.CELLS[cell](units))

    def deep(self, cell: str, units: int, depth: int) -> list[keras.Layer]:
        return [layers.Stack([layers.CELLS[cell](units) for _ in range(depth)])]

    def cross_entropy(self, states: tf.Tensor, projection: keras.layers.Dense, labels: tf.Tensor) -> tf.Tensor:
        if projection.units >= self.fused_from:
            return layers.linear_cross_entropy(states, projection.kernel, projection.bias, labels)
        return super().cross_entropy(states, projection, labels)
