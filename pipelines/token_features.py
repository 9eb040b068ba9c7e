"""What a token and its neighbours look like, as strings: the features of a log-linear tagger.

Reference: Ratnaparkhi, A maximum entropy model for part-of-speech tagging, 1996; for characters: Ng & Low, Chinese
part-of-speech tagging, 2004.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import groupby

from ..layers.text_shape import word_shape

TokenFeatures = Callable[[Sequence[str]], list[list[str]]]

AFFIX = 3  # letters of the longest prefix and suffix
BORDER = "<S>"  # stands for the tokens before the first one and after the last
WINDOW = 2  # neighbours on either side
PAIRS = ((-2, -1), (-1, 0), (0, 1), (1, 2), (-1, 1))


def shape(token: str) -> str:
    """As `word_shape`, but of any character that repeats, a sign too, one stands: `Boeing--747` is `Xx-0`."""
    return "".join(sign for sign, _ in groupby(word_shape(token)))


def word_features(tokens: Sequence[str]) -> list[list[str]]:
    """Of each of T words: itself, its lower case, prefixes, suffixes and shape; lower case and shape of two on either side."""
    padded = _padded(tokens)
    around = [offset for offset in range(-WINDOW, WINDOW + 1) if offset]
    return [
        [*_word(token), *(name for offset in around for name in _neighbour(padded[t + WINDOW + offset], offset))]
        for t, token in enumerate(tokens)
    ]


def character_features(tokens: Sequence[str]) -> list[list[str]]:
    """Of each of T characters: itself, two on either side, pairs of these five, and the kinds of the middle three."""
    padded = _padded(tokens)
    windows = (padded[t : t + 2 * WINDOW + 1] for t in range(len(tokens)))
    return [
        [
            "bias",
            *(f"{offset - WINDOW}={character}" for offset, character in enumerate(window)),
            *(f"{i}{j}={window[WINDOW + i]}{window[WINDOW + j]}" for i, j in PAIRS),
            f"s={''.join(map(shape, window[1:-1]))}",
        ]
        for window in windows
    ]


def _padded(tokens: Sequence[str]) -> list[str]:
    return [*[BORDER] * WINDOW, *tokens, *[BORDER] * WINDOW]


@lru_cache(1 << 16)
def _word(token: str) -> list[str]:
    lengths = range(1, AFFIX + 1)
    ends = [f"<{token[:n]}" for n in lengths] + [f">{token[-n:]}" for n in lengths]
    digit = ["digit"] if any(map(str.isdigit, token)) else []
    return ["bias", f"w={token}", f"l={token.lower()}", f"s={shape(token)}", *ends, *digit]


@lru_cache(1 << 18)
def _neighbour(token: str, offset: int) -> list[str]:
    return [f"{offset}l={token.lower()}", f"{offset}s={shape(token)}"]
