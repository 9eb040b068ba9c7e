"""The pairs that each token makes with its neighbours: y[t] = [P[w[t-1] w[t]]; P[w[t] w[t+1]]].

A recurrence must learn what "not bad" means from the states that two vectors lead to; a pair that training has seen often
has a vector of its own, as in the bag of n-grams that simple models count.
"""

from typing import Any

import keras
import numpy as np
from keras import ops

from .cell import positive_integer, seeded
from .token_dropout import PADDING, UNKNOWN, TokenDropout


@keras.saving.register_keras_serializable(package="keras_seq")
class PairEmbedding(keras.Layer):
    """The vectors of the pairs on either side of each token.

    Args:
        pairs: (N, 2), the ids of the pairs that have a vector, each pair once; 0 stands for the border of a text.
        units: E, the size of a pair's vector. All others share one, which `pair_dropout` lets learn.
        pair_dropout: the share of pairs read as unknown while training.
        seed: makes start values and draws repeatable.

    Call arguments:
        words: ids (B, T); 0 is padding.

    Returns (B, T, 2 E): the pair with the word before, then that with the word after. Masking: makes the mask, True where the
    word is not 0.

    Raises ValueError for pairs of another shape, or one that stands twice.

    Example: `PairEmbedding([[3, 4]], 8)(keras.ops.array([[3, 4, 0]]))` has shape (1, 3, 16).

    Reference: Chen et al., Long short-term memory neural networks for Chinese word segmentation, 2015 (pairs of characters);
    Wang & Manning, Baselines and bigrams, 2012 (what pairs of words earn).
    """

    def __init__(self, pairs: Any, units: int, pair_dropout: float = 0.0, seed: int | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        given = np.asarray(pairs, np.int32) if len(pairs) else np.zeros((0, 2), np.int32)
        if given.ndim != 2 or given.shape[1] != 2:
            raise ValueError(f"{self.name}: pairs of shape {given.shape}, expected (N, 2)")
        listed = np.unique(given, axis=0)
        if len(listed) != len(given):
            raise ValueError(f"{self.name}: {len(given)} pairs, of which {len(listed)} differ, expected each once")
        self._listed = listed
        self.units = positive_integer(self, "units", units)
        self.pair_dropout = pair_dropout
        self.seed = seed
        self.supports_masking = True
        self._dropout = TokenDropout(pair_dropout, seed=seed, name="pair_dropout")
        firsts, counts = np.unique(listed[:, 0], return_counts=True)
        self._seconds = np.append(listed[:, 1], np.int32(-1))  # an end that can be looked at
        self._most = int(counts.max(initial=0))
        self._begins = np.zeros(int(firsts.max(initial=0)) + 3, np.int32)  # where the pairs of each first word begin
        self._begins[firsts + 1] = counts
        self._begins = np.cumsum(self._begins, dtype=np.int32)

    @property
    def pairs(self) -> list[list[int]]:
        """In order; the first has row 2 of the table, after padding and the unknown pair."""
        return self._listed.tolist()

    def build(self, words_shape):
        bound = (3 / self.units) ** 0.5  # as in `TokenEmbedding`
        uniform = keras.initializers.RandomUniform(-bound, bound)
        shape = (len(self._listed) + 2, self.units)
        self.embeddings = self.add_weight(shape=shape, initializer=seeded(uniform, self.seed, 2), name="embeddings")

    def call(self, words, training=False):
        before = ops.pad(words, [[0, 0], [1, 0]])  # borders are padding
        after = ops.pad(words, [[0, 0], [0, 1]])
        rows = self._dropout(self.rows(before, after), training=training)  # (B, T + 1)
        vectors = ops.take(self.embeddings, rows, axis=0)
        return ops.concatenate([vectors[:, :-1], vectors[:, 1:]], axis=-1)

    def rows(self, firsts: Any, seconds: Any) -> Any:
        """The row of the table for each pair, of any shape: 0 for two of padding, 1 for an unknown pair.

        By bisection among the pairs that begin alike: exact, and the same on every device.
        """
        begins, listed = ops.convert_to_tensor(self._begins), ops.convert_to_tensor(self._seconds)
        firsts, seconds = ops.cast(firsts, "int32"), ops.cast(seconds, "int32")
        firsts = ops.minimum(firsts, len(self._begins) - 2)  # of words after the last that begins a pair there are none
        low, end = ops.take(begins, firsts), ops.take(begins, firsts + 1)
        high = end
        for _ in range(self._most.bit_length()):
            middle = (low + high) // 2
            smaller = ops.logical_and(low < high, ops.take(listed, middle) < seconds)
            low, high = ops.where(smaller, middle + 1, low), ops.where(smaller, high, middle)
        found = ops.logical_and(low < end, ops.equal(ops.take(listed, low), seconds))
        none = ops.logical_and(ops.equal(firsts, PADDING), ops.equal(seconds, PADDING))
        return ops.where(none, PADDING, ops.where(found, low + 2, UNKNOWN))

    def compute_mask(self, words, mask=None):
        return ops.not_equal(words, 0)

    def compute_output_shape(self, words_shape):
        return (*words_shape, 2 * self.units)

    def get_config(self):
        return {
            **super().get_config(),
            "pairs": self.pairs,
            "units": self.units,
            "pair_dropout": self.pair_dropout,
            "seed": self.seed,
        }
