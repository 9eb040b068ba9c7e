"""Adaptive softmax (Grave et al., 2017): few words are frequent, so every state is compared with those alone.

The words stand in the order of their frequency and are cut at c1 < c2 < ...:

p(w) = head[w]                      w < c1
p(w) = head[tail i] tail_i[w]       c_i ≤ w < c_{i+1}

head = softmax(h W) has c1 words and one entry for each tail; tail_i = softmax(h P_i O_i), P_i from H to H / division^i.
"""

from itertools import pairwise
from typing import Any

import keras
from keras import ops

from .cell import seeded

BLOCK = 64  # states of a tail that are compared at once: the last block of each tail is partly in vain


@keras.saving.register_keras_serializable(package="keras_seq")
class AdaptiveSoftmax(keras.Layer):
    """Log-probabilities of all words, and a loss that computes a tail only for the states whose word is in it.

    Args:
        vocabulary_size: V. The ids are sorted by frequency, the most frequent word first.
        cutoffs: the ids at which the tails begin, ascending.
        division: how many times narrower each tail is than the one before it.
        seed: makes the start values repeatable.

    Call arguments:
        states: h, (..., H).

    Returns log p (..., V), float32 or wider. Masking: a mask is handed on; the loss reads its own from the labels.

    Raises ValueError for cutoffs that do not ascend inside the vocabulary, and for a division below 1.

    Example:
        output = AdaptiveSoftmax(10000)
        output.build((None, 200))
        output.loss(keras.ops.ones((2, 200)), keras.ops.array([7, 9000]))  # (2,)

    Reference: Grave et al., Efficient softmax approximation for GPUs, 2017.
    """

    def __init__(
        self,
        vocabulary_size: int,
        cutoffs: tuple[int, ...] = (2000, 8000),
        division: float = 4.0,
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        borders = [0, *cutoffs, vocabulary_size]
        if len(borders) < 3 or any(a >= b for a, b in pairwise(borders)):
            raise ValueError(
                f"AdaptiveSoftmax: cutoffs={tuple(cutoffs)}, expected ascending ids between 0 and "
                f"vocabulary_size={vocabulary_size}"
            )
        if division < 1:
            raise ValueError(f"AdaptiveSoftmax: division={division}, expected at least 1")
        self.vocabulary_size = vocabulary_size
        self.cutoffs = tuple(cutoffs)
        self.division = division
        self.seed = seed
        self.supports_masking = True

    def build(self, states_shape):
        size = states_shape[-1]
        self.head = self._matrix(size, self.cutoffs[0] + len(self.cutoffs), 0, "head")
        self.projections, self.tails = [], []
        for i, (start, end) in enumerate(self._ranges(), 1):
            width = max(1, int(size / self.division**i))
            self.projections.append(self._matrix(size, width, 2 * i - 1, f"projection_{i}"))
            self.tails.append(self._matrix(width, end - start, 2 * i, f"tail_{i}"))

    def _matrix(self, rows, columns, offset, name):
        start = seeded(keras.initializers.GlorotUniform(), self.seed, offset)
        return self.add_weight(shape=(rows, columns), initializer=start, name=name)

    def _ranges(self):
        """The first id of each tail and the one behind its last."""
        return pairwise((*self.cutoffs, self.vocabulary_size))

    def call(self, states):
        first = self.cutoffs[0]
        head = ops.log_softmax(self._wide(ops.matmul(states, self.head)))
        parts = [head[..., :first]]
        for i, (projection, tail) in enumerate(zip(self.projections, self.tails, strict=True), first):
            words = ops.log_softmax(self._wide(ops.matmul(ops.matmul(states, projection), tail)))
            parts.append(head[..., i : i + 1] + words)
        return ops.concatenate(parts, axis=-1)

    def loss(self, states, labels):
        """-log p(label) in nats, (...) of float32 or wider; states (..., H), labels (...) of int, 0 where the label is -1."""
        if not self.built:
            raise ValueError("AdaptiveSoftmax: not built yet, expected build(states_shape) or a call before loss()")
        states, labels = ops.convert_to_tensor(states, self.compute_dtype), ops.convert_to_tensor(labels, "int32")
        shape, expected = tuple(labels.shape), tuple(states.shape[:-1])
        if shape != expected and None not in (*shape, *expected):
            raise ValueError(
                f"AdaptiveSoftmax: labels have shape {shape}, expected {expected}, that of the states but H"
            )
        words = ops.reshape(labels, (-1,))
        order = ops.argsort(words)  # the words of one tail lie together
        states, words = ops.take(ops.reshape(states, (-1, states.shape[-1])), order, axis=0), ops.take(words, order)
        losses = self._head_loss(states, words)
        for (start, end), projection, tail in zip(self._ranges(), self.projections, self.tails, strict=True):
            first, last = (ops.sum(ops.cast(words < border, "int32")) for border in (start, end))
            matrices = (ops.copy(ops.cast(x, self.compute_dtype)) for x in (projection, tail))  # values, not variables
            losses += _tail_loss(states, words - start, first, last, *matrices)
        return ops.reshape(ops.take(losses, ops.argsort(order)), ops.shape(labels))

    def _head_loss(self, states, words):
        first = self.cutoffs[0]
        tail = sum(ops.cast(words >= cutoff, "int32") for cutoff in self.cutoffs)  # 0: none
        entries = ops.where(tail > 0, first - 1 + tail, ops.maximum(words, 0))
        losses = _cross_entropy(entries, self._wide(ops.matmul(states, ops.cast(self.head, states.dtype))))
        return ops.where(words < 0, 0, losses)

    def _wide(self, x):
        return ops.cast(x, keras.backend.result_type(self.compute_dtype, "float32"))

    def compute_output_shape(self, states_shape):
        return (*states_shape[:-1], self.vocabulary_size)

    def compute_output_spec(self, states):
        wide = keras.backend.result_type(self.compute_dtype, "float32")
        return keras.KerasTensor(self.compute_output_shape(states.shape), dtype=wide)

    def get_config(self):
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "cutoffs": self.cutoffs,
            "division": self.division,
            "seed": self.seed,
        }


def _tail_loss(states, words, first, last, projection, tail):
    """-log softmax(states projection tail)[words] for the rows from `first` to before `last`, 0 for all others, (N,).

    A loop of as many blocks as these rows fill: XLA compiles it for any number of rows. Its gradient is written by
    hand, and computes the logits once more rather than keep them.
    """
    count = ops.shape(states)[0]
    words = ops.pad(words, (0, BLOCK))  # so that the last block, too, is whole
    wide = keras.backend.result_type(states.dtype, "float32")

    def rows(x, at):
        start, shape = ((at, 0), (BLOCK, x.shape[1])) if len(x.shape) == 2 else ((at,), (BLOCK,))
        return ops.slice(x, start, shape)

    def block(states, projection, tail, i):
        """Where block i begins; which of its rows count, their words, inner states and logits."""
        at = first + i * BLOCK
        real = ops.arange(BLOCK) < last - at
        inner = ops.matmul(rows(states, at), projection)
        return at, real, ops.where(real, rows(words, at), 0), inner, ops.cast(ops.matmul(inner, tail), wide)

    def over_blocks(step, *start):  # counted by 1, since XLA (TensorFlow 2.21) may leave out a loop of longer steps
        blocks = (last - first + BLOCK - 1) // BLOCK
        return ops.while_loop(lambda i, *_: i < blocks, step, (ops.zeros_like(first), *start))[1:]

    @ops.custom_gradient
    def forward(states, projection, tail):
        states = ops.pad(states, ((0, BLOCK), (0, 0)))

        def step(i, losses):
            at, real, targets, _, logits = block(states, projection, tail, i)
            return i + 1, ops.slice_update(losses, (at,), ops.where(real, _cross_entropy(targets, logits), 0))

        def backward(*args, upstream=None):
            upstream = ops.pad(args[0] if upstream is None else upstream, (0, BLOCK))

            def step(i, d_states, d_projection, d_tail):
                at, real, targets, inner, logits = block(states, projection, tail, i)
                chosen = ops.cast(targets[:, None] == ops.arange(tail.shape[1]), wide)
                d_logits = (ops.softmax(logits) - chosen) * ops.where(real, rows(upstream, at), 0)[:, None]
                d_logits = ops.cast(d_logits, tail.dtype)
                d_inner = ops.matmul(d_logits, ops.transpose(tail))
                d_states = ops.slice_update(d_states, (at, 0), ops.matmul(d_inner, ops.transpose(projection)))
                d_projection += ops.cast(ops.matmul(ops.transpose(rows(states, at)), d_inner), wide)
                d_tail += ops.cast(ops.matmul(ops.transpose(inner), d_logits), wide)
                return i + 1, d_states, d_projection, d_tail

            zeros = ops.zeros_like(states), ops.zeros_like(projection, wide), ops.zeros_like(tail, wide)
            d_states, d_projection, d_tail = over_blocks(step, *zeros)
            return d_states[:count], ops.cast(d_projection, projection.dtype), ops.cast(d_tail, tail.dtype)

        return over_blocks(step, ops.zeros((count + BLOCK,), wide))[0][:count], backward

    return forward(states, projection, tail)


def _cross_entropy(targets, logits):
    return ops.sparse_categorical_crossentropy(targets, logits, from_logits=True)
