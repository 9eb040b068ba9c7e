"""Noise that recurrent networks are regularised with: each kind is drawn once a batch, or once a step for zoneout.

inputs    x[t] ∘ d, the same d at every step                 Gal & Ghahramani, 2016 (variational dropout)
states    h[t-1] ∘ d before the recurrent product, likewise  Gal & Ghahramani, 2016
weights   U ∘ d, one d for the batch                          Merity, Keskar & Socher, 2018 (weight drop)
zoneout   a unit keeps its old state with probability p      Krueger et al., 2017; without training, the expected state
"""

from typing import Any, NamedTuple

import keras
from keras import ops

from .loop import split_rows

KINDS = ("inputs", "states", "weights", "zoneout")


@keras.saving.register_keras_serializable(package="keras_seq")
class RecurrentDropout:
    """How much noise a recurrent layer learns with. It stays a plain description: the layer draws.

    Args:
        inputs: the share of input features dropped.
        states: the share of the old hidden state hidden from the recurrent product.
        weights: the share of the recurrent weights dropped.
        zoneout: the share of units that keep their old state at a step.
        seed: makes the draws repeatable.

    Raises ValueError for a share outside [0, 1).

    Example: `Recurrence(LSTMCell(64), dropout=RecurrentDropout(inputs=0.3, weights=0.5))`.
    """

    def __init__(
        self,
        inputs: float = 0.0,
        states: float = 0.0,
        weights: float = 0.0,
        zoneout: float = 0.0,
        seed: int | None = None,
    ):
        self.inputs, self.states, self.weights, self.zoneout = inputs, states, weights, zoneout
        self.seed = seed
        for kind in KINDS:
            rate = getattr(self, kind)
            if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 <= rate < 1:
                raise ValueError(f"RecurrentDropout: {kind}={rate!r}, expected a number, 0 <= {kind} < 1")

    def moved(self, steps: int) -> "RecurrentDropout":
        """The same shares with other draws, for another layer of one network."""
        seed = None if self.seed is None else self.seed + 7919 * steps
        return RecurrentDropout(**{**self.get_config(), "seed": seed})

    def get_config(self) -> dict[str, Any]:
        return {**{kind: getattr(self, kind) for kind in KINDS}, "seed": self.seed}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "RecurrentDropout":
        return cls(**config)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RecurrentDropout) and self.get_config() == other.get_config()

    def __hash__(self) -> int:
        return hash(tuple(self.get_config().items()))


class Noise(NamedTuple):
    """What was drawn for one cell: factors of x (B, D), of h (B, H) and of U (H, G), and shares of the new states."""

    inputs: Any = None
    states: Any = None
    weights: Any = None
    zone: tuple | None = None

    def split(self, parts):
        """The same for each part of the batch."""
        inputs, states = (_split(each, parts) for each in (self.inputs, self.states))
        zones = zip(*(_split(each, parts, axis=1) for each in self.zone), strict=True) if self.zone else [None] * parts
        return [Noise(x, h, self.weights, zone) for x, h, zone in zip(inputs, states, zones, strict=True)]


def draw(dropout, generator, cell, width, time, batch, training, dtype):
    """The noise of one pass of a batch through a cell whose inputs have `width` features."""
    sizes = keras.tree.flatten(cell.state_size)
    if dropout is None:
        return Noise()
    if not training:
        return Noise(zone=tuple(1.0 - dropout.zoneout for _ in sizes) if dropout.zoneout else None)

    def factors(rate, shape):
        if not rate:
            return None
        kept = keras.random.uniform(shape, seed=generator, dtype="float32") >= rate
        return ops.cast(kept, dtype) / (1 - rate)

    zone = None
    if dropout.zoneout:
        drawn = [keras.random.uniform((time, batch, size), seed=generator, dtype="float32") for size in sizes]
        zone = tuple(ops.cast(each >= dropout.zoneout, dtype) for each in drawn)
    weights = factors(dropout.weights, cell.recurrent_kernel.shape) if dropout.weights else None
    return Noise(factors(dropout.inputs, (batch, width)), factors(dropout.states, (batch, sizes[0])), weights, zone)


def _split(x, parts, axis=0):
    return [x] * parts if x is None else split_rows(x, parts, axis)
