"""Training around a network: clipped gradient, update, averaged weights.

ĝ ← θ/‖ĝ‖ ĝ where ‖ĝ‖ ≥ θ (Pascanu, Mikolov & Bengio, 2013).
"""

from __future__ import annotations

import math
from typing import Any

import keras
import tensorflow as tf

MOMENTUM = 0.999  # of the moving average, in the long run
# Until then, a moving average of n steps reaches back over about n / SHORT of them: the first weights are poor.
SHORT = 10
LEAST = 0.003  # by what share the mean log p must rise for an epoch to count as better


class NetworkTraining(keras.Model):
    """What `fit` runs around a network: loss, clipped gradient, update, averaged weights.

    Args:
        network: what is trained.
        clip_norm: θ; 0 leaves gradients as they are.
        averaging: "none"; "ema", a moving average of the weights; "asgd", their mean from `start_average` on, and until then
            they themselves.

    Subclasses write `losses`. Metrics: loss, the gradient's mean norm, and the share of steps that were clipped.
    """

    def __init__(self, network: keras.Model, clip_norm: float, averaging: str = "none") -> None:
        super().__init__()
        self.network, self.clip_norm, self.averaging = network, clip_norm, averaging
        averaged = network.trainable_variables if averaging != "none" else ()
        self.averages = [self._zeros(variable.shape, f"average_{i}") for i, variable in enumerate(averaged)]
        self.averaged_steps = self._zeros((), "averaged_steps")  # 0: the average is a copy of the weights
        self.begun = self._zeros((), "begun")
        self.begun.assign(float(averaging == "ema"))
        self.figures = {name: keras.metrics.Mean(name) for name in ("loss", "gradient_norm", "clipped")}
        self.built = True

    def _zeros(self, shape: tuple[int, ...], name: str) -> keras.Variable:
        return self.add_weight(shape=shape, initializer="zeros", trainable=False, name=name)

    def losses(self, batch: dict[str, tf.Tensor]) -> tuple[Any, Any]:
        """The sum of the losses of a batch, and of how many."""
        raise NotImplementedError

    @property
    def metrics(self) -> list[Any]:
        return list(self.figures.values())

    def train_step(self, batch: dict[str, tf.Tensor]) -> dict[str, Any]:
        variables = self.network.trainable_variables
        with tf.GradientTape() as tape:
            total, count = self.losses(batch)
            loss = total / tf.maximum(count, 1)
        gradients = [tf.convert_to_tensor(g) for g in tape.gradient(loss, variables)]
        norm = tf.cond(count > 0, lambda: self._update(gradients), lambda: 0.0)  # nothing to learn: nothing moves
        real = tf.cast(count > 0, tf.float32)
        self.figures["loss"].update_state(loss, count)
        self.figures["gradient_norm"].update_state(norm, real)
        self.figures["clipped"].update_state(tf.cast((norm > self.clip_norm) & (self.clip_norm > 0), tf.float32), real)
        return {name: figure.result() for name, figure in self.figures.items()}

    @tf.function(jit_compile=True)  # one pass over the weights instead of one for each operation
    def _update(self, gradients: list[Any]) -> Any:
        """Clips, takes the step, averages; the gradient's norm."""
        norm = tf.linalg.global_norm(gradients)
        if self.clip_norm:
            scale = self.clip_norm / tf.maximum(norm, self.clip_norm)
            gradients = [gradient * scale for gradient in gradients]
        variables = self.network.trainable_variables
        self.optimizer.apply(gradients, variables)
        if self.averages:
            self.averaged_steps.assign_add(self.begun)
            count = tf.maximum(self.averaged_steps, 1)
            share = 1 / count if self.averaging == "asgd" else tf.maximum(SHORT / (SHORT - 1 + count), 1 - MOMENTUM)
            for average, variable in zip(self.averages, variables, strict=True):
                mean = average + share * (variable - average)
                average.assign(tf.where(self.averaged_steps > 0, mean, variable))
        return norm

    def start_average(self) -> None:
        """The weights of the next step are the first of a new mean."""
        self.averaged_steps.assign(0)
        self.begun.assign(1)

    def swap(self) -> None:
        """Exchanges the network's weights and their averages, if there are any."""
        for average, variable in zip(self.averages, self.network.trainable_variables, strict=False):
            kept = average.numpy()
            average.assign(variable)
            variable.assign(kept)


class Swap(keras.callbacks.Callback):
    """At an epoch's end, puts the averaged weights in the place of the last ones, or back."""

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self.model.swap()


class Plateau(keras.callbacks.Callback):
    """After the first epoch that hardly betters the validation score, begins to average the weights, with "asgd"; with a
    factor, also lowers the learning rate, after that epoch and every further one.

    Args:
        factor: what the rate is multiplied with; 1 leaves it.

    Reference: Mikolov, Statistical language models based on neural networks, 2012, whose factor is a half; the mean from a
    plateau on: Merity, Keskar & Socher, 2018.
    """

    def __init__(self, factor: float = 1.0) -> None:
        super().__init__()
        self.factor, self.best, self.reached = factor, -math.inf, False

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        score = (logs or {})["valid_score"]
        before, self.reached = self.reached, self.reached or score < self.best + LEAST * abs(self.best)
        if self.reached and not before and self.model.averaging == "asgd":
            self.model.start_average()
        if self.reached and self.factor != 1:
            self.model.optimizer.learning_rate.assign(self.model.optimizer.learning_rate * self.factor)
        self.best = max(self.best, score)
