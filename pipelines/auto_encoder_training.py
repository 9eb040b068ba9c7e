"""Training of an auto-encoder: J = -(1/T) Σ_t log p(x[t] | x[1..t-1], c(x)), of texts of the corpus and of mixtures of them."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from .auto_encoder_network import AutoEncoderNetwork
from .network_training import NetworkTraining
from .paragraph_network import ParagraphNetwork
from .text_mixing import crossed, replaced


class AutoEncoderTraining(NetworkTraining):
    """Of sentences or of paragraphs.

    Args:
        network: what is trained.

    A batch has ids (B, T), or (B, N, T), each with its end, 0 is padding.
    """

    def __init__(self, network: AutoEncoderNetwork | ParagraphNetwork) -> None:
        c = network.config
        super().__init__(network, c.clip_norm, c.averaging)
        self.crossing, self.replacement = c.crossing, c.replacement
        self.seed_generator = keras.random.SeedGenerator(c.seed)

    def losses(self, batch: dict[str, tf.Tensor]) -> tuple[Any, Any]:
        ids = crossed(batch["ids"], self.crossing, self.seed_generator)
        ids = replaced(ids, self.replacement, self.seed_generator)
        total = tf.reduce_sum(self.network.losses(ids, training=True))
        return total, tf.reduce_sum(tf.cast(ids > 0, total.dtype))
