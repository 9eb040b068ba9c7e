"""Texts that are longer than what is read at once: their beginning counts, or they are read in pieces.

Of P pieces, each read by itself, log p(k) is the mean (1/P) Σ_i log p_i(k), renormalised over the labels. What a softmax or a
sigmoid adds is the same for all labels of a piece, or for a label and its absence, so the mean may as well be taken before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from ..datasets import Examples, Ragged, RaggedWriter
from ..layers import TextUnits
from .text_chunks import TextChunks, text_ids


class Pieces(NamedTuple):
    """What is read of B texts.

    ids: ragged, (N, None) of int32.
    texts: (N,) of int64, the text that each piece is of, in order; every text has at least one.
    longer: (B,) of bool, whether the text is longer than what is read at once.
    """

    ids: tf.RaggedTensor
    texts: tf.Tensor
    longer: tf.Tensor


def pieces_of(ids: tf.RaggedTensor, max_length: int, long_texts: str) -> Pieces:
    """Texts (B, None) in pieces of at most `max_length` units; 0 leaves them whole.

    Args:
        ids: of the whole texts.
        max_length: the most units of a piece.
        long_texts: "cut" drops what is beyond the first piece, "split" makes as many as are needed.
    """
    lengths, rows = ids.row_lengths(), tf.range(ids.nrows())
    if not max_length:
        return Pieces(ids, rows, tf.zeros_like(lengths, tf.bool))
    longer = lengths > max_length
    if long_texts == "cut":
        return Pieces(ids[:, :max_length], rows, longer)
    counts = tf.maximum((lengths + max_length - 1) // max_length, 1)
    texts = tf.repeat(rows, counts)
    before = tf.gather(tf.cumsum(counts, exclusive=True), texts)  # pieces of the texts before
    starts = (tf.range(tf.size(texts, tf.int64)) - before) * max_length
    sizes = tf.minimum(tf.gather(lengths, texts) - starts, max_length)
    return Pieces(tf.RaggedTensor.from_row_lengths(ids.values, sizes), texts, longer)


def text_logits(logits: Any, texts: Any) -> tf.Tensor:
    """The mean over the pieces (N, K) of each text, (B, K)."""
    return tf.math.segment_mean(logits, texts)


def text_weights(weights: tf.Tensor, pieces: Pieces) -> tf.RaggedTensor:
    """Weights (N, T) of the steps of each piece as those of the steps of each text, (B, None), with a sum of 1."""
    sizes = pieces.ids.row_lengths()
    steps = tf.RaggedTensor.from_tensor(weights, lengths=sizes).values
    counts = tf.math.segment_sum(tf.ones_like(pieces.texts), pieces.texts)
    found = tf.RaggedTensor.from_row_lengths(steps, tf.math.segment_sum(sizes, pieces.texts))
    return found.with_values(steps / tf.cast(tf.gather(counts, found.value_rowids()), weights.dtype))


def chunks_of_pieces(examples: Examples, text: TextUnits, max_length: int, long_texts: str) -> Iterator[Pieces]:
    """The pieces of a split, a thousand texts at a time."""
    for chunk in TextChunks(examples):
        yield pieces_of(text_ids(chunk, text), max_length, long_texts)


def piece_columns(
    examples: Examples, text: TextUnits, max_length: int, long_texts: str
) -> dict[str, Ragged | np.ndarray]:
    """A split as columns for `Batches`, a row for each piece: "ids", "text", the number of its example, and "longer"."""
    ids, columns, before = RaggedWriter(), defaultdict[str, list[np.ndarray]](list), 0
    for pieces in chunks_of_pieces(examples, text, max_length, long_texts):
        texts = pieces.texts.numpy()
        ids.append(pieces.ids.values.numpy(), pieces.ids.row_lengths().numpy())
        columns["text"].append(texts + before)
        columns["longer"].append(pieces.longer.numpy()[texts])
        before += len(pieces.longer)
    return {"ids": ids.finish(), **{name: np.concatenate(parts) for name, parts in columns.items()}}
