"""Negative log-likelihood of whole label sequences: loss = -log p(y | x)."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

IGNORED = -1  # the label of padding: a step that has it is not part of the sequence


@keras.saving.register_keras_serializable(package="keras_seq")
class SequenceLoss(keras.losses.Loss):
    """-log p(labels | emissions) of each sequence, by the layer that put the emissions out.

    Args:
        output: a `CRF` or `LabelSoftmax`.
        label_weights: (K,) what a step counts by its label; of a `LabelSoftmax` alone, whose loss is a sum over steps. None:
            all count the same.

    Call arguments:
        y_true: labels (B, T); `IGNORED` (-1) on padding.
        y_pred: the layer's emissions (B, T, K).

    Returns the mean over the sequences, weighted by `sample_weight` (B,) where it is given.

    Raises ValueError for weights of labels with an output whose loss is of whole sequences.
    """

    def __init__(
        self,
        output: keras.Layer,
        label_weights: Sequence[float] | None = None,
        name: str = "sequence_loss",
        **kwargs: Any,
    ):
        super().__init__(name=name, reduction="mean_with_sample_weight", **kwargs)
        if label_weights is not None and not hasattr(output, "step_log_likelihoods"):
            raise ValueError(f"SequenceLoss: label_weights with {type(output).__name__}, expected a LabelSoftmax")
        self.output = output
        self.label_weights = None if label_weights is None else [float(weight) for weight in label_weights]

    def call(self, y_true, y_pred):
        labels = ops.cast(y_true, "int32")
        mask = ops.not_equal(labels, IGNORED)
        if self.label_weights is None:
            return ops.cast(-self.output.log_likelihood(y_pred, labels, mask), self.dtype)
        weights = ops.take(ops.convert_to_tensor(self.label_weights, y_pred.dtype), ops.maximum(labels, 0))
        steps = weights * self.output.step_log_likelihoods(y_pred, labels, mask)
        return ops.cast(-ops.sum(steps, axis=1), self.dtype)

    def get_config(self):
        return {"name": self.name, "output": self.output.name, "label_weights": self.label_weights}

    @classmethod
    def from_config(cls, config):
        """Refused: the loss needs the layer of the loaded model, which is not built yet when Keras asks for the loss."""
        layer = config["output"]
        raise ValueError(
            f"SequenceLoss is part of a layer: load the model with compile=False, then compile it with "
            f"SequenceLoss(model.get_layer({layer!r}))"
        )
