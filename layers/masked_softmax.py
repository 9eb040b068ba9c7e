"""Softmax over the positions that count: a_j = exp e_j / Σ_k exp e_k, where j and k run over the mask's True."""

import keras
from keras import ops


def masked_softmax(scores, mask=None):
    """Weights (..., S) of scores (..., S), float32 or wider; `mask` (..., S) of bool broadcasts against the scores.

    0 where the mask is False, so a row without any True is all 0, and no gradient passes there. Without a mask all count.
    """
    scores = ops.cast(scores, keras.backend.result_type(scores.dtype, "float32"))
    if mask is None:
        return _softmax(scores)
    weights = _softmax(ops.where(mask, scores, -1e30))  # finite, since a row of -inf alone would be no number
    return ops.where(mask, weights, 0)


def _softmax(scores):
    return ops.exp(ops.log_softmax(scores))  # `ops.softmax` warns of a memory of one step
