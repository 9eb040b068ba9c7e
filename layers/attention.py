"""Attention (Bahdanau et al., 2015): c = Σ_j a_j h_j, a = softmax(e), e_j = score(s, h_j).

`scores.py` has the scores. Reference: Bahdanau, Cho & Bengio, Neural machine translation by jointly learning to align
and translate, 2015; Luong, Pham & Manning, Effective approaches to attention-based neural machine translation, 2015; Tu et
al., Modeling coverage for neural machine translation, 2016.
"""

from typing import Any

import keras
from keras import ops

from .cell import boolean
from .masked_softmax import masked_softmax
from .scores import SCORES


@keras.saving.register_keras_serializable(package="keras_seq")
class Attention(keras.Layer):
    """The mean of a memory under weights that say how well each of its steps fits the query.

    Args:
        score: "cosine" (with a learnt scale), "dot", "general" or "additive".
        units: the size of W s + U h of the additive score, which alone has one; None: as wide as the memory.
        return_weights: whether the weights follow the context.
        coverage: whether the score also reads how much attention each step of the memory has had before; only `attend` then.
        seed: makes the start values repeatable.

    Call arguments:
        query: s, (B, T, Q), or (B, Q) for one query.
        memory: h, (B, S, D). The scores "cosine" and "dot" need Q = D.
        memory_mask: (B, S) of bool; False marks padding, which may lie anywhere. None: every step counts.

    Returns the contexts (B, T, D), or (B, D) of one query; with `return_weights` a list of that and the weights
    (B, T, S) or (B, S). Where all of the memory is padding, both are 0. Masking: the memory's mask is consumed, the
    query's is handed on with the context.

    A decoder computes the keys once and attends at every step:
        attention.build(query_shape, memory_shape)
        keys = attention.keys(memory)
        context, weights = attention.attend(state, keys, memory, memory_mask)

    Raises ValueError for an unknown score, units that it does not have, and shapes other than these.

    Example: `Attention("additive", 32)(keras.ops.ones((2, 3, 5)), keras.ops.ones((2, 4, 8)))` has shape (2, 3, 8).

    Reference: Bahdanau et al., 2015; Luong et al., 2015.
    """

    def __init__(
        self,
        score: str,
        units: int | None = None,
        return_weights: bool = False,
        coverage: bool = False,
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        if score not in SCORES:
            raise ValueError(f"Attention: score={score!r}, expected one of {', '.join(SCORES)}")
        if units is not None and not SCORES[score].has_units:
            raise ValueError(f"Attention: units={units!r} with score={score!r}, expected None: that score has no units")
        if units is not None and (not isinstance(units, int) or units < 1):
            raise ValueError(f"Attention: units={units!r}, expected an integer of at least 1")
        self.score = score
        self.units = units
        self.return_weights = return_weights
        self.coverage = boolean(self, "coverage", coverage)
        self.seed = seed
        self.supports_masking = True
        self._score = SCORES[score](units, seed, coverage, name="score", dtype=self.dtype_policy)

    def build(self, query_shape, memory_shape):
        _check_shapes(query_shape, memory_shape)
        self._score.build(query_shape, memory_shape)

    def call(self, query, memory, memory_mask=None):
        context, weights = self.attend(query, self.keys(memory), memory, memory_mask)
        return [context, weights] if self.return_weights else context

    def keys(self, memory):
        """What the queries are compared with, (B, S, ·): it depends on the memory alone."""
        if not self.built:
            raise ValueError(
                "Attention: not built yet, expected build(query_shape, memory_shape) or a call before keys()"
            )
        return self._score.keys(ops.convert_to_tensor(memory, self.compute_dtype))

    def attend(self, query, keys, memory, memory_mask=None, seen=None):
        """Context and weights, as in the call.

        Args:
            query, memory, memory_mask: as in the call.
            keys: what `keys(memory)` gave.
            seen: with coverage the sum of all weights before, (B, T, S).
        """
        query, memory = (ops.convert_to_tensor(x, self.compute_dtype) for x in (query, memory))
        _check_shapes(query.shape, memory.shape, None if memory_mask is None else memory_mask.shape)
        single = len(query.shape) == 2
        scores = self._score(query[:, None] if single else query, keys, seen)  # (B, T, S)
        weights = masked_softmax(scores, None if memory_mask is None else memory_mask[:, None])
        weights = ops.cast(weights, self.compute_dtype)
        context = ops.matmul(weights, memory)
        return (context[:, 0], weights[:, 0]) if single else (context, weights)

    def compute_mask(self, query, mask=None):
        return [mask, None] if self.return_weights else mask

    def compute_output_shape(self, query_shape, memory_shape):
        context = (*query_shape[:-1], memory_shape[-1])
        return [context, (*query_shape[:-1], memory_shape[1])] if self.return_weights else context

    def get_config(self):
        return {
            **super().get_config(),
            "score": self.score,
            "units": self.units,
            "return_weights": self.return_weights,
            "coverage": self.coverage,
            "seed": self.seed,
        }


def _check_shapes(query, memory, mask=None):
    """Raises ValueError for what can be seen before the values are known."""
    if len(query) not in (2, 3):
        raise ValueError(f"Attention: query has shape {tuple(query)}, expected (B, T, Q), or (B, Q) for one query")
    if len(memory) != 3:
        raise ValueError(f"Attention: memory has shape {tuple(memory)}, expected (B, S, D)")
    if mask is not None and (len(mask) != 2 or not all(_may_equal(m, n) for m, n in zip(mask, memory, strict=False))):
        raise ValueError(f"Attention: memory_mask has shape {tuple(mask)}, expected {tuple(memory[:2])}")


def _may_equal(one, other):
    return one is None or other is None or one == other
