"""Counts of n-grams by sorting.

The n-grams of order k are the rows of a table, sorted by (row of the first k-1 words in the table below, last word), which is
one integer: key = row * V + word. So a look-up is a binary search and the rows that continue one context lie together. A
row also knows its suffix: the row, in the table below, of the n-gram without its first word.

Id 0 is <s>, which opens a sentence and is never predicted; every other id is a word that may be.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

START, END = 0, 2  # <s> and </s>


class NgramTable(NamedTuple):
    """All n-grams of one order, G rows; those of order 1 are all V ids, with the count 0 where it is not seen.

    keys: context * V + word, rising, (G,) of int64; the context is a row of the table below, 0 for order 1.
    suffix: the row in the table below of the words but the first, (G,) of int32; 0 for order 1.
    counts: how often it occurs, (G,) of int64.
    """

    keys: NDArray[np.int64]
    suffix: NDArray[np.int32]
    counts: NDArray[np.int64]


def with_borders(words: ArrayLike, lengths: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Sentences, one after another, with <s> before and </s> behind each.

    Args:
        words: the ids of all sentences, (W,).
        lengths: how many of them each sentence has, (S,).

    Returns the ids, (N,) with N = W + 2 S, and the depth of each: how many tokens stand before it in its sentence.
    """
    words, lengths = np.asarray(words, np.int64), np.asarray(lengths, np.int64)
    if lengths.sum() != len(words):
        raise ValueError(f"with_borders: lengths add up to {lengths.sum()}, expected {len(words)}, that of the words")
    ends = np.cumsum(lengths + 2)
    tokens = np.empty(len(words) + 2 * len(lengths), np.int64)
    inside = np.ones(len(tokens), bool)
    starts = ends - lengths - 2
    tokens[starts], tokens[ends - 1] = START, END
    inside[starts] = inside[ends - 1] = False
    tokens[inside] = words
    return tokens, np.arange(len(tokens)) - np.repeat(starts, lengths + 2)


def count_ngrams(tokens: ArrayLike, depth: ArrayLike, order: int, vocabulary_size: int) -> list[NgramTable]:
    """A table for each order up to `order`; no n-gram reaches from one sentence into the next.

    Args:
        tokens: ids of all sentences, one after another, (N,) of int, each below `vocabulary_size`.
        depth: how many tokens stand before each in its sentence, (N,) of int.
        order: n. Tables of an order that no sentence reaches are empty.
        vocabulary_size: V.

    Raises ValueError for no token that is predicted, ids out of range, an order below 1, tables too large for their keys.

    Example: `count_ngrams(*with_borders([3, 4, 3], [2, 1]), 2, 5)[1].counts` is [2, 1, 1, 1]: <s> 3, 3 </s>, 3 4, 4 </s>.
    """
    tokens, depth = checked_tokens("count_ngrams", tokens, depth, vocabulary_size)
    if order < 1:
        raise ValueError(f"count_ngrams: order={order}, expected at least 1")
    if not np.any(tokens != START):
        raise ValueError("count_ngrams: expected at least one token besides <s>, got none")
    inside = np.flatnonzero((tokens == START) & (depth > 0))
    if len(inside):
        raise ValueError(
            f"count_ngrams: token {inside[0]} is <s> at depth {depth[inside[0]]}, expected it at depth 0 alone"
        )
    return [table for table, _ in numbered_ngrams(tokens, depth, order, vocabulary_size)]


def numbered_ngrams(
    tokens: NDArray[np.int64], depth: NDArray[np.int64], order: int, vocabulary_size: int
) -> Iterator[tuple[NgramTable, NDArray[np.int64]]]:
    """The tables of `count_ngrams`; with each, the row of the n-gram that ends at each token, (N,), -1 where none does."""
    table, rows = unigrams(np.bincount(tokens, minlength=vocabulary_size)), tokens
    yield table, rows
    for k in range(2, order + 1):
        ends = np.flatnonzero(depth >= k - 1)
        if len(table.keys) > np.iinfo(np.int64).max // vocabulary_size:
            raise ValueError(f"n-grams: {len(table.keys)} contexts and {vocabulary_size} words are too many to number")
        table, numbers = _counted(rows[ends - 1] * vocabulary_size + tokens[ends], rows[ends])
        rows = np.full(len(tokens), -1)
        rows[ends] = numbers
        yield table, rows


def unigrams(count: NDArray[np.int64]) -> NgramTable:
    """The table of order 1: row i is id i."""
    return NgramTable(np.arange(len(count)), np.zeros(len(count), np.int32), count)


def contexts(tables: Sequence[NgramTable], k: int) -> tuple[NDArray[np.int64], int]:
    """The context of each row of order k, (G,), and how many rows the order below has; for order 1 zeros, and 1."""
    if k == 1:
        return np.zeros(len(tables[0].keys), np.int64), 1
    return tables[k - 1].keys // len(tables[0].keys), len(tables[k - 2].keys)


def frequencies(tables: Sequence[NgramTable], k: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The context of each row of order k and c(hw), (G,) each, 0 for <s> alone; and c(h) = Σ_w c(hw) of each context."""
    context, rows = contexts(tables, k)
    count = tables[k - 1].counts
    if k == 1:
        count = np.where(np.arange(len(count)) == START, 0, count)
    return context, count, np.bincount(context, count, rows).astype(np.int64)


def opening(tables: Sequence[NgramTable]) -> list[int]:
    """How many rows of each order begin with <s>: they are the first ones, since <s> has id 0."""
    size, found = len(tables[0].keys), [1]
    for table in tables[1:]:
        found.append(int(np.searchsorted(table.keys, found[-1] * size)))
    return found


def checked_tokens(
    who: str, tokens: ArrayLike, depth: ArrayLike, vocabulary_size: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Both as arrays of int64; raises ValueError for other shapes, ids out of range and depths before the first token."""
    tokens, depth = np.asarray(tokens, np.int64), np.asarray(depth, np.int64)
    if tokens.ndim != 1 or tokens.shape != depth.shape:
        raise ValueError(f"{who}: tokens {tokens.shape} and depth {depth.shape}, expected (N,) and (N,)")
    if len(tokens) and not 0 <= tokens.min() <= tokens.max() < vocabulary_size:
        raise ValueError(f"{who}: ids from {tokens.min()} to {tokens.max()}, expected 0 to {vocabulary_size - 1}")
    wrong = np.flatnonzero((depth < 0) | (depth > np.arange(len(depth))))
    if len(wrong):
        raise ValueError(f"{who}: depth {depth[wrong[0]]} of token {wrong[0]}, expected 0 to {wrong[0]}")
    return tokens, depth


def _counted(keys, suffix):
    """The table of the n-grams, and the row of each, (M,)."""
    keys, at = _sorted(keys)
    new = np.flatnonzero(np.diff(keys, prepend=-1))
    count = np.diff(new, append=len(keys))
    numbers = np.empty(len(keys), np.int64)
    numbers[at] = np.repeat(np.arange(len(new)), count)
    return NgramTable(keys[new], suffix[at[new]].astype(np.int32), count), numbers


def _sorted(keys):
    """The keys in order, and where each stood.

    Key and place are packed into one integer where 63 bits are enough: sorting values is several times faster than argsort.
    """
    bits = len(keys).bit_length()
    if len(keys) and int(keys.max()) >> (63 - bits):
        at = np.argsort(keys)
        return keys[at], at
    packed = np.sort(keys << bits | np.arange(len(keys)))
    return packed >> bits, packed & ((1 << bits) - 1)
