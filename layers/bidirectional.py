"""Both directions over one sequence (Schuster & Paliwal, 1997): y[t] = [h→[t]; h←[t]]."""

from typing import Any

import keras
from keras import ops

from .recurrence import Recurrence


@keras.saving.register_keras_serializable(package="keras_seq")
class Bidirectional(keras.Layer):
    """Runs one cell from the left and a second one, with weights of its own, from the right.

    Args:
        cell: the cell that runs from the left.
        backward_cell: the cell that runs from the right; None makes one like `cell`, with start values of its own.
        return_sequences: whether every y[t] is returned, or [h→[T]; h←[1]] alone.

    Call arguments:
        sequences: x, (B, T, D).
        mask: (B, T) of bool; False marks padding, which may lie anywhere.
        initial_state: the states of `cell` followed by those of `backward_cell`, each (B, H).
        training: handed on to the cells.

    Returns (B, T, H→ + H←) or (B, H→ + H←). Masking: as in `Recurrence`.

    Example: `Bidirectional(GRUCell(64))(keras.ops.zeros((2, 5, 8)))` has shape (2, 5, 128).

    Reference: Schuster & Paliwal, Bidirectional recurrent neural networks, 1997.
    """

    def __init__(
        self,
        cell: keras.Layer,
        backward_cell: keras.Layer | None = None,
        return_sequences: bool = True,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.cell = cell
        self.backward_cell = backward_cell or mirrored(cell)
        self.return_sequences = return_sequences
        self.supports_masking = True
        self.input_spec = keras.layers.InputSpec(ndim=3)
        self._left = Recurrence(cell, return_sequences, name="left", dtype=self.dtype_policy)
        self._right = Recurrence(
            self.backward_cell, return_sequences, reverse=True, name="right", dtype=self.dtype_policy
        )

    def build(self, sequences_shape):
        self._left.build(sequences_shape)
        self._right.build(sequences_shape)

    def call(self, sequences, mask=None, initial_state=None, training=False):
        left, right = self._split(initial_state)
        left = self._left(sequences, mask=mask, initial_state=left, training=training)
        right = self._right(sequences, mask=mask, initial_state=right, training=training)
        return ops.concatenate([left, right], axis=-1)

    def _split(self, states):
        if states is None:
            return None, None
        count = len(keras.tree.flatten(self.cell.state_size))
        return list(states[:count]), list(states[count:])

    def compute_mask(self, sequences, mask=None):
        return mask if self.return_sequences else None

    def compute_output_shape(self, sequences_shape):
        left = self._left.compute_output_shape(sequences_shape)
        right = self._right.compute_output_shape(sequences_shape)
        return (*left[:-1], left[-1] + right[-1])

    def get_config(self):
        return {
            **super().get_config(),
            "cell": keras.saving.serialize_keras_object(self.cell),
            "backward_cell": keras.saving.serialize_keras_object(self.backward_cell),
            "return_sequences": self.return_sequences,
        }

    @classmethod
    def from_config(cls, config):
        cells = {key: keras.saving.deserialize_keras_object(config[key]) for key in ("cell", "backward_cell")}
        return cls(**{**config, **cells})


def mirrored(cell: keras.Layer) -> keras.Layer:
    """A cell like the one given, under another name and with other start values."""
    return type(cell).from_config({**reseeded(cell.get_config()), "name": f"{cell.name}_backward"})


def reseeded(config: Any) -> Any:
    """The configuration with every seed in it, those of initializers too, moved on."""
    if not isinstance(config, dict):
        return config
    step = 7919  # a prime, so that neighbouring seeds of one network never meet
    return {k: v + step if k == "seed" and isinstance(v, int) else reseeded(v) for k, v in config.items()}
