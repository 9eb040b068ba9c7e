"""Conditional random field over a chain (Lafferty, McCallum & Pereira, 2001): p(y | x) = exp(score(y) - log Z)."""

from typing import Any

import keras
from keras import ops

from .chain_posterior import chain_posterior
from .emissions import Emissions
from .k_best import best_paths
from .linear_chain import log_partition, marginals, path_score, viterbi


@keras.saving.register_keras_serializable(package="keras_seq")
class CRF(Emissions):
    """Scores whole label sequences: what each step says for a label, and which label may follow which.

    Calling the layer gives the emissions alone; `log_likelihood`, `decode` and `marginals` take them from there. Train
    it with `SequenceLoss(crf)`.

    Args:
        units: K, the number of labels.
        allowed_transitions: (K, K) of bool, from row to column; None allows all. A forbidden one has probability 0.
        allowed_start, allowed_end: (K,) of bool, the labels that may come first and last; None allows all.
        **kwargs: `kernel_initializer` and `seed`, as every layer of `Emissions` takes them.

    Call arguments:
        inputs: features, (B, T, D).

    Returns emissions (B, T, K), float32 or wider. Masking: the methods take the mask as an argument; True may lie
    anywhere, and the chain closes over the gaps.

    Raises ValueError for constraints of another shape than K asks for.

    Example:
        crf = CRF(3)
        emissions = crf(keras.ops.ones((1, 2, 4)))
        labels, score = crf.decode(emissions, keras.ops.ones((1, 2), "bool"))

    Reference: Lafferty et al., 2001; Lample et al., Neural architectures for named entity recognition, 2016.
    """

    def __init__(
        self,
        units: int,
        allowed_transitions: Any = None,
        allowed_start: Any = None,
        allowed_end: Any = None,
        **kwargs: Any,
    ):
        super().__init__(units, **kwargs)
        self.allowed_transitions = _table("allowed_transitions", allowed_transitions, (units, units))
        self.allowed_start = _table("allowed_start", allowed_start, (units,))
        self.allowed_end = _table("allowed_end", allowed_end, (units,))

    def build(self, inputs_shape):
        super().build(inputs_shape)
        k = self.units
        self.transitions = self.add_weight(shape=(k, k), initializer="zeros", name="transitions")
        self.start = self.add_weight(shape=(k,), initializer="zeros", name="start")
        self.end = self.add_weight(shape=(k,), initializer="zeros", name="end")

    def log_likelihood(self, emissions, labels, mask):
        """log p(labels | emissions) of each row, (B,). labels (B, T) of int, mask (B, T) of bool."""
        chain = self._chain()
        return path_score(emissions, labels, mask, *chain) - log_partition(emissions, mask, *chain)

    def decode(self, emissions, mask):
        """The most probable labels (B, T) of int32 that the constraints allow, 0 on padding, and their score (B,)."""
        start, transitions, end = self._chain()
        return viterbi(emissions, mask, start, transitions, end, self.allowed_transitions)

    def best(self, emissions, mask, count):
        """The `count` most probable paths (B, N, T) and their log-probabilities (B, N), the best first; see `best_paths`."""
        labels, scores = best_paths(emissions, mask, *self._chain(), count=count)
        return labels, scores - log_partition(emissions, mask, *self._chain())[:, None]

    def marginals(self, emissions, mask):
        """p(label at t = k | emissions), (B, T, K); zero on padding."""
        return marginals(emissions, mask, *self._chain())

    def posterior(self, emissions, mask):
        """A `ChainPosterior`: probabilities of labels and of segments, from one pass over the chain."""
        return chain_posterior(emissions, mask, *self._chain())

    def _chain(self):
        """start (K,), transitions (K, K), end (K,), with -inf where a label is forbidden."""
        return (
            _forbid(self.start, self.allowed_start),
            _forbid(self.transitions, self.allowed_transitions),
            _forbid(self.end, self.allowed_end),
        )

    def get_config(self):
        return {
            **super().get_config(),
            "allowed_transitions": self.allowed_transitions,
            "allowed_start": self.allowed_start,
            "allowed_end": self.allowed_end,
        }


def _table(name: str, allowed: Any, shape: tuple[int, ...]) -> list | None:
    """Nested lists of bool, as a configuration keeps them."""
    if allowed is None:
        return None
    table = ops.convert_to_numpy(ops.cast(allowed, "bool"))
    if table.shape != shape:
        raise ValueError(f"CRF: {name} has shape {table.shape}, expected {shape}")
    return table.tolist()


def _forbid(scores, allowed):
    scores = ops.convert_to_tensor(scores)
    return scores if allowed is None else ops.where(ops.convert_to_tensor(allowed), scores, -float("inf"))
