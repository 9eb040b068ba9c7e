"""A moving average of a network's weights, for evaluation: θ̄[n] = θ̄[n-1] + s[n] (θ[n] - θ̄[n-1]) after step n.

s[n] = max(SHORT / (SHORT - 1 + n), 1 - MOMENTUM): at first it reaches back over about n / SHORT steps, for the first weights
are poor, in the long run over 1 / (1 - MOMENTUM). Reference: Polyak & Juditsky, 1992.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from .network_training import MOMENTUM, SHORT


class WeightAverage(keras.callbacks.Callback):
    """Follows the weights of Keras' own `fit` from step to step; training itself takes no notice of it."""

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        self.steps = tf.Variable(0.0)
        self.averages = [tf.Variable(variable.value) for variable in self.model.trainable_variables]
        self._follow = tf.function(self._step)

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        self._follow()

    def _step(self) -> None:
        share = tf.maximum(SHORT / (SHORT + self.steps.assign_add(1) - 1), 1 - MOMENTUM)
        for average, variable in zip(self.averages, self.model.trainable_variables, strict=True):
            average.assign_add(share * (variable.value - average))

    def swap(self) -> keras.callbacks.Callback:
        """A callback that at an epoch's end puts the averages in the place of the weights, or the weights back."""
        return keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs=None: self._exchange())

    def _exchange(self) -> None:
        for average, variable in zip(self.averages, self.model.trainable_variables, strict=True):
            kept = average.numpy()
            average.assign(variable.value)
            variable.assign(kept)
