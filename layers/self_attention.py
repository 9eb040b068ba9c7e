"""Every step looks at all others (Vaswani et al., 2017): y = norm(x + a V), a = softmax(Q Kᵀ / √d).

Q = x Wq, K = x Wk of d features each, V = x Wv as wide as x; norm is layer normalisation (Ba, Kiros & Hinton, 2016).
"""

from typing import Any

import keras
from keras import ops

from .cell import positive_integer, seeded
from .mask import check_mask
from .masked_softmax import masked_softmax


@keras.saving.register_keras_serializable(package="keras_seq")
class SelfAttention(keras.Layer):
    """Adds to each step of a sequence the mean of all steps under weights that say how well they fit it.

    Args:
        units: d, the size of what is compared.
        seed: makes the start values repeatable.

    Call arguments:
        sequences: x, (B, T, D).
        mask: (B, T) of bool; False marks padding, which may lie anywhere and has weight 0.

    Returns (B, T, D). Masking: the mask is handed on. Cost: T² weights for each sequence.

    Raises ValueError for a size below 1 and for a mask of another shape.

    Example: `SelfAttention(32)(keras.ops.ones((2, 5, 8)))` has shape (2, 5, 8).

    Reference: Vaswani et al., Attention is all you need, 2017.
    """

    def __init__(self, units: int, seed: int | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.units = positive_integer(self, "units", units)
        self.seed = seed
        self.supports_masking = True
        self.input_spec = keras.layers.InputSpec(ndim=3)
        self._norm = keras.layers.LayerNormalization(name="norm", dtype=self.dtype_policy)

    def build(self, sequences_shape):
        width = sequences_shape[-1]
        self.query = self._matrix("query", width, self.units, 0)
        self.key = self._matrix("key", width, self.units, 1)
        self.value = self._matrix("value", width, width, 2)
        self._norm.build(sequences_shape)

    def _matrix(self, name, rows, columns, offset):
        start = seeded(keras.initializers.GlorotUniform(), self.seed, offset)
        return self.add_weight(shape=(rows, columns), initializer=start, name=name)

    def call(self, sequences, mask=None):
        check_mask(self.name, mask, tuple(sequences.shape))
        queries, keys, values = (ops.matmul(sequences, kernel) for kernel in (self.query, self.key, self.value))
        scores = ops.matmul(queries, ops.transpose(keys, (0, 2, 1))) / self.units**0.5  # (B, T, T)
        weights = masked_softmax(scores, None if mask is None else mask[:, None])
        return self._norm(sequences + ops.matmul(ops.cast(weights, self.compute_dtype), values))

    def compute_output_shape(self, sequences_shape):
        return sequences_shape

    def get_config(self):
        return {**super().get_config(), "units": self.units, "seed": self.seed}
