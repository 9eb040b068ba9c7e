"""The graph of a classifier from raw strings to labels: the same in `predict`, in `evaluate` and in an export."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import tensorflow as tf

from ..layers import TextUnits
from .class_labels import ClassLabels
from .labeling_graph import padded
from .text_pieces import Pieces, pieces_of, text_logits, text_weights

Network = Callable[[tf.Tensor], dict[str, tf.Tensor]]


class Reading(NamedTuple):
    """How texts are read and answered.

    network: ids (N, T) -> logits (N, K), with attention weights (N, T) too; of what else it gives see `classifier_network`.
    max_length, long_texts: as in `pieces_of`.
    """

    network: Network
    max_length: int
    long_texts: str

    def __call__(self, ids: tf.RaggedTensor) -> tuple[Pieces, dict[str, tf.Tensor], tf.Tensor]:
        """Of texts (B, None): the pieces, what the network gives for them, and the texts' logits (B, K)."""
        pieces = pieces_of(ids, self.max_length, self.long_texts)
        found = self.network(padded(pieces.ids))
        return pieces, found, text_logits(found["logits"], pieces.texts)

    def read(self, units: tf.RaggedTensor) -> tf.RaggedTensor:
        """The units (B, None) of texts that are read at all."""
        return units[:, : self.max_length] if self.max_length and self.long_texts == "cut" else units


def log_probabilities(logits: Any, several: bool, temperature: float = 1.0) -> tf.Tensor:
    """log p of each label (..., K): log softmax(z / T), or where a text may have several labels log σ(z / T)."""
    scaled = tf.convert_to_tensor(logits) / temperature
    return tf.math.log_sigmoid(scaled) if several else tf.nn.log_softmax(scaled)


def chosen_labels(logits: Any, several: bool, threshold: float) -> tf.Tensor:
    """(B, K) of bool: the largest logit of each row, the first of equal ones; or all whose σ(z) reaches the threshold.

    It reads logits, not probabilities: no temperature can change the choice, and no rounding at 0 or 1 either.
    """
    logits = tf.convert_to_tensor(logits)
    if several:
        return logits >= math.log(threshold / (1 - threshold))
    return tf.one_hot(tf.argmax(logits, axis=-1), tf.shape(logits)[-1], on_value=True, off_value=False, dtype=tf.bool)


class ClassificationModule(tf.Module):
    """Strings in, labels out: what is exported, and what `predict` calls.

    `serve(text (B,) of string)` returns labels (B, K), the names, and their probabilities (B, K); label (B,), the most probable
    one, and its probability (B,), or, where a text may have several labels, chosen (B, K) of bool; lengths (B,), the units
    that were read, and truncated (B,), whether there were more. Where pooling is by attention, also tokens (B, T) and their
    weights (B, T), with a sum of 1, padded to the longest text.

    Args:
        text: from strings to ids.
        reading: from ids to logits; its network is used, not owned, so that an export tracks its variables once.
        labels: what the logits are of.
        temperature: T, of the probabilities.
        threshold: of a label's probability, where a text may have several.
    """

    def __init__(
        self, text: TextUnits, reading: Reading, labels: ClassLabels, temperature: float, threshold: float
    ) -> None:
        super().__init__()
        self.text = text

        def serve(text: tf.Tensor) -> dict[str, tf.Tensor]:
            units = self.text.split(text)
            read = reading.read(units)
            pieces, found, logits = reading(self.text.ids(units))
            result = {
                **_answers(logits, labels, temperature, threshold),
                "lengths": tf.cast(read.row_lengths(), tf.int32),
                "truncated": read.row_lengths() < units.row_lengths(),
            }
            if "weights" in found:
                result["tokens"] = padded(read)
                result["weights"] = padded(text_weights(found["weights"], pieces))
            return result

        self.serve = tf.function(serve, input_signature=[tf.TensorSpec((None,), tf.string, name="text")])


def _answers(logits: tf.Tensor, labels: ClassLabels, temperature: float, threshold: float) -> dict[str, tf.Tensor]:
    """The labels of each row of logits (B, K), with their probabilities."""
    names = tf.constant(labels.names)
    p = tf.exp(log_probabilities(logits, labels.several, temperature))
    result = {"labels": tf.tile(names[None], [tf.shape(logits)[0], 1]), "probabilities": p}
    if labels.several:
        return {**result, "chosen": chosen_labels(logits, True, threshold)}
    best = tf.argmax(logits, axis=1)
    return {**result, "label": tf.gather(names, best), "probability": tf.gather(p, best, batch_dims=1)}
