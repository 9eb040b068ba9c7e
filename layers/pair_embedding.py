"""The pairs that each token makes with its neighbours: y[t] = [P[w[t-1] w[t]]; P[w[t] w[t+1]]].

A recurrence must learn what "not bad" means from the states that two vectors lead to; a pair that training has seen often
has a vector of its own, as in the bag of n-grams that simple models count.
"""

from typing import Any

import keras
from keras import ops

from .cell import positive_integer, seeded
from .pair_lookup import PairLookup
from .token_dropout import TokenDropout


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
        self._lookup = PairLookup(pairs, self.name)
        self.units = positive_integer(self, "units", units)
        self.pair_dropout = pair_dropout
        self.seed = seed
        self.supports_masking = True
        self._dropout = TokenDropout(pair_dropout, seed=seed, name="pair_dropout")

    @property
    def pairs(self) -> list[list[int]]:
        """In order; the first has row 2 of the table, after padding and the unknown pair."""
        return self._lookup.pairs.tolist()

    def build(self, words_shape):
        bound = (3 / self.units) ** 0.5  # as in `TokenEmbedding`
        uniform = keras.initializers.RandomUniform(-bound, bound)
        shape = (self._lookup.rows, self.units)
        self.embeddings = self.add_weight(shape=shape, initializer=seeded(uniform, self.seed, 2), name="embeddings")

    def call(self, words, training=False):
        before = ops.pad(words, [[0, 0], [1, 0]])  # borders are padding
        after = ops.pad(words, [[0, 0], [0, 1]])
        rows = self._dropout(self._lookup(before, after), training=training)  # (B, T + 1)
        vectors = ops.take(self.embeddings, rows, axis=0)
        return ops.concatenate([vectors[:, :-1], vectors[:, 1:]], axis=-1)

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
