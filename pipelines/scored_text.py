"""What a language model says of a text: the log-probability of each token, and pictures of the surprise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .pictures import coloured_tokens
from .surprisal_page import MOST_BITS, surprisal_page


@dataclass(frozen=True)
class ScoredText:
    """One text and its log-probability.

    Args:
        text: as it was given.
        tokens: (T) what was predicted, the text's end, `</s>`, as the last.
        log_probabilities: (T) of each token given those before it, in nats.
        known: (T) whether the vocabulary has the token; one that it lacks was predicted as unknown.
        following: the most probable tokens after the text, with their probabilities.

    `str(scored)` is the text after its log-probability.
    """

    text: str
    tokens: list[str]
    log_probabilities: list[float]
    known: list[bool]
    following: list[tuple[str, float]]

    @property
    def log_probability(self) -> float:
        """Of the whole text and its end, in nats."""
        return float(np.sum(self.log_probabilities))

    @property
    def perplexity(self) -> float:
        """e to the mean surprise of a token."""
        with np.errstate(over="ignore"):
            return float(np.exp(-np.mean(self.log_probabilities)))

    @property
    def bits(self) -> list[float]:
        """The surprise of each token, -log2 p."""
        return [-value / float(np.log(2)) for value in self.log_probabilities]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "text": self.text,
            "log_probability": self.log_probability,
            "perplexity": self.perplexity,
            "tokens": self.tokens,
            "log_probabilities": self.log_probabilities,
            "known": self.known,
            "following": [list(each) for each in self.following],
        }

    def __str__(self) -> str:
        return f"{self.log_probability:.4f}\t{self.text}"

    def html(self, path: str | Path) -> None:
        """Writes a page: each token the redder the less it was expected, with its bits when pointed at."""
        surprisal_page([self], path)

    def png(self, path: str | Path) -> None:
        """Draws the same as a picture, with a scale in bits."""
        coloured_tokens(self.tokens, self.bits, MOST_BITS, path)

    @classmethod
    def of(cls, text: str, found: Mapping[str, Any]) -> ScoredText:
        """One row of the graph's outputs."""
        length = int(found["lengths"])
        return cls(
            text,
            [token.decode() for token in found["tokens"][:length]],
            [float(value) for value in found["log_probabilities"][:length]],
            [bool(value) for value in found["known"][:length]],
            [
                (token.decode(), float(p))
                for token, p in zip(found["next_tokens"], found["next_probabilities"], strict=True)
            ],
        )


def ranked(first_scores: Sequence[float], scored: Sequence[ScoredText], weight: float) -> list[tuple[int, float]]:
    """(place, what decides) of each candidate, the best first, equal ones in their order.

    Args:
        first_scores: what another model gave each candidate, in nats.
        scored: the candidates.
        weight: of log p beside the first score.
    """
    second = [weight * each.log_probability if weight else 0.0 for each in scored]  # 0 · -∞ is no number
    totals = [first + more for first, more in zip(first_scores, second, strict=True)]
    return sorted(enumerate(totals), key=lambda place: -place[1])
