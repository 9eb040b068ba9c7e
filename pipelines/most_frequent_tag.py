"""The floor of tagging: each token's most frequent tag, ŷ[t] = argmax_y count(x[t], y)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import chain
from typing import Self


class MostFrequentTag:
    """Tags a token as it was tagged most often, a new one with the tag most frequent of all; of equals the first in order.

    Example: `MostFrequentTag().fit([["to", "Rome"]], [["O", "B-city"]]).predict([["Rome"]])` is [["B-city"]].
    """

    def fit(self, tokens: Sequence[Sequence[str]], tags: Sequence[Sequence[str]]) -> Self:
        """Counts the tags of N sentences."""
        counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for (token, tag), count in Counter(zip(_flat(tokens), _flat(tags), strict=True)).items():
            counts[token][tag] = count
        self._best = {token: _first(count) for token, count in counts.items()}
        self._other = _first(Counter(_flat(tags)))
        return self

    @property
    def features(self) -> int:
        """The number of tokens whose tag is known."""
        return len(self._best)

    def predict(self, tokens: Sequence[Sequence[str]]) -> list[list[str]]:
        """The tags of N sentences."""
        return [[self._best.get(token, self._other) for token in sentence] for sentence in tokens]


def _flat(sentences: Sequence[Sequence[str]]) -> chain[str]:
    return chain.from_iterable(sentences)


def _first(counts: Counter[str]) -> str:
    return min(counts, key=lambda tag: (-counts[tag], tag))
