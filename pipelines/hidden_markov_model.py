"""A hidden Markov model of tags, by counting (Rabiner, 1989; Brants, TnT, 2000).

p(x, y) = Π_t p(y[t] | y[t-1]) p(x[t] | y[t]), with a border before the first tag and behind the last one.

Transitions: p(y | y') = λ f(y) + (1 - λ) f(y | y'), f relative frequencies. Each pair of tags votes, as often as it occurs,
for the one of the two that foretells it better when one occurrence of it is left out; λ is the share of the first.

Emissions by Bayes: p(x | y) ∝ p(y | x) / p(y), as p(x) is the same for every path. For p(y | x) the token is looked at more
and more closely, u[0] not at all, u[1] its shape, u[2], u[3], ... the shape and one more letter of its end, and last itself:

    p(y | u[i]) = (count(u[i], y) + μ p(y | u[i-1])) / (count(u[i]) + μ),   p(y | u[0]) = f(y)

which is Brants' chain of suffixes with the weights of MacKay & Peto, A hierarchical Dirichlet language model, 1995. What was
never counted adds nothing. New tokens resemble rare ones: shapes and ends are counted in tokens of RARE occurrences at most.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Self

import numpy as np
from numpy.typing import NDArray

from .token_features import shape

RARE = 10
LONGEST_END = 8  # letters
SENTENCES = 256  # at most that are labelled together
SCORES = 1 << 20  # at most that are compared at one step

Array = NDArray[np.float64]


class HiddenMarkovModel:
    """Tokens (T) -> the best path of tags (T).

    Args:
        mu: μ above, how many occurrences the coarser look at a token is worth.

    Example: `HiddenMarkovModel().fit([["to", "Rome"]], [["O", "B-city"]]).predict([["to", "Oslo"]])`
    """

    def __init__(self, mu: float = 1.0) -> None:
        self.mu = mu

    def fit(self, tokens: Sequence[Sequence[str]], tags: Sequence[Sequence[str]]) -> Self:
        """Counts the tags of N sentences, of which one at least has a token."""
        self.tags = sorted(set(chain.from_iterable(tags)))
        number = {tag: i for i, tag in enumerate(self.tags)}
        ids = [[number[tag] for tag in sentence] for sentence in tags if sentence]
        self.transitions = interpolated(_pairs(ids, border=len(self.tags)))
        self.prior = np.bincount(np.fromiter(chain.from_iterable(ids), int), minlength=len(self.tags)).astype(float)
        self.prior /= self.prior.sum()
        self._words = self._count(Counter(zip(chain.from_iterable(tokens), chain.from_iterable(ids), strict=True)))
        self._looks = self._count(_rare_looks(self._words))
        return self

    @property
    def features(self) -> int:
        """The number of tokens, shapes and ends that were counted."""
        return len(self._words) + len(self._looks)

    def posterior(self, token: str) -> Array:
        """p(y | x), (K,)."""
        p = self.prior
        looks = (self._looks.get(look) for look in _looks(token))
        for counts in chain(looks, [self._words.get(token)]):
            if counts is not None:
                p = (counts + self.mu * p) / (counts.sum() + self.mu)
        return p

    def predict(self, tokens: Sequence[Sequence[str]]) -> list[list[str]]:
        """The tags of N sentences."""
        rows = {token: row for row, token in enumerate(dict.fromkeys(chain.from_iterable(tokens)))}
        if not rows:
            return [[] for _ in tokens]
        emissions = np.log([self.posterior(token) / self.prior for token in rows])  # (V, K)
        found: list[list[str]] = [[] for _ in tokens]
        size = min(SENTENCES, max(1, SCORES // len(self.tags) ** 2))
        for batch in _batches([len(sentence) for sentence in tokens], size):
            lengths = np.array([len(tokens[i]) for i in batch])
            words = np.zeros((len(batch), lengths.max()), int)
            words[np.arange(lengths.max()) < lengths[:, None]] = [rows[token] for i in batch for token in tokens[i]]
            paths = viterbi(emissions[words], lengths, np.log(self.transitions))
            for i, path, length in zip(batch, paths.tolist(), lengths, strict=True):
                found[i] = [self.tags[y] for y in path[:length]]
        return found

    def _count(self, pairs: Counter[tuple[str, int]]) -> dict[str, Array]:
        counts: dict[str, Array] = {}
        for (what, tag), count in pairs.items():
            counts.setdefault(what, np.zeros(len(self.tags)))[tag] += count
        return counts


def interpolated(counts: Array) -> Array:
    """p(y | y') of counted pairs, rows y', (K + 1, K + 1); the last row and column are the border.

    Both parts have a vote to begin with, so that no path is impossible.
    """
    before, after = counts.sum(axis=1, keepdims=True), counts.sum(axis=0)
    left_out = (counts - 1) / np.maximum(before - 1, 1)  # 0 where the context occurred once
    votes = counts * ((after - 1) / max(1, counts.sum() - 1) > left_out)
    share = (1 + votes.sum()) / (2 + counts.sum())
    return share * after / counts.sum() + (1 - share) * counts / before


def viterbi(emissions: Array, lengths: NDArray[np.int_], transitions: Array) -> NDArray[np.int_]:
    """The best paths.

    Args:
        emissions: log-scores, (B, T, K).
        lengths: (B,), from 1 to T.
        transitions: log-scores from row to column, (K + 1, K + 1), the last of each for the border.

    Returns (B, T); behind the end of a row its last label.
    """
    inside, start, end = transitions[:-1, :-1], transitions[-1, :-1], transitions[:-1, -1]
    rows, stay = np.arange(len(emissions)), np.arange(len(start))
    scores, origins = start + emissions[:, 0], []
    for t in range(1, emissions.shape[1]):
        candidates = scores[:, :, None] + inside  # (B, from, to)
        runs = (t < lengths)[:, None]
        origins.append(np.where(runs, candidates.argmax(axis=1), stay))
        scores = np.where(runs, candidates.max(axis=1) + emissions[:, t], scores)
    path = [(scores + end).argmax(axis=1)]
    for origin in reversed(origins):
        path.append(origin[rows, path[-1]])
    return np.stack(path[::-1], axis=1)


def _pairs(ids: Sequence[Sequence[int]], border: int) -> Array:
    """Counts of neighbours, (K + 1, K + 1), each sentence between two borders."""
    stream = np.array([border, *chain.from_iterable(chain(sentence, [border]) for sentence in ids)])
    counts = np.bincount(stream[:-1] * (border + 1) + stream[1:], minlength=(border + 1) ** 2)
    return counts.reshape(border + 1, border + 1).astype(float)


def _rare_looks(words: dict[str, Array]) -> Counter[tuple[str, int]]:
    counts: Counter[tuple[str, int]] = Counter()
    for token, tags in words.items():
        if tags.sum() <= RARE:
            for look in _looks(token):
                counts.update({(look, int(y)): int(tags[y]) for y in tags.nonzero()[0]})
    return counts


def _looks(token: str) -> Iterator[str]:
    """u[1], u[2], ...: the shape alone, then with more and more of the end in lower case."""
    form, lower = shape(token), token.lower()
    return (f"{form} {lower[len(lower) - n :]}" for n in range(min(LONGEST_END, len(lower)) + 1))


def _batches(lengths: Sequence[int], size: int) -> Iterator[list[int]]:
    """Places of sentences of like length, `size` at a time; those without tokens are left out."""
    order = sorted((i for i, length in enumerate(lengths) if length), key=lambda i: lengths[i])
    return (order[i : i + size] for i in range(0, len(order), size))
