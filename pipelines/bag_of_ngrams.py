"""Texts as bags of n-grams: how often each of them stands in a text, wherever."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Self

import tensorflow as tf
from sklearn.feature_extraction.text import CountVectorizer

from ..datasets import Examples, InputError
from ..layers import TextTokenizer
from .text_chunks import TextChunks

MOST = 1 << 20


class BagOfNgrams:
    """Texts as lists of units -> counts of their n-grams, a sparse matrix (E, F).

    Args:
        longest: n-grams are of 1 to `longest` units.
        most: F at most; the most frequent n-grams are kept.

    Raises InputError where no text has a unit.

    Example:
        bag = BagOfNgrams(2).fit([["to", "Rome"]])    # `Rome`, `to`, `to Rome`
        bag([["to", "Oslo"]]).toarray()               # [[0, 1, 0]]
    """

    def __init__(self, longest: int, most: int = MOST) -> None:
        self.longest, self.most = longest, most

    def fit(self, texts: Sequence[Sequence[str]]) -> Self:
        """Learns the n-grams of N texts."""
        if not any(texts):
            raise InputError("texts without tokens, expected at least one that has some")
        self._vectorizer = CountVectorizer(analyzer=self._ngrams, max_features=self.most).fit(texts)
        return self

    @property
    def features(self) -> int:
        """F, the number of n-grams."""
        return len(self._vectorizer.vocabulary_)

    def __call__(self, texts: Sequence[Sequence[str]]) -> Any:
        return self._vectorizer.transform(texts)

    def _ngrams(self, units: Sequence[str]) -> Iterator[str]:
        lengths = range(1, self.longest + 1)
        return (" ".join(units[i : i + n]) for n in lengths for i in range(len(units) - n + 1))


def words(examples: Examples, rule: str) -> list[list[str]]:
    """The tokens of each text in lower case, by the rule where it is not split yet."""
    tokenizer, names = TextTokenizer(rule), _Lowered()
    chunks = (chunk if isinstance(chunk, tf.RaggedTensor) else tokenizer(chunk).text for chunk in TextChunks(examples))
    return [[names[token] for token in tokens] for chunk in chunks for tokens in chunk.to_list()]


def characters(examples: Examples, rule: str) -> list[str]:
    """Each text as it is written, between two blanks, so that n-grams tell its ends from its middle."""
    blank = "" if rule == "char" else " "
    texts = (blank.join(e.tokens) if hasattr(e, "tokens") else e.text for e in examples)
    return [f" {text} " if text else "" for text in texts]


class _Lowered(dict[bytes, str]):
    """Each token in lower case, held once however often it occurs."""

    def __missing__(self, token: bytes) -> str:
        self[token] = token.decode().lower()
        return self[token]
