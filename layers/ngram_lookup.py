"""An n-gram model in the graph: the tables of a backoff model as weights, and log p by binary search.

log p(w | h) = log p(hw) where the n-gram hw has a probability, else log backoff(h) + log p(w | h'); see `BackoffModel`.
"""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from .backoff_model import BackoffModel, BackoffTable
from .ngram_counts import START


@keras.saving.register_keras_serializable(package="keras_seq")
class NgramLookup(keras.Layer):
    """Log-probabilities of tokens, and of all words that may come next.

    The constructor takes sizes only, and `assign` the numbers, so that these are saved and exported as any weights are.

    Args:
        rows: how many rows the table of each order has, that of order 1 being V.
        log_missing: what backing off from a context that is not there adds.

    Call arguments:
        tokens: ids of sentences without <s>, with </s> where that is to be predicted, (B, T) of int; 0 behind the last.

    Returns log p of each token given <s> and those before it, (B, T) of float32; 0 on padding. Masking: by the id 0.

    Raises ValueError for rows that no model has.

    Example:
        model = kneser_ney(count_ngrams(*with_borders([3, 4, 3], [2, 1]), 2, 5))
        lookup = NgramLookup.from_model(model)
        lookup(keras.ops.array([[3, 4, 2], [3, 2, 0]]))  # (2, 3)
    """

    def __init__(self, rows: Sequence[int], log_missing: float = 0.0, **kwargs: Any):
        super().__init__(**kwargs)
        if not rows or rows[0] < 2 or min(rows) < 0:
            raise ValueError(
                f"NgramLookup: rows={tuple(rows)}, expected V, at least 2, and the sizes of the higher orders"
            )
        self.rows = tuple(rows)
        self.log_missing = log_missing
        self.tables = [self._table(k, size) for k, size in enumerate(self.rows, 1)]

    @classmethod
    def from_model(cls, model: BackoffModel, **kwargs: Any) -> "NgramLookup":
        """A layer that holds the model."""
        layer = cls(model.rows, model.log_missing, **kwargs)
        layer.assign(model)
        return layer

    def _table(self, k, size):
        weights = 0 if k == len(self.rows) else size

        def weight(name, size, dtype):
            return self.add_weight(
                shape=(size,), initializer="zeros", dtype=dtype, trainable=False, autocast=False, name=f"{name}_{k}"
            )

        return BackoffTable(
            weight("keys", size, "int64"),
            weight("suffix", size, "int32"),
            weight("log_probability", size, "float32"),
            weight("log_backoff", weights, "float32"),
        )

    def assign(self, model: BackoffModel) -> None:
        """Takes the model's numbers; raises ValueError where its tables have other sizes, or its log_missing is another."""
        if (model.rows, model.log_missing) != (self.rows, self.log_missing):
            raise ValueError(
                f"NgramLookup: a model with rows={model.rows}, log_missing={model.log_missing:g}, "
                f"expected rows={self.rows}, log_missing={self.log_missing:g}"
            )
        for weights, table in zip(self.tables, model.tables, strict=True):
            for weight, array in zip(weights, table, strict=True):
                weight.assign(np.asarray(array, weight.dtype))

    def to_model(self) -> BackoffModel:
        """The model that the layer holds; its numbers have the precision of float32."""
        arrays = [[x.value.numpy() for x in table] for table in self.tables]
        return BackoffModel(
            [BackoffTable(*x[:2], *(y.astype(np.float64) for y in x[2:])) for x in arrays], self.log_missing
        )

    def call(self, tokens):
        tokens = tf.cast(tokens, tf.int64)
        tokens = tf.pad(tokens, [[0, 0], [1, 0]], constant_values=START)  # (B, T + 1)
        found = self._rows(tokens)
        total = tf.gather(self.tables[0].log_probability, tokens)
        depth = tf.range(tf.shape(tokens)[1])
        for k in range(1, len(self.rows)):
            context = _before(found[k - 1])
            backed = total + tf.where(depth >= k, self._weights(k, context), 0.0)
            own = _own(self.tables[k], found[k])
            total = tf.where(tf.math.is_nan(own), backed, own)
        return tf.where(tokens == START, 0.0, total)[:, 1:]

    def next(self, contexts):
        """log p of every id after each context, (B, V) of float32; -inf for <s>.

        contexts: the ids before, the last on the right, (B, C) of int with any C. What stands before the last <s> (or
        padding, which is 0, too) of a row is not read.
        """
        width = len(self.rows) - 1
        contexts = tf.pad(tf.cast(contexts, tf.int64), [[0, 0], [width, 0]], constant_values=-1)
        contexts = contexts[:, tf.shape(contexts)[1] - width :]  # -1 where there is no token
        place = tf.range(width)
        started = tf.reduce_max(tf.where(contexts == START, place, tf.where(contexts < 0, place + 1, 0)), axis=1)
        found = self._rows(contexts)
        total = tf.tile(self.tables[0].log_probability[None], [tf.shape(contexts)[0], 1])
        for k in range(1, len(self.rows)):
            context = found[k - 1][:, -1]
            total += tf.where(started <= width - k, self._weights(k, context), 0.0)[:, None]
            total = self._with_own(total, self.tables[k], context)
        return total

    def _rows(self, tokens):
        """For each order, the row of the n-gram that ends at each token, (B, T) of int64; -1 where there is none."""
        found = [tokens]
        for table in self.tables[1:]:
            context = _before(found[-1])
            row = _find(table.keys, context * self.rows[0] + tokens)
            found.append(tf.where(context >= 0, row, -1))
        return found

    def _weights(self, k, context):
        """The log backoff weight of rows of order k, log_missing for -1."""
        if not self.rows[k - 1]:
            return tf.fill(tf.shape(context), self.log_missing)
        weights = tf.gather(self.tables[k - 1].log_backoff, tf.maximum(context, 0))
        return tf.where(context >= 0, weights, self.log_missing)

    def _with_own(self, total, table, context):
        """`total` (B, V), where the n-grams that continue the rows `context` (B,) have a probability, with it."""
        if not table.keys.shape[0]:
            return total
        size = self.rows[0]
        first, last = (_lower_bound(table.keys, (tf.maximum(context, 0) + i) * size) for i in (0, 1))
        at = tf.ragged.range(first, tf.where(context >= 0, last, first))
        place = tf.stack([at.value_rowids(), tf.gather(table.keys, at.values) % size], axis=1)
        own = tf.gather(table.log_probability, at.values)
        real = ~tf.math.is_nan(own)
        return tf.tensor_scatter_nd_update(total, tf.boolean_mask(place, real), tf.boolean_mask(own, real))

    def compute_output_shape(self, tokens_shape):
        return tuple(tokens_shape)

    def compute_output_spec(self, tokens):
        return keras.KerasTensor(tokens.shape, dtype="float32")

    def get_config(self):
        return {**super().get_config(), "rows": self.rows, "log_missing": self.log_missing}


def _before(rows):
    """What stands one place to the left, (B, T); -1 for the first."""
    return tf.pad(rows, [[0, 0], [1, 0]], constant_values=-1)[:, :-1]


def _own(table, rows):
    """log p of rows of a table, NaN for -1."""
    if not table.keys.shape[0]:
        return tf.fill(tf.shape(rows), np.float32(np.nan))
    return tf.where(rows >= 0, tf.gather(table.log_probability, tf.maximum(rows, 0)), np.float32(np.nan))


def _find(keys, wanted):
    """Where each wanted key stands in the rising `keys` (G,), -1 where it does not; of int64, like `wanted` of any shape."""
    if not keys.shape[0]:
        return -tf.ones_like(wanted)
    at = tf.minimum(_lower_bound(keys, wanted), keys.shape[0] - 1)
    return tf.where(tf.gather(keys, at) == wanted, at, -1)


def _lower_bound(keys, wanted):
    found = tf.searchsorted(keys, tf.reshape(wanted, [-1]), out_type=tf.int64)
    return tf.reshape(found, tf.shape(wanted))
