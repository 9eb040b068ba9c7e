"""Every n-gram of a text adds to the logits: z = Σ_g u[g], a linear model beside whatever else adds to z.

What simple models count, a recurrence finds out from few texts only in part; and what depends on order or on distance, counts
do not know. Trained together, each learns what the other leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from .cell import boolean, positive_integer
from .pair_lookup import PairLookup
from .token_dropout import UNKNOWN


@keras.saving.register_keras_serializable(package="keras_seq")
class NgramLogits(keras.Layer):
    """The logits of a text by its n-grams, as often as they stand there. u begins at 0.

    What is in no table adds nothing, nor does the unknown unit by itself; longer n-grams of the tables may contain it.

    Args:
        vocabulary_size: V, padding (0) and unknown (1) counted: the n-grams of one unit.
        longer: those of 2, 3, ... units, (N, 2) each: what stands for all units but the last, and the last unit's id. For
            pairs that is an id, for longer ones the row, from 2 on, that they have in the table before, sorted. 0 stands for
            the border of a text.
        units: K, the number of labels.
        dropout: the share of n-grams left out while training, each occurrence drawn by itself, for all labels alike.
        return_contributions: whether a (B, T, K) follows the logits.
        seed: makes the draws repeatable.

    Call arguments:
        words: ids (B, T); 0 is padding, after the text.
        training: only then anything is left out.

    Returns (B, K); with `return_contributions` a list of that and the part of each unit in it, where what an n-gram adds is
    divided among its units: the sum over T is the logits. Masking: none, it reads ids.

    Raises ValueError for a table of another shape, with an n-gram twice, or with a unit or a row that there is not.

    Example: `NgramLogits(5, [[[3, 4]]], units=2)(keras.ops.array([[3, 4, 0]]))` has shape (1, 2): 3, 4, and 3 before 4.

    Reference: Wang & Manning, Baselines and bigrams, 2012; Joulin et al., Bag of tricks for efficient text classification,
    2017; Cheng et al., Wide & deep learning for recommender systems, 2016 (a linear model trained together with a network).
    """

    def __init__(
        self,
        vocabulary_size: int,
        longer: Sequence[Any],
        units: int,
        dropout: float = 0.0,
        return_contributions: bool = False,
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.vocabulary_size = positive_integer(self, "vocabulary_size", vocabulary_size)
        self._lookups = [PairLookup(table, self.name) for table in longer]
        self._check_ranges()
        self.units = positive_integer(self, "units", units)
        self.dropout = dropout
        self.return_contributions = boolean(self, "return_contributions", return_contributions)
        self.seed = seed
        self._noise = keras.layers.Dropout(dropout, seed=seed, name="noise", dtype=self.dtype_policy)

    @property
    def longer(self) -> list[list[list[int]]]:
        """The tables of n-grams of 2, 3, ... units, sorted."""
        return [lookup.pairs.tolist() for lookup in self._lookups]

    def _check_ranges(self) -> None:
        rows = self.vocabulary_size
        for n, lookup in enumerate(self._lookups, 2):
            limits = np.array([rows, self.vocabulary_size])
            wrong = np.argwhere((lookup.pairs < 0) | (lookup.pairs >= limits))
            if len(wrong):
                row, column = wrong[0]
                ngram, place = lookup.pairs[row].tolist(), ("first", "second")[column]
                raise ValueError(
                    f"{self.name}: n-gram {ngram} of {n} units, expected its {place} number in [0, {limits[column]})"
                )
            rows = lookup.rows

    def build(self, words_shape):
        rows = self.vocabulary_size + sum(lookup.rows for lookup in self._lookups)
        self.embeddings = self.add_weight(shape=(rows, self.units), initializer="zeros", name="embeddings")

    def call(self, words, training=False):
        levels = self._rows(words)
        known = ops.cast(ops.concatenate([rows > UNKNOWN for rows in levels], axis=1), self.compute_dtype)
        kept = self._noise(known, training=training)[..., None]
        added = kept * ops.take(self.embeddings, self._places(levels), axis=0)  # (B, ·, K)
        logits = ops.sum(added, axis=1)
        return [logits, self._contributions(words, levels, added)] if self.return_contributions else logits

    def _rows(self, words: Any) -> list[Any]:
        """Of the n-grams of 1, 2, 3, ... units, by their first unit, in the table of each length; pairs begin at a border."""
        bordered = ops.pad(ops.cast(words, "int32"), [[0, 0], [1, 1]])
        found, rows = [bordered[:, 1:-1]], bordered
        for n, lookup in enumerate(self._lookups, 2):
            rows = lookup(rows[:, :-1], bordered[:, n - 1 :])  # (B, T + 3 - n)
            found.append(rows)
        return found

    def _places(self, levels: list[Any]) -> Any:
        """The rows of n-grams of each length (B, ·), side by side as rows of the one table of all lengths."""
        first, found = self.vocabulary_size, [levels[0]]
        for rows, lookup in zip(levels[1:], self._lookups, strict=True):
            found.append(rows + first)
            first += lookup.rows
        return ops.concatenate(found, axis=1)

    def _contributions(self, words: Any, levels: list[Any], added: Any) -> Any:
        """What the n-grams add (B, ·, K), divided among their units, (B, T, K)."""
        time = ops.shape(words)[1]
        real = ops.cast(ops.not_equal(words, 0), self.compute_dtype)[..., None]
        found, first = added[:, :time], time
        bordered = ops.pad(real, [[0, 0], [1, 1], [0, 0]])
        for n, rows in enumerate(levels[1:], 2):
            count = ops.shape(rows)[1]
            of_units = sum(bordered[:, start : start + count] for start in range(n))  # how many of n are no border
            shares = added[:, first : first + count] / ops.maximum(of_units, 1)
            shares = ops.pad(shares, [[0, 0], [n - 1, n - 1], [0, 0]])
            found = found + sum(shares[:, start : start + time] for start in range(1, n + 1))
            first += count
        return found * real

    def compute_mask(self, words, mask=None):
        return [None, None] if self.return_contributions else None

    def compute_output_shape(self, words_shape):
        logits = (words_shape[0], self.units)
        return [logits, (*words_shape, self.units)] if self.return_contributions else logits

    def compute_output_spec(self, words, training=False):
        shape = self.compute_output_shape(words.shape)
        if not self.return_contributions:
            return keras.KerasTensor(shape, dtype=self.compute_dtype)
        return [keras.KerasTensor(each, dtype=self.compute_dtype) for each in shape]

    def get_config(self):
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "longer": self.longer,
            "units": self.units,
            "dropout": self.dropout,
            "return_contributions": self.return_contributions,
            "seed": self.seed,
        }
