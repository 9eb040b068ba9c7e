"""What may follow in a tree written as a row of brackets (Vinyals et al., Grammar as a foreign language, 2015).

    (S (NP XX )NP (VP XX )VP )S

A search that asks only for what may follow writes trees alone, each over as many leaves as its sentence has words and within
its limit of tokens.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from keras import ops

from .ngram_counts import END

DEPTH = 64  # constituents that are open at once, at most
CHAIN = 4  # brackets that open one after the other, at most: no treebank has more without a word


class TreeState(NamedTuple):
    """What has been written of N trees for each of B sentences.

    room: tokens that may still be written, (B, N, 1).
    left: words without a leaf so far, (B, N, 1).
    depth: constituents that are open, (B, N, 1).
    chain: brackets that have just opened, (B, N, 1).
    begun: whether there is a root, (B, N, 1), 0 or 1.
    labels: of the open constituents, the outermost first, (B, N, DEPTH).
    """

    room: Any
    left: Any
    depth: Any
    chain: Any
    begun: Any
    labels: Any


class TreeGrammar:
    """Which tokens may follow.

    Args:
        tokens: the vocabulary in the order of its ids: `(X` opens X, `)X` closes it, whatever is neither, beyond the first
        three
            ids (padding, unknown, end), is a leaf; brackets alone are leaves too.

    Example: `TreeGrammar(["", "?", "</s>", "(S", ")S", "XX"])`
    """

    def __init__(self, tokens: Sequence[str]):
        names = sorted({token[1:] for token in tokens if _bracket(token)})
        number = {name: place for place, name in enumerate(names)}
        self.opens = _ids(number.get(token[1:], -1) if _bracket(token) == "(" else -1 for token in tokens)
        self.closes = _ids(number.get(token[1:], -1) if _bracket(token) == ")" else -1 for token in tokens)
        self.leaves = np.array([not _bracket(token) for token in tokens]) & (np.arange(len(tokens)) > END)
        self.end = np.arange(len(tokens)) == END

    def start(self, words: Any, limits: Any) -> TreeState:
        """Before the first token, N = 1.

        Args:
            words: (B,) of int, how many each sentence has.
            limits: (B,) of int, how many tokens may be written, the end counted: at least three more than there are words.
        """
        left, room = (ops.cast(each, "int32")[:, None, None] for each in (words, limits))
        none = ops.zeros_like(left)
        return TreeState(room, left, none, none, none, ops.repeat(none, DEPTH, axis=-1))

    def advance(self, state: TreeState, tokens: Any) -> TreeState:
        """After one more token each (B, N); padding, before the first, changes nothing."""
        opened = ops.take(self.opens, tokens)[..., None]  # a label, or -1
        opens, closes = opened >= 0, ops.take(self.closes, tokens)[..., None] >= 0
        place = ops.arange(DEPTH, dtype="int32")
        return TreeState(
            state.room - ops.cast(tokens > 0, "int32")[..., None],
            state.left - ops.cast(ops.take(self.leaves, tokens), "int32")[..., None],
            state.depth + ops.cast(opens, "int32") - ops.cast(closes, "int32"),
            ops.where(opens, state.chain + 1, 0),
            ops.maximum(state.begun, ops.cast(opens, "int32")),
            ops.where(opens & (place == state.depth), opened, state.labels),
        )

    def may_follow(self, state: TreeState) -> Any:
        """(B, N, V) of bool."""
        words, inside = state.left > 0, state.depth > 0
        innermost = ops.arange(DEPTH, dtype="int32") == state.depth - 1
        label = ops.sum(ops.where(innermost, state.labels, 0), axis=-1, keepdims=True)
        room = state.room > state.left + state.depth + 2  # for all words, all ends of constituents, and that of the row
        room = room & (state.depth < DEPTH) & (state.chain < CHAIN)
        opening = words & room & (inside | (state.begun == 0))
        closing = inside & (state.chain == 0) & ((state.depth > 1) | ~words)
        return (
            (opening & (self.opens >= 0))
            | (closing & (self.closes >= 0) & (self.closes == label))
            | (words & inside & self.leaves)
            | (~words & ~inside & self.end)
        )


def _bracket(token: str) -> str:
    """The bracket that a token begins with, if it is one with a label."""
    return token[0] if len(token) > 1 and token[0] in "()" else ""


def _ids(numbers: Any) -> np.ndarray:
    return np.fromiter(numbers, np.int32)
