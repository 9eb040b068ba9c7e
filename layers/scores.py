"""How well what is remembered (h, a step of the memory) fits what is asked (s, the query).

cosine     β s·h / (|s| |h|), β > 0 learnt
dot        s·h                                 (Luong et al., 2015)
general    sᵀ W h                              (Luong et al., 2015)
additive   vᵀ tanh(W s + U h)                  (Bahdanau et al., 2015)

With coverage (Tu et al., 2016) a score also reads κ, how much attention the step has had before: u κ is added to the score, in
the additive one within the tanh. u begins at 0.
"""

import math
from typing import Any

import keras
from keras import ops

from .cell import seeded


class Score(keras.Layer):
    """Base of the scores: `keys(memory (B, S, D))` once for each memory, then `call(query (B, T, Q), keys)` -> (B, T, S).

    Args:
        units: the size of what is compared, for a score with `has_units`; None: as wide as the memory.
        seed: makes the start values repeatable.
        coverage: whether the call takes κ (B, T, S), too.
    """

    has_units = False

    def __init__(self, units: int | None = None, seed: int | None = None, coverage: bool = False, **kwargs: Any):
        super().__init__(**kwargs)
        self.units = units
        self.seed = seed
        self.coverage = coverage
        self.supports_masking = True  # no warning where a query has a mask; `Attention` hands it on

    def add_matrix(self, rows: int, columns: int, offset: int, name: str) -> Any:
        """A weight (rows, columns), drawn from `seed + offset`."""
        start = seeded(keras.initializers.GlorotUniform(), self.seed, offset)
        return self.add_weight(shape=(rows, columns), initializer=start, name=name)

    def add_coverage(self, size: int) -> None:
        """u, (size,), where there is coverage."""
        if self.coverage:
            self.coverage_vector = self.add_weight(shape=(size,), initializer="zeros", name="coverage_vector")

    def covered(self, scores: Any, coverage: Any) -> Any:
        """The scores (B, T, S) with u κ."""
        if coverage is None:
            return scores
        return scores + ops.cast(self.coverage_vector * coverage, scores.dtype)


class CosineScore(Score):
    """β cos(s, h). A vector of length 0 has cosine 0.

    β = exp(log β) starts at 10: over 20 positions, one at cosine 1 among others at 0 then weighs 0.999, where β = 1
    could not give it more than 0.28, even with all others at -1.
    """

    def build(self, query_shape, memory_shape):
        _check_equal(query_shape, memory_shape, "cosine")
        start = keras.initializers.Constant(math.log(10))
        self.log_scale = self.add_weight(shape=(), initializer=start, name="log_scale", autocast=False)
        self.add_coverage(1)

    def keys(self, memory):
        return _directions(memory)

    def call(self, query, keys, coverage=None):
        cosines = _products(_directions(query), keys)
        return self.covered(ops.exp(self.log_scale) * ops.cast(cosines, self.log_scale.dtype), coverage)


class DotScore(Score):
    """s·h."""

    def build(self, query_shape, memory_shape):
        _check_equal(query_shape, memory_shape, "dot")
        self.add_coverage(1)

    def keys(self, memory):
        return memory

    def call(self, query, keys, coverage=None):
        return self.covered(_products(query, keys), coverage)


class GeneralScore(Score):
    """sᵀ W h, as s·(W h): the keys are W h."""

    def build(self, query_shape, memory_shape):
        self.kernel = self.add_matrix(memory_shape[-1], query_shape[-1], 0, "kernel")  # Wᵀ
        self.add_coverage(1)

    def keys(self, memory):
        return ops.tensordot(memory, ops.cast(self.kernel, memory.dtype), 1)

    def call(self, query, keys, coverage=None):
        return self.covered(_products(query, keys), coverage)


class AdditiveScore(Score):
    """vᵀ tanh(W s + U h): the keys are U h. Many queries at once make an array (B, T, S, units)."""

    has_units = True

    def build(self, query_shape, memory_shape):
        units = self.units or memory_shape[-1]
        self.query_kernel = self.add_matrix(query_shape[-1], units, 0, "query_kernel")
        self.key_kernel = self.add_matrix(memory_shape[-1], units, 1, "key_kernel")
        self.vector = self.add_matrix(units, 1, 2, "vector")
        self.add_coverage(units)

    def keys(self, memory):
        return ops.tensordot(memory, ops.cast(self.key_kernel, memory.dtype), 1)

    def call(self, query, keys, coverage=None):
        query = ops.tensordot(query, ops.cast(self.query_kernel, query.dtype), 1)
        hidden = query[:, :, None] + keys[:, None]  # (B, T, S, units)
        hidden = ops.tanh(self.covered(hidden, None if coverage is None else coverage[..., None]))
        # No `matmul`: for one query TensorFlow 2.21 with oneDNN corrupts the heap in (B, 1, S, units) @ (units, 1).
        return ops.tensordot(hidden, ops.cast(self.vector, query.dtype)[:, 0], 1)


SCORES: dict[str, type[Score]] = {
    "cosine": CosineScore,
    "dot": DotScore,
    "general": GeneralScore,
    "additive": AdditiveScore,
}


def _products(query, keys):
    """s·h of every pair, (B, T, S)."""
    return ops.matmul(query, ops.transpose(keys, (0, 2, 1)))


def _directions(vectors):
    """The vectors at length 1; 0 for those shorter than 1e-6, and no gradient: it would be the larger the shorter."""
    wide = ops.cast(vectors, keras.backend.result_type(vectors.dtype, "float32"))
    squares = ops.sum(ops.square(wide), axis=-1, keepdims=True)
    long = squares > 1e-12
    return ops.cast(ops.where(long, wide * ops.rsqrt(ops.where(long, squares, 1)), 0), vectors.dtype)


def _check_equal(query_shape, memory_shape, score):
    sizes = query_shape[-1], memory_shape[-1]
    if sizes[0] != sizes[1]:
        raise ValueError(
            f"Attention: score={score!r} compares a query of {sizes[0]} features with a memory of {sizes[1]}, "
            f"expected equally many (or score 'general' or 'additive')"
        )
