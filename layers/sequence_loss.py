"""Negative log-likelihood of whole label sequences: loss = -log p(y | x)."""

from typing import Any

import keras
from keras import ops

IGNORED = -1  # the label of padding: a step that has it is not part of the sequence


@keras.saving.register_keras_serializable(package="keras_seq")
class SequenceLoss(keras.losses.Loss):
    """-log p(labels | emissions) of each sequence, by the layer that put the emissions out.

    Args:
        output: a `CRF` or `LabelSoftmax`.

    Call arguments:
        y_true: labels (B, T); `IGNORED` (-1) on padding.
        y_pred: the layer's emissions (B, T, K).

    Returns the mean over the sequences, weighted by `sample_weight` (B,) where it is given.
    """

    def __init__(self, output: keras.Layer, name: str = "sequence_loss", **kwargs: Any):
        super().__init__(name=name, reduction="mean_with_sample_weight", **kwargs)
        self.output = output

    def call(self, y_true, y_pred):
        labels = ops.cast(y_true, "int32")
        log_likelihood = self.output.log_likelihood(y_pred, labels, ops.not_equal(labels, IGNORED))
        return ops.cast(-log_likelihood, self.dtype)

    def get_config(self):
        return {"name": self.name, "output": self.output.name}

    @classmethod
    def from_config(cls, config):
        """Refused: the loss needs the layer of the loaded model, which is not built yet when Keras asks for the loss."""
        layer = config["output"]
        raise ValueError(
            f"SequenceLoss is part of a layer: load the model with compile=False, then compile it with "
            f"SequenceLoss(model.get_layer({layer!r}))"
        )
