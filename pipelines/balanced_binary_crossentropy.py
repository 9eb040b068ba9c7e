"""The loss of several labels a text, with a weight for either answer."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops
from numpy.typing import NDArray


class BalancedBinaryCrossentropy(keras.losses.Loss):
    """The cross-entropy of K labels, each with a sigmoid of its own, of which either answer has a weight; mean over labels.

    Args:
        weights: of no and yes, (2, K).
        label_smoothing: the share of each target that both answers have alike.

    Call arguments:
        y_true, y_pred: (B, K) of 0 and 1, and logits.
    """

    def __init__(self, weights: NDArray, label_smoothing: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.weights, self.label_smoothing = weights, label_smoothing

    def call(self, y_true: Any, y_pred: Any) -> Any:
        targets = y_true * (1 - self.label_smoothing) + self.label_smoothing / 2
        losses = ops.binary_crossentropy(targets, y_pred, from_logits=True)
        return ops.mean(losses * ops.where(y_true > 0, self.weights[1], self.weights[0]), axis=-1)
