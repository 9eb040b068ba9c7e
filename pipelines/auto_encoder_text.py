"""The way from raw texts to the ids that an auto-encoder reads, whole or sentence by sentence, and from ids back to texts."""

from __future__ import annotations

from typing import Any, NamedTuple

import tensorflow as tf

from ..layers import END_ID, TextUnits
from ..layers.text_sentences import blank_between, text_sentences
from .auto_encoder_config import AutoEncoderConfig
from .translation_data import ended


class AutoEncoderText(NamedTuple):
    """Units, and how much of a text is read.

    units: from strings to ids, and back.
    config: the hyperparameters.
    """

    units: TextUnits
    config: AutoEncoderConfig

    def read(self, texts: Any) -> tuple[tf.RaggedTensor, Any]:
        """Ids of texts (B,), and whether they were longer than what is read (B,).

        The ids are (B, None) with an end each; of paragraphs (B, None, None), each sentence with its end, and an end alone
        after the last.
        """
        most = self.config.max_length
        if self.config.hierarchical:
            return self._read_sentences(texts, most)
        ids = self.units(texts)
        return ended(ids[:, :most]), ids.row_lengths() > most

    def _read_sentences(self, texts: Any, most: int) -> tuple[tf.RaggedTensor, Any]:
        pieces = text_sentences(texts, self._rule)
        ids, rows, count = self.units(pieces.values), pieces.value_rowids(), pieces.nrows()
        real = ids.row_lengths() > 0  # nothing but blanks is no sentence
        ids, rows = tf.ragged.boolean_mask(ids, real), tf.boolean_mask(rows, real)
        long = tf.RaggedTensor.from_value_rowids(ids.row_lengths() > most, rows, nrows=count)
        sentences = tf.RaggedTensor.from_value_rowids(ended(ids[:, :most]), rows, nrows=count)
        truncated = tf.reduce_any(long, axis=1) | (sentences.row_lengths() > self.config.max_sentences)
        last = tf.RaggedTensor.from_uniform_row_length(tf.RaggedTensor.from_tensor(tf.fill([count, 1], END_ID)), 1)
        return tf.concat([sentences[:, : self.config.max_sentences], last], axis=1), truncated

    def padded(self, texts: Any) -> tuple[Any, Any]:
        """The same with ids (B, T), or (B, N, T), 0 is padding."""
        ids, truncated = self.read(texts)
        return ids.to_tensor(), truncated

    def write(self, ids: Any) -> Any:
        """The texts (B,) of ids (B, L), or (B, N, L), of which the first empty sentence ends a paragraph."""
        written = self.units.write(ids)
        if not self.config.hierarchical:
            return written
        inside = tf.math.cumprod(tf.cast(ids[:, :, 0] > END_ID, tf.int32), axis=1) > 0
        return tf.strings.reduce_join(
            tf.ragged.boolean_mask(written, inside), axis=1, separator=blank_between(self._rule)
        )

    def same(self, texts: Any, written: Any) -> Any:
        """Whether texts (B,) have been written with all of their tokens; blanks between them do not count."""
        return self._plain(self._plain(texts)) == self._plain(written)  # tokens may have blanks in them once normalised

    def _plain(self, texts: Any) -> Any:
        """The texts' tokens with single blanks between them."""
        joined = tf.strings.reduce_join(self.units.tokenizer(texts).text, axis=1, separator=" ")
        return tf.strings.lower(joined, "utf-8") if self.units.lowercase else joined

    def words(self, text: str) -> int:
        """How many words a text has, between blanks; where it has none, its characters."""
        return sum(map(len, text.split())) if self._rule == "char" else len(text.split())

    @property
    def _rule(self) -> str:
        return self.units.tokenizer.rule
