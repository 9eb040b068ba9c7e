"""The graph of a language model from raw strings to log-probabilities: the same in `score` and in an export."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from ..layers import END, END_ID, UNKNOWN_ID, TextUnits

NEXT = 10  # tokens that are named as the most probable to follow


class LanguageModule(tf.Module):
    """Strings in, log-probabilities out.

    `serve(text (B,) of string)`, for a model whose texts start from a label also `label` (B,), "" or a strange one for all
    alike, returns, padded to the longest text: tokens (B, T), the end of each text among them, log_probabilities (B, T),
    natural, known (B, T), whether the vocabulary has the token, lengths (B,), log_probability (B,), the sum; and of what may
    come after each text next_tokens (B, N) and next_probabilities (B, N), the most probable first.

    Args:
        text: from strings to ids.
        scores: as in `LanguageModel`.
        labels: the labels that a text may start from.
    """

    def __init__(self, text: TextUnits, scores: Callable[..., Any], labels: Sequence[str] = ()) -> None:
        super().__init__()
        self.text = text
        strings = tf.TensorSpec((None,), tf.string, name="text")
        self.answer = tf.function(
            lambda texts, condition: _answer(text, scores, texts, condition),
            input_signature=[strings, tf.TensorSpec((None, len(labels)), tf.float32)],
        )

        def serve(text: tf.Tensor) -> dict[str, tf.Tensor]:
            return self.answer(text, tf.zeros([tf.shape(text)[0], 0]))

        def serve_from(text: tf.Tensor, label: tf.Tensor) -> dict[str, tf.Tensor]:
            chosen = tf.cast(label[:, None] == tf.constant(list(labels)), tf.float32)
            known = tf.reduce_sum(chosen, axis=1, keepdims=True)
            return self.answer(text, tf.where(known > 0, chosen, 1 / len(labels)))

        signature = [strings, tf.TensorSpec((None,), tf.string, name="label")]
        self.serve = tf.function(
            serve_from if labels else serve, input_signature=signature if labels else signature[:1]
        )


def _answer(text: TextUnits, scores: Callable[..., Any], texts: Any, condition: Any) -> dict[str, tf.Tensor]:
    units = text.split(texts)
    ids, tokens = text.ids(units), units
    rows = ids.nrows()
    ids = tf.concat([ids, tf.fill([rows, 1], END_ID)], axis=1)
    tokens = tf.concat([tokens, tf.fill([rows, 1], END)], axis=1)
    lengths = tf.cast(ids.row_lengths(), tf.int32)
    dense = tf.reshape(ids.to_tensor(), [rows, -1])
    log_p, following = scores(dense, lengths, condition)
    best, places = tf.math.top_k(following, tf.minimum(NEXT, tf.shape(following)[1]))
    return {
        "tokens": tokens.to_tensor(),
        "log_probabilities": log_p,
        "known": (dense != UNKNOWN_ID) & (dense > 0),
        "lengths": lengths,
        "log_probability": tf.reduce_sum(log_p, axis=1),
        "next_tokens": tf.gather(tf.constant(text.vocabulary.tokens), places),
        "next_probabilities": tf.exp(best),
    }
