"""What watches a training run: the validation score, the best weights, and a loss that stops being a number."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from .evaluation import Evaluation


class TrainingError(RuntimeError):
    """Training cannot go on; the message says where it stood."""


class ValidationScore(keras.callbacks.Callback):
    """Adds the validation figures to an epoch's logs: `valid_<name>`, and `valid_score`, the one that decides.

    Args:
        evaluate: gives the figures.
        score: the figure by which epochs are chosen, from them.
    """

    def __init__(self, evaluate: Callable[[], Evaluation], score: Callable[[Evaluation], float]) -> None:
        super().__init__()
        self.evaluate, self.score = evaluate, score

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        figures = self.evaluate()
        _logs(logs).update({f"valid_{name}": value for name, value in figures.items()})
        _logs(logs)["valid_score"] = self.score(figures)


class BestWeights(keras.callbacks.Callback):
    """Keeps the weights of the best `valid_score`, the last of equal ones; stops after `patience` epochs without a better one.

    `epoch` and `score` are those of the weights that `restore` gives back.
    """

    def __init__(self, patience: int) -> None:
        super().__init__()
        self.patience = patience
        self.epoch, self.score, self._better = 0, -math.inf, 0
        self._weights: list[np.ndarray] = []

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        score = _logs(logs)["valid_score"]
        if score > self.score:
            self._better = epoch
        if score >= self.score:  # of equal scores the later one: it has learnt longer
            self.epoch, self.score, self._weights = epoch, score, self.model.get_weights()
        if epoch - self._better >= self.patience:
            self.model.stop_training = True
        _logs(logs)["best_epoch"] = self.epoch + 1

    def restore(self) -> bool:
        """Puts the best weights into the model; False where no epoch has ended with a score."""
        if self._weights:
            self.model.set_weights(self._weights)
        return bool(self._weights)


class NonFiniteLoss(keras.callbacks.Callback):
    """Stops within a step when the loss is NaN or infinite; raises TrainingError with the epoch and the step."""

    def __init__(self) -> None:
        super().__init__()
        self._epoch = 0

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        loss = _logs(logs)["loss"]
        if not math.isfinite(loss):
            place = f"epoch {self._epoch + 1}, step {batch + 1}"
            kept = "the best epoch before it is kept" if self._epoch else "no epoch was finished"
            raise TrainingError(f"the loss is {loss} in {place}; {kept}: try a lower learning_rate or clip_norm")


def _logs(logs: dict[str, Any] | None) -> dict[str, Any]:
    """Keras declares them optional and always gives them to these hooks."""
    return {} if logs is None else logs
