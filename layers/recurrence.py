"""Many steps of one cell: h[t], s[t] = cell(x[t], s[t-1]), with s[0] = 0 and the same weights at every step."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="keras_seq")
class Recurrence(keras.Layer):
    """Runs a cell over time, from the left or from the right.

    Args:
        cell: a `Cell` of this package, or any layer that follows Keras' cell protocol.
        return_sequences: whether every h[t] is returned, or the last one alone.
        return_state: whether the final states follow the output.
        reverse: whether time runs from the right to the left. The outputs stay in the input's order.

    Call arguments:
        sequences: x, (B, T, D).
        mask: (B, T) of bool; False marks padding, which may lie anywhere. None: every step counts.
        initial_state: the list of the cell's states, each (B, H); None starts at zero.
        training: handed on to the cell.

    Returns (B, T, H), or (B, H) of the last step that counts; with `return_state` a list [output, *final states].
    Masking: a padded step keeps the state that it meets and puts out zeros; the mask is handed on with sequences.

    Raises ValueError for an input that is not of rank 3.

    Example: `Recurrence(LSTMCell(64), reverse=True)(keras.ops.zeros((2, 5, 8)))` has shape (2, 5, 64).
    """

    def __init__(
        self,
        cell: keras.Layer,
        return_sequences: bool = True,
        return_state: bool = False,
        reverse: bool = False,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.cell = cell
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.reverse = reverse
        self.supports_masking = True
        self.input_spec = keras.layers.InputSpec(ndim=3)
        self._loop = keras.layers.RNN(
            cell,
            return_sequences=return_sequences,
            return_state=True,
            go_backwards=reverse,
            zero_output_for_mask=return_sequences,
            dtype=self.dtype_policy,
            name="loop",  # a name of its own, or Keras counts one up and saved weights are not found again
        )

    def build(self, sequences_shape):
        self._loop.build(sequences_shape)

    def call(self, sequences, mask=None, initial_state=None, training=False):
        output, *states = self._loop(sequences, initial_state=initial_state, mask=mask, training=training)
        if self.reverse and self.return_sequences:
            output = ops.flip(output, axis=1)
        return [output, *states] if self.return_state else output

    def compute_mask(self, sequences, mask=None):
        output = mask if self.return_sequences else None
        if not self.return_state:
            return output
        return [output] + [None for _ in keras.tree.flatten(self.cell.state_size)]

    def compute_output_shape(self, sequences_shape):
        batch, time = sequences_shape[:2]
        width = self.cell.output_size
        output = (batch, time, width) if self.return_sequences else (batch, width)
        if not self.return_state:
            return output
        return [output] + [(batch, size) for size in keras.tree.flatten(self.cell.state_size)]

    def get_config(self):
        return {
            **super().get_config(),
            "cell": keras.saving.serialize_keras_object(self.cell),
            "return_sequences": self.return_sequences,
            "return_state": self.return_state,
            "reverse": self.reverse,
        }

    @classmethod
    def from_config(cls, config):
        return cls(**{**config, "cell": keras.saving.deserialize_keras_object(config["cell"])})
