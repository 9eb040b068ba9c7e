"""Raw text to the ids of what a language model predicts, and back: tokens, characters, or learnt pieces of words.

Ids: 0 begins a text and fills rows up, 1 is what the vocabulary lacks, 2 ends a text (`</s>`), the rest follows by frequency.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from .ngram_counts import END as ENDING
from .ngram_counts import START
from .text_tokenizer import TextTokenizer, normalize
from .text_vocabulary import PAD, UNK, Vocabulary
from .text_wordpieces import INSIDE, PIECES, WordpieceTokenizer, learn_pieces

END = "</s>"
START_ID, UNKNOWN_ID, END_ID = START, 1, ENDING
UNITS = ("token", "character", "subword")


class TextUnits(tf.Module):
    """The way from strings to ids, in the graph, and from ids to strings.

    Args:
        tokens: the vocabulary from id 3 on.
        rule: how raw text is split, as in `TextTokenizer`.
        unit: "token": what the rule gives; "character": those tokens letter by letter, with a blank between two of them;
            "subword": pieces of tokens, of which `tokens` are the list.
        lowercase: whether text is read in lower case.

    Call arguments:
        texts: (B,) of string.

    Returns ids, ragged (B, None) of int32, without an end.

    Raises ValueError for another unit or rule.

    Example: `TextUnits(["the", "cat"])(["the cat"])` is [[3, 4]].
    """

    def __init__(
        self, tokens: Sequence[str], rule: str = "whitespace", unit: str = "token", lowercase: bool = False
    ) -> None:
        super().__init__()
        if unit not in UNITS:
            raise ValueError(f"unit={unit!r}, expected one of {', '.join(UNITS)}")
        self.unit, self.lowercase = unit, lowercase
        self.tokenizer = TextTokenizer(rule)
        self.vocabulary = Vocabulary([END, *tokens])
        self._pieces = WordpieceTokenizer(tokens) if unit == "subword" else None
        with tf.init_scope():
            self._written = tf.constant([self._spelling(token) for token in self.vocabulary.tokens])

    def __len__(self) -> int:
        return len(self.vocabulary)

    def __call__(self, texts: Any) -> tf.RaggedTensor:
        return self.ids(self.split(texts))

    def split(self, texts: Any) -> tf.RaggedTensor:
        """The units of raw texts (B,) as strings, ragged (B, None)."""
        return self.divide(self.tokenizer(texts).text)

    def divide(self, tokens: tf.RaggedTensor) -> tf.RaggedTensor:
        """The units of texts that are split already, ragged (B, None) of string to the same."""
        tokens = tokens.with_values(self._fold(normalize(tokens.values)))
        if self.unit == "character":
            return tf.strings.unicode_split(tf.strings.reduce_join(tokens, axis=1, separator=self._blank), "UTF-8")
        if self._pieces is not None:
            return self._pieces(tokens).merge_dims(1, 2)
        return tokens

    def surfaces(self, texts: Any) -> tf.RaggedTensor:
        """What stands in raw texts (B,) for each unit, ragged (B, None): the unit, or the word that no pieces make up.

        Tokens are in the case they have there.
        """
        if self.unit == "character":
            return self.split(texts)
        tokens = self.tokenizer(texts).text
        if self._pieces is None:
            return tokens
        pieces = self._pieces(tokens.with_values(self._fold(normalize(tokens.values))))
        words = tf.repeat(tokens.values, pieces.values.row_lengths())
        flat = pieces.merge_dims(1, 2)
        return flat.with_values(tf.where(flat.values == UNK, words, flat.values))

    def write(self, ids: Any, surfaces: Any = None) -> Any:
        """The texts that ids (..., L) make, (...) of string; padding and ends are nothing.

        Args:
            ids: of the vocabulary.
            surfaces: what to write for an unknown unit, (..., L) of string, "" is nothing; None: its own name.
        """
        written = tf.gather(self._written, ids)
        if surfaces is not None:
            copied = tf.where(surfaces == "", "", tf.strings.join([self._blank_between, surfaces]))
            written = tf.where(ids == UNKNOWN_ID, copied, written)
        joined = tf.strings.reduce_join(written, axis=-1)
        return tf.strings.regex_replace(joined, "^ ", "") if self._blank_between else joined

    def _spelling(self, unit: str) -> str:
        """A unit with the blank before it, if there is one."""
        if unit in (PAD, END):
            return ""
        if self.unit == "subword" and unit.startswith(INSIDE):
            return unit[len(INSIDE) :]
        return self._blank_between + unit

    @property
    def _blank_between(self) -> str:
        """What stands between two units that are no parts of one word."""
        return "" if self.unit == "character" else self._blank

    def ids(self, units: tf.RaggedTensor) -> tf.RaggedTensor:
        """The ids of units; a text that spells the end's own name has an unknown token there."""
        found = self.vocabulary(units)
        return found.with_values(tf.where(found.values == END_ID, UNKNOWN_ID, found.values))

    def join(self, units: Iterable[str]) -> str:
        """The text that units make; blanks of the original that its rule does not keep are single ones."""
        if self.unit == "character":
            return "".join(units)
        if self.unit == "subword":
            words = "".join(unit[len(INSIDE) :] if unit.startswith(INSIDE) else self._blank + unit for unit in units)
            return words.removeprefix(self._blank)
        return self._blank.join(units)

    def join_after(self, text: str, units: Sequence[str]) -> str:
        """The text with units after it."""
        inside = self.unit == "character" or (self.unit == "subword" and units and units[0].startswith(INSIDE))
        apart = text and units and not inside and not text[-1].isspace()
        return text + (self._blank if apart else "") + self.join(units)

    def begun(self, text: str) -> list[int]:
        """The ids of a text that is to go on: where letters are units, the blank at its end is one, too."""
        ids: list[int] = self([text])[0].numpy().tolist()
        blank = self._blank if self.unit == "character" and ids and text[-1].isspace() else ""
        return [*ids, *self.vocabulary([blank]).numpy().tolist()] if blank else ids

    def words(self, ids: Any) -> int:
        """How many words, texts' ends counted, stand in ids (N,); 0 where a text has no blanks to tell them apart."""
        if not self._blank:
            return 0
        units = self.vocabulary.tokens
        if self.unit == "character":  # one more word than blanks in each text, and its end
            blanks = int((ids == units.index(" ")).sum()) if " " in units else 0
            empty = (ids == END_ID) & (np.concatenate([[END_ID], ids[:-1]]) == END_ID)
            return blanks + 2 * int((ids == END_ID).sum()) - int(empty.sum())
        begins = np.array([not (self.unit == "subword" and unit.startswith(INSIDE)) for unit in units])
        return int(begins[ids].sum())

    @property
    def _blank(self) -> str:
        """What stands between two tokens."""
        return "" if self.tokenizer.rule == "char" else " "

    def _fold(self, tokens):
        return tf.strings.lower(tokens, "utf-8") if self.lowercase else tokens

    @classmethod
    def learn(
        cls,
        chunks: Iterable[Any],
        rule: str = "whitespace",
        unit: str = "token",
        lowercase: bool = False,
        min_count: int = 1,
        most: int = 0,
    ) -> TextUnits:
        """The units of a training text.

        Args:
            chunks: raw texts (B,) of string, or tokens, ragged (B, None), some at a time; read twice for subwords.
            rule, unit, lowercase: as above.
            min_count: how often a unit must occur.
            most: the size of the vocabulary at most; 0 is no limit, and 4000 pieces. All letters are pieces, however many.

        Raises ValueError where a token is spelt like the end, `</s>`.
        """
        counted = _count(cls([], rule, "token" if unit == "subword" else unit, lowercase), chunks)
        if counted[END]:
            raise ValueError(f"a token is spelt {END}, which ends every text: expected another spelling")
        if unit == "subword":
            pieces = learn_pieces(counted, most or PIECES)
            counted = _count(cls(pieces, rule, unit, lowercase), chunks)
        kept = Vocabulary.learn(counted, min_count).tokens[2:]
        if unit == "subword":  # letters stay, however rare: a new word is put together from them
            letters = (piece for piece in pieces if len(piece.removeprefix(INSIDE)) == 1 and piece not in kept)
            return cls((*kept, *letters), rule, unit, lowercase)
        return cls(kept[: most or None], rule, unit, lowercase)


def _count(units: TextUnits, chunks: Iterable[Any]) -> Counter[str]:
    counts: Counter[bytes] = Counter()
    for chunk in chunks:
        found = units.divide(chunk) if isinstance(chunk, tf.RaggedTensor) else units.split(chunk)
        counts.update(found.values.numpy().tolist())
    return Counter({unit.decode(): count for unit, count in counts.items()})
