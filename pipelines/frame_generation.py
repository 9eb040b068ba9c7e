"""Music from a model of frames, step by step: each pitch is drawn by its own probability.

temperature τ: log-odds / τ. Below 1 what is less probable than not becomes rarer, and fewer pitches sound; with a number of
voices only the most probable of their combinations gain. The state goes from step to step, so each costs the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .config import Config, option
from .generation import check_method

State = Any


@dataclass(frozen=True)
class FrameDecoding(Config):
    """How music is generated."""

    method: str = option(
        "sample", "whether each pitch is drawn, or sounds where it is rather there than not", ("sample", "greedy")
    )
    temperature: float = option(1.0, "of sample: below 1 bolder in the probable, above 1 more even", low=1e-3)
    threshold: float = option(0.0, "pitches less probable than this never sound", low=0, below=1)
    voices: int = option(0, "exactly so many pitches a step, drawn given their number; 0: as many as sound", low=0)
    length: int = option(64, "steps to generate", low=1)
    seed: int = option(0, "of what is drawn", low=0)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_method(self, {"temperature": "sample", "seed": "sample"})


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
    z = log_odds / how.temperature
    allowed = log_odds >= np.log(how.threshold / (1 - how.threshold)) if how.threshold else np.ones(z.shape, bool)
    if how.voices:
        return np.stack([_voices(*row, how, draw) for row in zip(z, allowed, strict=True)])
    noise = draw.logistic(size=z.shape) if how.method == "sample" else 0.0  # P(z + noise > 0) = σ(z)
    return ((z + noise > 0) & allowed).astype(np.uint8)


def _voices(
    z: NDArray[np.float64], allowed: NDArray[np.bool_], how: FrameDecoding, draw: np.random.Generator
) -> NDArray[np.uint8]:
    """As many pitches as asked for, or all that may sound where they are fewer, (P,)."""
    places = np.flatnonzero(allowed)
    count = min(how.voices, len(places))
    greedy = np.argsort(-z[places], kind="stable")[:count]
    sounds = np.zeros(len(z), np.uint8)
    sounds[places[greedy if how.method == "greedy" else given_count(z[places], count, draw)]] = 1
    return sounds


def given_count(log_odds: NDArray[np.float64], count: int, draw: np.random.Generator) -> list[int]:
    """Which `count` of independent outputs are 1, drawn given that so many are: p(y | Σ y = n) ∝ e^(Σ_p y_p z_p).

    e[k, j], the sum over all choices of j of the first k outputs of their weights, is an elementary symmetric polynomial,
    here as a logarithm: e[k + 1, j] = e[k, j] + w[k] e[k, j - 1] (Chen, Dempster & Liu, 1994).
    """
    e = np.full((len(log_odds) + 1, count + 1), -np.inf)
    e[:, 0] = 0
    for k, w in enumerate(log_odds):
        e[k + 1, 1:] = np.logaddexp(e[k, 1:], e[k, :-1] + w)
    chosen: list[int] = []
    for k in reversed(range(len(log_odds))):
        left = count - len(chosen)
        if left and np.log(draw.random()) < log_odds[k] + e[k, left - 1] - e[k + 1, left]:
            chosen.append(k)
    return chosen
