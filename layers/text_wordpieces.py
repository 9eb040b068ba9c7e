"""Pieces of words (Schuster & Nakajima, 2012), learnt from counted words: `walk`, and `##ed` inside of a word.

Reference: Schuster & Nakajima, Japanese and Korean voice search, 2012; Song et al., Fast WordPiece tokenization, 2021.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence

import tensorflow as tf
import tensorflow_text as tf_text
from tensorflow_text.tools.wordpiece_vocab import wordpiece_tokenizer_learner_lib as wordpiece

from .text_vocabulary import UNK

INSIDE = "##"  # begins a piece that does not begin a word
MARK = "\t"  # stands for it where words are cut, for a word may begin with ##, and none has a tab
PIECES = 4000
LEAST = 2  # occurrences of a learnt piece
SLACK = 0.05  # by how much fewer pieces there may be than asked for


class WordpieceTokenizer(tf.Module):
    """Words to pieces, the longest first; `<UNK>` is a word that no pieces make up.

    Args:
        pieces: those that do not begin a word have `##` before them.

    Call arguments:
        words: ragged (B, None) of string.

    Returns ragged (B, None, None) of string.
    """

    def __init__(self, pieces: Sequence[str]) -> None:
        super().__init__()
        marked = [MARK + piece[len(INSIDE) :] if piece.startswith(INSIDE) else piece for piece in pieces]
        self._tokenizer = tf_text.FastWordpieceTokenizer(
            [UNK, *marked],
            suffix_indicator=MARK,
            unknown_token=UNK,
            token_out_type=tf.int32,
            no_pretokenization=True,
            support_detokenization=False,
        )
        with tf.init_scope():
            self._names = tf.constant([UNK, *pieces])

    def __call__(self, words: tf.RaggedTensor) -> tf.RaggedTensor:
        return tf.ragged.map_flat_values(lambda places: tf.gather(self._names, places), self._tokenizer.tokenize(words))


def learn_pieces(words: Counter[str], most: int) -> list[str]:
    """The pieces of counted words, at most so many and nearly so many where there are as many; letters always.

    None has letters and punctuation in one, and so none is spelt like a token that has an id of its own. How often a piece
    must occur is searched for between what a bound allows: all pieces together occur no more often than there are letters.
    """
    if not words:
        return []
    low, high = LEAST, max(LEAST, sum(len(word) * count for word, count in words.items()) // most)
    best = _pieces_seen(words, high)
    while low < high:
        middle = max(low, round((low * high) ** 0.5))
        pieces = _pieces_seen(words, middle)
        if len(pieces) > most:
            low = middle + 1
            continue
        best, high = pieces, middle
        if len(pieces) >= (1 - SLACK) * most:
            break
    return best


def _pieces_seen(words: Counter[str], least: int) -> list[str]:
    """The pieces that occur so often, and all letters."""
    pieces = wordpiece.learn(list(words.items()), len(words), [], lower_thresh=least, upper_thresh=least, joiner=MARK)
    pieces = [piece for piece in pieces if not piece.startswith(INSIDE)]  # it would read like one inside of a word
    pieces = [INSIDE + piece[len(MARK) :] if piece.startswith(MARK) else piece for piece in pieces]
    return [piece for piece in pieces if not _mixed(piece)]


def _mixed(piece: str) -> bool:
    """Whether a piece has punctuation or symbols, and also what is none."""
    return len({unicodedata.category(letter)[0] in "PS" for letter in piece.removeprefix(INSIDE)}) > 1
