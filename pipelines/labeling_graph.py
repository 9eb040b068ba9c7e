"""The graph of a labeller from ids, or from raw strings, to labels: the same in `predict`, in `evaluate` and in an export."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import tensorflow as tf
from keras import ops

from ..layers import TextTokenizer, TokenEncoder


def label_batch(model: keras.Model, features: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
    """Ids (B, T) of each feature to the best labels.

    Returns labels (B, T) of int32 and their probabilities (B, T), both 0 on padding; with a sentence label also
    sentence (B,) of int32 and sentence_probability (B,).
    """
    outputs = model(features, training=False)
    mask = ops.not_equal(features["words"], 0)
    layer = model.get_layer("labels")
    labels, _ = layer.decode(outputs["labels"], mask)
    marginals = layer.marginals(outputs["labels"], mask)
    chosen = ops.take_along_axis(marginals, labels[..., None], axis=2)[..., 0]
    result = {"labels": labels, "probabilities": ops.cast(ops.where(mask, chosen, 0), "float32")}
    if "sentence" in outputs:
        shares = ops.softmax(outputs["sentence"])
        result["sentence"] = ops.cast(ops.argmax(shares, axis=-1), "int32")
        result["sentence_probability"] = ops.max(shares, axis=-1)
    return result


def label_probabilities(model: keras.Model, features: dict[str, tf.Tensor], labels: tf.Tensor) -> tf.Tensor:
    """p(labels (1, T)) in each row of the features (B, T), (B, T)."""
    emissions = model(features, training=False)["labels"]
    marginals = model.get_layer("labels").marginals(emissions, ops.not_equal(features["words"], 0))
    labels = ops.broadcast_to(labels, ops.shape(features["words"]))
    return ops.take_along_axis(marginals, labels[..., None], axis=2)[..., 0]


class LabelingModule(tf.Module):
    """Strings in, labels out: what is exported, and what `predict` calls.

    `serve(text (B,) of string)` returns, padded to the longest text of the batch: tokens (B, T), labels (B, T) in IOB2 and
    probabilities (B, T), starts and ends (B, T), the bytes of each token in its text, and lengths (B,); with a sentence
    label also sentence_label (B,) and sentence_probability (B,).

    Args:
        model: the network; it is used, not owned, so that an export tracks its variables once.
        tokenizer, encoder: from strings to the network's inputs.
        labels: (K) the name of each label.
        sentence_labels: the names of the labels of whole texts; none where the model has no such output.
    """

    def __init__(
        self,
        model: keras.Model,
        tokenizer: TextTokenizer,
        encoder: TokenEncoder,
        labels: Sequence[str],
        sentence_labels: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self.tokenizer, self.encoder = tokenizer, encoder

        def serve(text: tf.Tensor) -> dict[str, tf.Tensor]:
            tokens = self.tokenizer(text)
            features = {
                name: padded(tokens.text.with_values(values)) for name, values in encoder(tokens.text.values).items()
            }
            found = label_batch(model, features)
            lengths = tokens.text.row_lengths()
            real = tf.sequence_mask(lengths, tf.shape(features["words"])[1])
            result = {
                "tokens": padded(tokens.text),
                "labels": tf.where(real, tf.gather(tf.constant(list(labels)), found["labels"]), ""),
                "probabilities": found["probabilities"],
                "starts": padded(tokens.starts),
                "ends": padded(tokens.ends),
                "lengths": tf.cast(lengths, tf.int32),
            }
            if sentence_labels:
                result["sentence_label"] = tf.gather(tf.constant(list(sentence_labels)), found["sentence"])
                result["sentence_probability"] = found["sentence_probability"]
            return result

        self.serve = tf.function(serve, input_signature=[tf.TensorSpec((None,), tf.string, name="text")])


def padded(ragged: tf.RaggedTensor) -> tf.Tensor:
    """(B, T, ...), padded with 0 or "", T at least 1: a recurrence needs a step even where every text is empty."""
    dense = ragged.to_tensor()
    missing = tf.maximum(1 - tf.shape(dense)[1], 0)
    paddings = [[0, 0], [0, missing], *[[0, 0]] * (len(dense.shape) - 2)]
    return tf.pad(dense, paddings, constant_values="" if dense.dtype == tf.string else 0)
