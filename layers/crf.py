"""Conditional random field over a chain (Lafferty, McCallum & Pereira, 2001): p(y | x) = exp(score(y) - log Z)."""

from typing import Any

import keras
from keras import ops

from .cell import seeded
from .linear_chain import log_partition, marginals, path_score, viterbi


@keras.saving.register_keras_serializable(package="keras_seq")
class CRF(keras.Layer):
    """Scores whole label sequences: what each step says for a label, and which label may follow which.

    Calling the layer gives the emissions alone; `log_likelihood`, `decode` and `marginals` take them from there. Train
    it with `SequenceLoss(crf)`.

    Args:
        units: K, the number of labels.
        allowed_transitions: (K, K) of bool, from row to column; None allows all. A forbidden one has probability 0.
        allowed_start, allowed_end: (K,) of bool, the labels that may come first and last; None allows all.
        kernel_initializer: start value of the projection of the inputs.
        seed: makes a start value given by name repeatable.

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
        kernel_initializer: Any = "glorot_uniform",
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.units = units
        self.allowed_transitions = _table("allowed_transitions", allowed_transitions, (units, units))
        self.allowed_start = _table("allowed_start", allowed_start, (units,))
        self.allowed_end = _table("allowed_end", allowed_end, (units,))
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.seed = seed
        self.supports_masking = True

    def build(self, inputs_shape):
        k = self.units
        self.kernel = self.add_weight(
            shape=(inputs_shape[-1], k), initializer=seeded(self.kernel_initializer, self.seed, 0), name="kernel"
        )
        self.bias = self.add_weight(shape=(k,), initializer="zeros", name="bias")
        self.transitions = self.add_weight(shape=(k, k), initializer="zeros", name="transitions")
        self.start = self.add_weight(shape=(k,), initializer="zeros", name="start")
        self.end = self.add_weight(shape=(k,), initializer="zeros", name="end")

    def call(self, inputs):
        return ops.cast(ops.matmul(inputs, self.kernel) + self.bias, self._wide())

    def _wide(self):
        return keras.backend.result_type(self.compute_dtype, "float32")

    def compute_mask(self, inputs, mask=None):
        return None  # the loss reads its mask from the labels

    def compute_output_shape(self, inputs_shape):
        return (*inputs_shape[:-1], self.units)

    def compute_output_spec(self, inputs):
        return keras.KerasTensor(self.compute_output_shape(inputs.shape), dtype=self._wide())

    def log_likelihood(self, emissions, labels, mask):
        """log p(labels | emissions) of each row, (B,). labels (B, T) of int, mask (B, T) of bool."""
        chain = self._chain()
        return path_score(emissions, labels, mask, *chain) - log_partition(emissions, mask, *chain)

    def decode(self, emissions, mask):
        """The most probable labels (B, T) of int32 that the constraints allow, 0 on padding, and their score (B,)."""
        return viterbi(emissions, mask, *self._chain())

    def marginals(self, emissions, mask):
        """p(label at t = k | emissions), (B, T, K); zero on padding."""
        return marginals(emissions, mask, *self._chain())

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
            "units": self.units,
            "allowed_transitions": self.allowed_transitions,
            "allowed_start": self.allowed_start,
            "allowed_end": self.allowed_end,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "seed": self.seed,
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
