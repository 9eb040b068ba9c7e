"""Training on the target's own units (teacher forcing), or on some that the model has drawn (scheduled sampling).

J = -(1/T) Σ_t log p(y[t] | y'[1..t-1], x), where y'[t] is y[t], or, with a probability that grows over training, a draw from
p( · | y'[1..t-1], x).

Reference: Bengio, Vinyals, Jaitly & Shazeer, Scheduled sampling for sequence prediction with recurrent neural networks, 2015.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from .network_training import NetworkTraining
from .translation_network import TranslationNetwork, moved_on

STEEPNESS = 12  # of the sigmoid schedule: from 0.2 % of the share at the start to all but 0.2 % at the end


class TranslationTraining(NetworkTraining):
    """Of a translator.

    Args:
        network: a `TranslationNetwork`.
        steps: of the whole training, by which the share of drawn units grows.

    A batch has source (B, S) and target (B, T), each with its end, 0 is padding.
    """

    def __init__(self, network: TranslationNetwork, steps: int) -> None:
        c = network.config
        super().__init__(network, c.clip_norm, c.averaging)
        self.schedule = SCHEDULES[c.sampling]
        self.steps, self.most = steps, c.sampling_share
        self.seed_generator = keras.random.SeedGenerator(c.seed)

    def losses(self, batch: dict[str, tf.Tensor]) -> tuple[Any, Any]:
        source, target = batch["source"], batch["target"]
        inputs = moved_on(target) if self.schedule is None else self._mixed(source, target, self.schedule)
        outputs, _ = self.network.decode(inputs, self.network.encode(source, training=True), training=True)
        total = tf.reduce_sum(self.network.token_losses(outputs, target, training=True))
        return total, tf.reduce_sum(tf.cast(target > 0, total.dtype))

    def _mixed(self, source: Any, target: Any, schedule: Callable[[Any], Any]) -> Any:
        """What the decoder reads: (B, T), the target moved on, with units in it that were drawn.

        No gradient goes through a draw, so what is drawn need not be in the loop that is learnt through: that loop is run on
        them afterwards, as on any target. They are drawn without dropout.
        """
        progress = tf.cast(self.optimizer.iterations, tf.float32) / self.steps
        share = self.most * schedule(progress)
        drawn = tf.random.stateless_uniform(tf.shape(target), self.seed_generator.next()) < share
        return tf.stop_gradient(drawn_inputs(self.network, source, target, drawn, self.seed_generator))


def drawn_inputs(network: TranslationNetwork, source: Any, target: Any, drawn: Any, seeds: Any) -> Any:
    """The target (B, T) moved on, with a unit drawn from the network at the places of `drawn` (B, T), each after all before."""
    encoded = network.encode(source)
    first = network.start(encoded)
    length = tf.shape(target)[1]
    inputs = tf.TensorArray(tf.int32, size=length, element_shape=[target.shape[0]])

    def body(t: Any, token: Any, state: Any, inputs: Any) -> Any:
        log_p, _, new = network.step(token[:, None], encoded, state)
        own = 1 + tf.random.stateless_categorical(log_p[:, 0, 1:], 1, seeds.next(), dtype=tf.int32)[:, 0]  # no padding
        following = tf.where(drawn[:, t] & (target[:, t] > 0), own, target[:, t])
        for old, now in zip(state, new, strict=True):
            now.set_shape(old.shape)
        return t + 1, following, new, inputs.write(t, token)

    start = (tf.constant(0), tf.zeros_like(target[:, 0]), first, inputs)
    found = tf.while_loop(lambda t, *_: t < length, body, start, maximum_iterations=length)
    return tf.transpose(found[-1].stack())


SCHEDULES: dict[str, Callable[[Any], Any] | None] = {
    "none": None,
    "linear": lambda progress: progress,
    "sigmoid": lambda progress: tf.sigmoid(STEEPNESS * (progress - 0.5)),
}
