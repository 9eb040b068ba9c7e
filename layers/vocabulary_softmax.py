"""The softmax over a whole vocabulary: p(w) = exp(h·e_w + b_w) / Σ_v exp(h·e_v + b_v), one row e_w for each word.

The rows may serve as the words' input vectors too: tied embeddings (Press & Wolf, 2017; Inan et al., 2017).
"""

from typing import Any

import keras
from keras import ops

from .cell import seeded
from .linear_cross_entropy import linear_cross_entropy

RANGE = 0.1  # of the start values


@keras.saving.register_keras_serializable(package="keras_seq")
class VocabularySoftmax(keras.Layer):
    """Log-probabilities of all words, a loss that never keeps them twice, and the words' vectors where they are tied.

    Args:
        vocabulary_size: V.
        training_dtype: of the products of `loss` while training, such as "bfloat16"; None: that of the layer. What is not
            training, and the softmax itself, keep the layer's.
        seed: makes the start values repeatable.

    Call arguments:
        states: h, (..., E).

    Returns log p (..., V), float32 or wider. Masking: a mask is handed on; the loss reads its own from the labels.

    Example:
        output = VocabularySoftmax(10000)
        output.build((None, 200))
        output.loss(keras.ops.ones((2, 200)), keras.ops.array([7, 9000]))  # (2,)

    Reference: Press & Wolf, Using the output embedding to improve language models, 2017.
    """

    def __init__(self, vocabulary_size: int, training_dtype: str | None = None, seed: int | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.vocabulary_size = vocabulary_size
        self.training_dtype = None if training_dtype is None else keras.backend.standardize_dtype(training_dtype)
        self.seed = seed
        self.supports_masking = True

    def build(self, states_shape):
        start = seeded(keras.initializers.RandomUniform(-RANGE, RANGE), self.seed, 0)
        shape = (self.vocabulary_size, states_shape[-1])
        self.embeddings = self.add_weight(shape=shape, initializer=start, name="embeddings")
        self.bias = self.add_weight(shape=(self.vocabulary_size,), initializer="zeros", name="bias")

    def call(self, states):
        return self.log_p(states, self.columns())

    def columns(self):
        """The rows as columns, (E, V): a loop that asks `log_p` at each step turns them once."""
        return ops.transpose(ops.cast(self.embeddings, self.compute_dtype))

    def log_p(self, states, columns):
        """As the call, for what `columns` gave."""
        logits = ops.tensordot(states, columns, 1) + ops.cast(self.bias, columns.dtype)
        return ops.log_softmax(ops.cast(logits, self._wide))

    def vectors(self, words):
        """The words' rows, (..., E) for ids (...)."""
        return ops.take(self.embeddings, words, axis=0)

    def loss(self, states, labels, training=False, smoothing=0.0):
        """-log p(label) in nats, (...) of float32 or wider; states (..., E), labels (...) of int, 0 where the label is -1.

        With a smoothing of ε the label has 1 - ε + ε/V of the target and every other word ε/V (Szegedy et al., 2016), so
        ε (z_label - mean z) is added, for logits z.
        """
        if not self.built:
            raise ValueError("VocabularySoftmax: not built yet, expected build(states_shape) or a call before loss()")
        dtype = (training and self.training_dtype) or self.compute_dtype
        states, labels = ops.cast(states, dtype), ops.convert_to_tensor(labels, "int32")
        rows = ops.reshape(states, (-1, states.shape[-1]))
        kernel, bias = (ops.cast(x, dtype) for x in (self.embeddings, self.bias))
        flat = ops.reshape(labels, (-1,))
        losses = linear_cross_entropy(rows, kernel, bias, flat, transposed=True)
        if smoothing:
            apart = ops.take(kernel, ops.maximum(flat, 0), axis=0) - ops.mean(kernel, axis=0)
            apart = ops.sum(rows * apart, axis=1) + ops.take(bias, ops.maximum(flat, 0)) - ops.mean(bias)
            losses = losses + smoothing * ops.where(flat >= 0, ops.cast(apart, losses.dtype), 0)
        return ops.reshape(losses, ops.shape(labels))

    @property
    def _wide(self):
        return keras.backend.result_type(self.compute_dtype, "float32")

    def compute_output_shape(self, states_shape):
        return (*states_shape[:-1], self.vocabulary_size)

    def compute_output_spec(self, states):
        return keras.KerasTensor(self.compute_output_shape(states.shape), dtype=self._wide)

    def get_config(self):
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "training_dtype": self.training_dtype,
            "seed": self.seed,
        }
