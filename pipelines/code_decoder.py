"""One vector to a sequence: s[0] = tanh(Wc c + bc), s[t] = cell([x[t]; c], s[t-1]), r[t] = tanh(Wr s[t] + br)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import keras
from keras import ops

from ..layers import CELLS, Decoder, Source
from .auto_encoder_config import AutoEncoderConfig


class CodeDecoder(keras.Layer):
    """A `Decoder` without attention, which knows a code alone.

    Args:
        config: the hyperparameters.
        units: A, the size of what is put out.
        every_step: whether each step reads the code.
        seeds: of start values and draws.

    Call arguments:
        x: what a step reads beside the code, (B, T, D).
        code: (B, C).
        training: whether noise is added.

    Returns r (B, T, A). Masking: none is needed, as no step sees a later one.

    Reference: Cho et al., Learning phrase representations using RNN encoder-decoder, 2014.
    """

    def __init__(
        self, config: AutoEncoderConfig, units: int, every_step: bool, seeds: Iterator[int], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        c = config
        self.code_dim, self.every_step = c.code_dim, every_step
        cells = [CELLS[c.cell](c.units, seed=next(seeds), name=f"cell_{number}") for number in range(c.layers)]
        self.decoder = Decoder(cells, units, dropout=c.dropout, seed=next(seeds), name="decoder")
        start = keras.initializers.GlorotUniform(seed=next(seeds))
        widths = self.decoder.state_sizes
        self.to_states = keras.layers.Dense(sum(widths), "tanh", kernel_initializer=start, name="states")

    def build(self, shape: Any) -> None:
        fed = (None, self.code_dim) if self.every_step else None
        self.decoder.build((None, None, shape[-1]), None, fed)
        self.to_states.build((None, self.code_dim))
        self.built = True

    def call(self, x: Any, code: Any, training: bool = False) -> Any:
        return self.decoder(x, self._source(code), self._states(code), training=training)[0]

    def start(self, code: Any) -> list[Any]:
        """What `step` takes first, each (B, 1, H)."""
        return self.decoder.start(self._states(code), self._source(code))

    def step(self, x: Any, code: Any, state: Sequence[Any]) -> tuple[Any, list[Any]]:
        """One step of N hypotheses of each code (B, C): x (B, N, D), state each (B, N, H), to r (B, N, A), the new state."""
        outputs, _, state = self.decoder.step(x, self._source(code), state)
        return outputs, state

    def _source(self, code: Any) -> Source:
        return self.decoder.source(context=code if self.every_step else None)

    def _states(self, code: Any) -> list[Any]:
        """s[0] of all cells, each (B, H)."""
        joined, found, place = self.to_states(code), list[Any](), 0
        for width in self.decoder.state_sizes:
            found.append(joined[:, place : place + width])
            place += width
        return found


def repeated(code: Any, steps: Any) -> Any:
    """The code (B, C) at each of so many steps, (B, T, C)."""
    return ops.repeat(code[:, None], steps, axis=1)
