"""Music from a model of frames, step by step: each pitch is drawn by its own probability.

temperature τ: log-odds / τ, below 1 bolder in what is probable. The state goes from step to step, so each costs the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .config import Config, option

State = Any


@dataclass(frozen=True)
class FrameDecoding(Config):
    """How music is generated."""

    method: str = option(
        "sample", "whether each pitch is drawn, or sounds where it is rather there than not", ("sample", "greedy")
    )
    temperature: float = option(1.0, "of sample: below 1 bolder in the probable, above 1 more even", low=1e-3)
    threshold: float = option(0.0, "pitches less probable than this never sound", low=0, below=1)
    voices: int = option(0, "the most pitches of a step, the most probable of those that sound; 0: no limit", low=0)
    length: int = option(64, "steps to generate", low=1)
    seed: int = option(0, "of what is drawn", low=0)


class FrameGenerator(NamedTuple):
    """What generation needs of a model.

    start: (B) -> the state before anything was read.
    advance: (state, inputs (B, T, P + 1)) -> (log-odds of the next frame (B, P), the new state).
    """

    start: Callable[[int], State]
    advance: Callable[[State, NDArray[np.float32]], tuple[NDArray[np.float32], State]]

    def steps(self, prompt: NDArray[np.uint8], how: FrameDecoding, rows: int) -> Iterator[NDArray[np.uint8]]:
        """One more frame of each of `rows` pieces at a time, (B, P), after a prompt (T, P)."""
        draw = np.random.default_rng(how.seed)
        begin = np.pad(prompt.astype(np.float32), ((1, 0), (0, 1)))
        begin[0, -1] = 1
        log_odds, state = self.advance(self.start(rows), np.tile(begin, (rows, 1, 1)))
        for step in range(how.length):
            frames = choose(np.asarray(log_odds, np.float64), how, draw)
            yield frames
            if step + 1 < how.length:
                inputs = np.pad(frames.astype(np.float32), ((0, 0), (0, 1)))[:, None]
                log_odds, state = self.advance(state, inputs)


def choose(log_odds: NDArray[np.float64], how: FrameDecoding, draw: np.random.Generator) -> NDArray[np.uint8]:
    """What sounds, 0 or 1, (B, P)."""
    noise = draw.logistic(size=log_odds.shape) if how.method == "sample" else 0.0  # P(z + noise > 0) = σ(z)
    sounds = log_odds / how.temperature + noise > 0
    if how.threshold:
        sounds &= log_odds >= np.log(how.threshold / (1 - how.threshold))
    if how.voices:
        ranked = np.argsort(np.argsort(np.where(sounds, -log_odds, np.inf), axis=1, kind="stable"), axis=1)
        sounds &= ranked < how.voices
    return sounds.astype(np.uint8)
