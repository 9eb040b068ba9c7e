"""A sequence to one vector: c = W pool(h[1], …, h[T]) + b, h = recurrence(x[1], …, x[T])."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras
from keras import ops

from ..layers import CELLS, Bidirectional, MaskedMaxPooling, MaskedMeanPooling, Recurrence
from .auto_encoder_config import AutoEncoderConfig


class CodeEncoder(keras.Layer):
    """Recurrent layers, the lowest first, and what makes a code of their states.

    Args:
        config: the hyperparameters.
        seeds: of start values and draws.

    Call arguments:
        x: (B, T, D).
        mask: (B, T) of bool; False marks padding.
        training: whether noise is added.

    Returns (B, C); b where no step counts. Masking: consumed.

    Reference: Cho et al., 2014; the mean and the maximum: Conneau et al., 2017.
    """

    def __init__(self, config: AutoEncoderConfig, seeds: Iterator[int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        c = self.config = config
        self.recurrence = [
            (Bidirectional if c.bidirectional else Recurrence)(
                CELLS[c.cell](c.units, seed=next(seeds), name="cell"), return_state=True, name=f"recurrence_{number}"
            )
            for number in range(c.layers)
        ]
        self.between = keras.layers.Dropout(c.dropout, noise_shape=(None, 1, None), seed=next(seeds))
        self.pool: Any = {"mean": MaskedMeanPooling(), "max": MaskedMaxPooling()}.get(c.pooling)
        start = keras.initializers.GlorotUniform(seed=next(seeds))
        self.to_code = keras.layers.Dense(c.code_dim, kernel_initializer=start, name="code")

    def build(self, shape: Any) -> None:
        width = shape[-1]
        for layer in self.recurrence:
            layer.build((None, None, width))
            width = layer.output_width
        self.to_code.build((None, width))
        self.built = True

    def call(self, x: Any, mask: Any, training: bool = False) -> Any:
        states: list[Any] = []
        for number, layer in enumerate(self.recurrence):
            x = self.between(x, training=training) if number else x
            x, *states = layer(x, mask=mask, training=training)
        return self.to_code(self._pooled(x, mask, states))

    def compute_mask(self, x: Any, mask: Any = None) -> None:
        return None

    def _pooled(self, x: Any, mask: Any, states: list[Any]) -> Any:
        """Of the states of the uppermost layer (B, T, ·), and its last ones, one vector (B, ·)."""
        if self.pool is not None:
            return self.pool(x, mask=mask)
        return ops.concatenate(states[:: len(states) // 2], axis=-1) if self.config.bidirectional else states[0]
