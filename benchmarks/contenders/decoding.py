"""Greedy and beam decoding of ours: one `tf.while_loop` over T steps, with attention on S source positions.

The decoder is that of `networks.TranslationModel`, one step at a time for N beams of each of B sentences.

TensorFlow 2.21 with oneDNN corrupts the heap in (B, 1, S, H) @ (H, 1), as a graph without XLA: the scores are a `tensordot`.
"""

from collections.abc import Callable

import tensorflow as tf

from keras_seq import layers

from . import workloads
from .workloads import Workload


class Decoder:
    """tokens (B, N), h (B, N, H), keys (B, S, H) -> logits (B, N, V), h."""

    def __init__(self, workload: Workload):
        self.units = workload.units
        self.cell = layers.CELLS[workload.cell](workload.units)
        self.cell.build((None, workload.inputs))
        start = [tf.constant(value) for value in workloads.weights(workload)]
        self.embedding, *cell, self.query, self.score, self.mix, self.kernel, self.bias = start
        self.cell.set_weights(cell)

    def __call__(self, tokens, h, keys):
        sentences, beams = tokens.shape
        rows, _ = self.cell(tf.gather(self.embedding, tf.reshape(tokens, [-1])), [tf.reshape(h, [-1, self.units])])
        query = tf.reshape(rows @ self.query, [sentences, beams, 1, self.units])
        scores = tf.tensordot(tf.tanh(query + keys[:, None]), self.score[:, 0], 1)  # (B, N, S); not `@`: see above
        h = tf.reshape(rows, [sentences, beams, self.units])
        context = tf.matmul(tf.nn.softmax(scores), keys)  # (B, N, H)
        mixed = tf.tanh(tf.reshape(tf.concat([h, context], -1), [-1, 2 * self.units]) @ self.mix)
        return tf.reshape(mixed @ self.kernel + self.bias, [sentences, beams, -1]), h


def decode(workload: Workload, keys: tf.Tensor, jit: bool) -> Callable[[], tf.Tensor]:
    """One call decodes all sentences; the value tells two decoders apart: mean token, or mean score of the best beam."""
    decoder = Decoder(workload)
    if workload.beam == 1:
        compiled = tf.function(lambda keys: greedy(decoder, keys, workload.time), jit_compile=jit)
        return lambda: tf.reduce_mean(tf.cast(compiled(keys), tf.float32))
    compiled = tf.function(lambda keys: beam(decoder, keys, workload.time, workload.beam)[1], jit_compile=jit)
    return lambda: tf.reduce_mean(compiled(keys)[:, 0])


def greedy(decoder: Decoder, keys: tf.Tensor, time: int) -> tf.Tensor:
    """The best token at each step: (T, B)."""
    sentences = keys.shape[0]

    def body(t, tokens, h, written):
        logits, h = decoder(tokens, h, keys)
        tokens = tf.argmax(logits, -1, tf.int32)
        return t + 1, tokens, h, written.write(t, tokens[:, 0])

    start = (0, tf.zeros([sentences, 1], tf.int32), tf.zeros([sentences, 1, decoder.units]))
    written = tf.TensorArray(tf.int32, time, element_shape=[sentences])
    return tf.while_loop(lambda t, *_: t < time, body, (*start, written), maximum_iterations=time)[-1].stack()


def beam(decoder: Decoder, keys: tf.Tensor, time: int, width: int) -> tuple[tf.Tensor, tf.Tensor]:
    """The best histories (T, B, N) and their summed log probabilities (B, N), the best first."""
    shape = [keys.shape[0], width]

    def body(t, tokens, h, scores, histories):
        logits, h = decoder(tokens, h, keys)
        values, candidates = top_tokens(logits, width)  # (B, N, N)
        values += (scores - tf.reduce_logsumexp(logits, -1))[..., None]
        scores, best = tf.math.top_k(tf.reshape(values, [-1, width * width]), width)
        parents = best // width
        tokens = tf.gather(tf.reshape(candidates, [-1, width * width]), best, batch_dims=1)
        histories = tf.gather(histories, tf.broadcast_to(parents, [time, *shape]), batch_dims=2)
        histories = tf.tensor_scatter_nd_update(histories, [[t]], tokens[None])
        return t + 1, tokens, tf.gather(h, parents, batch_dims=1), scores, histories

    first = tf.constant([0.0] + [-1e9] * (width - 1))  # all beams start alike: one alone may bear children
    scores = tf.broadcast_to(first, shape)
    histories = tf.zeros([time, *shape], tf.int32)
    start = (0, tf.zeros(shape, tf.int32), tf.zeros([*shape, decoder.units]), scores, histories)
    *_, scores, histories = tf.while_loop(lambda t, *_: t < time, body, start, maximum_iterations=time)
    return histories, scores


def top_tokens(logits: tf.Tensor, count: int) -> tuple[tf.Tensor, tf.Tensor]:
    """`top_k` of a large vocabulary (…, V): the best lie inside the `count` chunks with the largest maxima."""
    *outer, vocabulary = logits.shape
    size = max(d for d in range(1, int(vocabulary**0.5) + 1) if vocabulary % d == 0)
    chunks = tf.reshape(logits, [*outer, vocabulary // size, size])
    _, chosen = tf.math.top_k(tf.reduce_max(chunks, -1), count)  # (…, N)
    values, places = tf.math.top_k(
        tf.reshape(tf.gather(chunks, chosen, batch_dims=len(outer)), [*outer, count * size]), count
    )
    return values, tf.gather(chosen, places // size, batch_dims=len(outer)) * size + places % size
