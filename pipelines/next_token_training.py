"""Training on the next token: truncated back-propagation over a stream whose states go on, or over single sentences.

J = -(1/T) Σ_t log ŷ[t, w[t+1]]
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from .network_training import NetworkTraining


class NextTokenTraining(NetworkTraining):
    """Of a language model.

    Args:
        network: with `read`, `token_losses`, `start` and `state_sizes`.
        rows: B of a stream, whose states go on from batch to batch; 0 where every batch begins anew.
        clip_norm, averaging: as in `NetworkTraining`.

    A batch has inputs (B, T) and targets (B, T), classes of which -1 counts nothing; of a stream also new (), 1.0 where it
    begins; where texts start from labels also condition (B, K).
    """

    def __init__(self, network: keras.Model, rows: int, clip_norm: float, averaging: str = "none") -> None:
        super().__init__(network, clip_norm, averaging)
        self.carried = [self._zeros((rows, size), f"carried_{i}") for i, size in enumerate(network.state_sizes) if rows]

    def losses(self, batch: dict[str, tf.Tensor]) -> tuple[Any, Any]:
        targets = batch["targets"]
        hidden, states = self.network.read(batch["inputs"], self._states(batch), training=True)
        for carried, state in zip(self.carried, states, strict=False):
            carried.assign(state)
        total = tf.reduce_sum(self.network.token_losses(hidden, targets, training=True))
        return total, tf.reduce_sum(tf.cast(targets >= 0, hidden.dtype))

    def _states(self, batch: dict[str, tf.Tensor]) -> list[tf.Tensor]:
        if self.carried:
            return [carried * (1 - batch["new"]) for carried in self.carried]
        return self.network.start(tf.shape(batch["inputs"])[0], batch.get("condition"))
