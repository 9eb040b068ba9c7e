"""Negative log-likelihood of independent yes-or-no outputs: -log p(y | z) = Σ_p softplus(z_p) - y_p z_p, p(y_p = 1) = σ(z_p).

So frames of music are predicted: one output for each pitch (Boulanger-Lewandowski, Bengio & Vincent, 2012).
"""

from typing import Any

import keras
from keras import ops


def bernoulli_nll(targets: Any, log_odds: Any) -> Any:
    """-log p of each vector in nats, (...); targets of 0 and 1 and log-odds z, both (..., P)."""
    log_odds = ops.convert_to_tensor(log_odds)
    return ops.sum(ops.softplus(log_odds) - ops.cast(targets, log_odds.dtype) * log_odds, axis=-1)


@keras.saving.register_keras_serializable(package="keras_seq")
class BernoulliLoss(keras.losses.Loss):
    """-log p of vectors of independent outputs, in nats: the sum over the outputs, the mean over the vectors.

    Call arguments:
        y_true: (B, T, P), 0 or 1.
        y_pred: log-odds (B, T, P).

    Returns the mean over all vectors, weighted by `sample_weight` (B, T) where it is given.
    """

    def __init__(self, name: str = "bernoulli_loss", **kwargs: Any):
        super().__init__(name=name, **{"reduction": "mean_with_sample_weight", **kwargs})

    def call(self, y_true, y_pred):
        return bernoulli_nll(y_true, y_pred)
