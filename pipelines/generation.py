"""Text from a language model, token by token: the most probable one, a drawn one, or the best of several beams.

The state goes from token to token, so each costs the same however long the text has become.

temperature τ: p ∝ p^(1/τ); top-k: the k most probable; nucleus (Holtzman et al., 2020): the most probable that together have
top_p; beam (Graves, 2012): at each step the N best beginnings, at the end the one with the greatest log p / length^α.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from ..datasets import InputError
from ..layers import END_ID, START_ID
from .config import Config, option

State = Any


@dataclass(frozen=True)
class Decoding(Config):
    """How text is generated."""

    method: str = option("sample", "how a token is chosen", ("sample", "greedy", "beam"))
    temperature: float = option(1.0, "of sample: below 1 bolder in the probable, above 1 more even", low=1e-3)
    top_k: int = option(0, "of sample: only the k most probable; 0: all", low=0)
    top_p: float = option(1.0, "of sample: only the most probable that together have this share", low=1e-6)
    beams: int = option(5, "of beam: N, the beginnings kept", low=1)
    length_penalty: float = option(0.0, "of beam: α, 0 prefers short texts, 1 the mean log p of a token", low=0)
    length: int = option(100, "the most tokens to generate", low=1)
    seed: int = option(0, "of what is drawn", low=0)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.top_p > 1:
            raise InputError(f"top_p={self.top_p}: expected at most 1")
        check_method(self, _ONLY)


def check_method(how: Any, only: Mapping[str, str]) -> None:
    """Raises InputError where an option is set, another than its default, that the chosen method has no use for.

    Args:
        how: a configuration with `method`.
        only: from the name of an option to the one method that has it.
    """
    for name, method in only.items():
        if getattr(how, name) != getattr(type(how), name) and how.method != method:
            raise InputError(f"{name}={getattr(how, name)} with method={how.method}: expected method={method}")


_SAMPLE, _BEAM = ("temperature", "top_k", "top_p", "seed"), ("beams", "length_penalty")
_ONLY = dict.fromkeys(_SAMPLE, "sample") | dict.fromkeys(_BEAM, "beam")


class Generator(NamedTuple):
    """What generation needs of a model.

    start: (B) -> the state before the first token.
    advance: (state, tokens (B,)) -> (log p of the next token (B, V), the new state).
    """

    start: Callable[[int], State]
    advance: Callable[[State, np.ndarray], tuple[np.ndarray, State]]

    def begin(self, prompt: Sequence[int], rows: int) -> tuple[np.ndarray, State]:
        """log p of what follows the prompt (B, V), and the state there."""
        state = self.start(rows)
        for token in [START_ID, *prompt]:
            log_p, state = self.advance(state, np.full(rows, token, np.int32))
        return log_p, state

    def samples(self, prompt: Sequence[int], how: Decoding, rows: int) -> Iterator[np.ndarray]:
        """One more token of each of `rows` texts at a time, (B,), until all have ended."""
        draw = np.random.default_rng(how.seed)
        log_p, state = self.begin(prompt, rows)
        ended = np.zeros(rows, bool)
        for step in range(1, how.length + 1):
            tokens = np.where(ended, END_ID, _choose(log_p, how, draw))
            ended |= tokens == END_ID
            yield tokens
            if ended.all() or step == how.length:
                return
            log_p, state = self.advance(state, tokens)

    def beam(self, prompt: Sequence[int], how: Decoding, best: int) -> list[list[int]]:
        """The `best` finished texts, the best first."""
        log_p, state = self.begin(prompt, 1)
        texts: list[list[int]] = [[]]
        totals = np.zeros(1)
        done: list[tuple[float, list[int]]] = []
        beams = max(how.beams, best)
        for step in range(1, how.length + 1):
            scores = totals[:, None] + _generable(log_p)
            flat = _greatest(scores.ravel(), 2 * beams)
            places = [(i // scores.shape[1], int(i % scores.shape[1]), float(scores.flat[i])) for i in flat]
            places = [place for place in places if place[2] > -np.inf]
            done += [
                (total / step**how.length_penalty, texts[row]) for row, word, total in places[:beams] if word == END_ID
            ]
            going = [place for place in places if place[1] != END_ID][:beams]
            if not going or _decided(done, going, best, how, step):
                break
            rows = np.array([row for row, _, _ in going])
            texts = [[*texts[row], word] for row, word, _ in going]
            totals = np.array([total for _, _, total in going])
            state = tf.nest.map_structure(lambda x, rows=rows: np.asarray(x)[rows], state)
            log_p, state = self.advance(state, np.array([word for _, word, _ in going], np.int32))
        else:  # the length is reached: what is not finished counts as it stands
            done += [(t / how.length**how.length_penalty, text) for t, text in zip(totals, texts, strict=True)]
        return [text for _, text in sorted(done, key=lambda each: -each[0])[:best]] or [[]]


def decode(generator: Generator, prompt: Sequence[int], how: Decoding, count: int) -> list[list[int]]:
    """`count` texts after the prompt, as ids without the end."""
    if count < 1:
        raise InputError(f"samples={count}: expected at least 1")
    if how.method == "beam":
        return generator.beam(prompt, how, count)
    drawn = np.stack(list(generator.samples(prompt, how, count)), axis=1)
    return [row[: np.argmax(row == END_ID)].tolist() if END_ID in row else row.tolist() for row in drawn]


def stream(generator: Generator, prompt: Sequence[int], how: Decoding) -> Iterator[int]:
    """The ids of one text as they come, without the end."""
    if how.method == "beam":
        raise InputError("stream with method=beam: a beam is decided at its end, expected sample or greedy")
    return (int(token) for (token,) in generator.samples(prompt, how, 1) if token != END_ID)


def _greatest(scores: np.ndarray, count: int) -> np.ndarray:
    """Places of the `count` greatest, the greatest first."""
    some = np.argpartition(-scores, min(count, len(scores)) - 1)[:count]
    return some[np.argsort(-scores[some], kind="stable")]


def _decided(done: list[Any], going: list[Any], best: int, how: Decoding, step: int) -> bool:
    """Whether no beginning can still become one of the best: log p only falls."""
    if len(done) < best:
        return False
    worst = sorted((score for score, _ in done), reverse=True)[best - 1]
    hope = going[0][2] / how.length**how.length_penalty
    return bool(worst >= hope)


def _choose(log_p: np.ndarray, how: Decoding, draw: np.random.Generator) -> np.ndarray:
    """One token of each row, (B,); the end where no token has any probability."""
    scores = _generable(log_p)
    if how.method == "sample":
        scores = _kept(scores / how.temperature, how)
        scores = scores + draw.gumbel(size=scores.shape)  # the greatest is then a draw (Gumbel, 1954)
    return np.where(np.isfinite(scores).any(axis=1), scores.argmax(axis=1), END_ID)


def _generable(log_p: np.ndarray) -> np.ndarray:
    """Without what is no text: the begin and the unknown token."""
    scores = np.array(log_p, np.float64)
    scores[:, :END_ID] = -np.inf
    return scores


def _kept(scores: np.ndarray, how: Decoding) -> np.ndarray:
    """The scores of what top_k and top_p leave, -inf elsewhere."""
    order = np.argsort(-scores, axis=1, kind="stable")
    ranked = np.take_along_axis(scores, order, axis=1)
    p = np.exp(ranked - np.maximum(ranked[:, :1], -1e300))
    before = (np.cumsum(p, axis=1) - p) / np.maximum(p.sum(axis=1, keepdims=True), 1e-300)  # 0 where nothing may follow
    kept = before < how.top_p
    if how.top_k:
        kept &= np.arange(scores.shape[1]) < how.top_k
    back = np.empty_like(kept)
    np.put_along_axis(back, order, kept, axis=1)
    return np.where(back, scores, -np.inf)
