"""A network that predicts frames: h[t] = cell(x[t], h[t-1]), p(pitch p sounds at t+1) = σ(w_p · h[t] + b_p)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from ..layers import CELLS, Recurrence, RecurrentDropout
from .frame_config import FrameLanguageModelConfig
from .recurrent_layers import read_layers, state_sizes


@keras.saving.register_keras_serializable(package="keras_seq")
class FrameNetwork(keras.Model):
    """Recurrent layers over frames; each pitch of the next frame is predicted on its own.

    Before the first frame stands a start: a feature beside the pitches, which is 1 there alone, so that its row of the
    input matrix is a vector that is learnt. A silent frame is all zeros.

    Args:
        pitches: P.
        config: the hyperparameters.

    Call arguments:
        frames: 0 or 1 for each pitch, (B, T, P).
        training: whether noise is added.

    Returns the log-odds of each frame, and of the one after the last, (B, T + 1, P).

    Reference: Boulanger-Lewandowski, Bengio & Vincent, Modeling temporal dependencies in high-dimensional sequences, 2012.
    """

    def __init__(self, pitches: int, config: FrameLanguageModelConfig, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pitches, self.config = pitches, config
        c, seeds = config, iter(range(config.seed * 1000, config.seed * 1000 + 1000))
        options: dict[str, Any] = {"activation": c.activation} if c.cell == "elman" else {}
        self.recurrence = [
            Recurrence(
                CELLS[c.cell](
                    c.units, recurrent_initializer=c.recurrent_start, seed=next(seeds), name="cell", **options
                ),
                return_state=True,
                dropout=RecurrentDropout(weights=c.weight_drop, seed=next(seeds)) if c.weight_drop else None,
                name=f"recurrence_{i}",
            )
            for i in range(c.layers)
        ]
        rates = [c.input_dropout, *[c.layer_dropout] * (c.layers - 1), c.output_dropout]
        self.dropouts = [keras.layers.Dropout(rate, noise_shape=(None, 1, None), seed=next(seeds)) for rate in rates]
        start = keras.initializers.GlorotUniform(seed=next(seeds))
        self.head = keras.layers.Dense(pitches, kernel_initializer=start, name="pitches")
        self.build()

    def build(self, input_shape: Any = None) -> None:
        """Makes all weights."""
        width = self.pitches + 1
        for layer in self.recurrence:
            layer.build((None, None, width))
            width = layer.output_width
        self.head.build((None, None, width))
        self.built = True

    @property
    def state_sizes(self) -> list[int]:
        """The width of each state."""
        return state_sizes(self.recurrence)

    def start(self, batch: int) -> list[Any]:
        """The states before anything was read."""
        return [ops.zeros((batch, size)) for size in self.state_sizes]

    def inputs(self, frames: Any) -> Any:
        """The start and the frames as features, (B, T + 1, P + 1)."""
        frames = ops.pad(ops.cast(frames, "float32"), ((0, 0), (1, 0), (0, 0)))
        first = ops.cast(ops.arange(ops.shape(frames)[1]) == 0, "float32")
        return ops.concatenate([frames, ops.ones_like(frames[:, :, :1]) * first[None, :, None]], axis=-1)

    def read(self, inputs: Any, states: Sequence[Any], training: bool = False) -> tuple[Any, list[Any]]:
        """The log-odds of the frame after each of inputs (B, T, P + 1), and the new states."""
        hidden, states = read_layers(inputs, self.recurrence, self.dropouts, states, training)
        return self.head(hidden), states

    def call(self, frames: Any, training: bool = False) -> Any:
        return self.read(self.inputs(frames), self.start(ops.shape(frames)[0]), training)[0]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "pitches": self.pitches, "config": vars(self.config)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> FrameNetwork:
        return cls(**{**config, "config": FrameLanguageModelConfig(**config["config"])})
