"""The graph of a labeller from ids, or from raw strings, to labels: the same in `predict`, in `evaluate` and in an export."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf
from keras import ops

from ..layers import ChainPosterior, TextTokenizer, TokenEncoder
from .label_set import LabelSet
from .labeling_spans import span_probabilities

Features = dict[str, tf.Tensor]


def best_labels(model: keras.Model, features: Features) -> dict[str, tf.Tensor]:
    """Ids (B, T, ...) of each feature to labels (B, T) of int32, 0 on padding; where it is learnt also sentence (B,)."""
    outputs, mask = model(features, training=False), _mask(features)
    labels, _ = model.get_layer("labels").decode(outputs["labels"], mask)
    return {"labels": labels, **({"sentence": _sentence(outputs)["sentence"]} if "sentence" in outputs else {})}


def label_batch(model: keras.Model, features: Features, label_set: LabelSet) -> dict[str, tf.Tensor]:
    """Ids (B, T, ...) of each feature to the best labels and how sure they are.

    Returns labels (B, T) of int32 and their probabilities (B, T), both 0 on padding; span_probabilities (B, T), at the first
    token of each span that of the whole span; probability (B,), that of all labels together; with a sentence label also
    sentence (B,) of int32 and sentence_probability (B,).
    """
    outputs, mask = model(features, training=False), _mask(features)
    layer = model.get_layer("labels")
    labels, score = layer.decode(outputs["labels"], mask)
    posterior = layer.posterior(outputs["labels"], mask)
    probability = ops.exp(score - ops.cast(posterior.total, score.dtype))
    found = {"labels": labels, "probability": probability, **_shares(posterior, labels, label_set)}
    return _float32(found) | (_sentence(outputs) if "sentence" in outputs else {})


def n_best_batch(model: keras.Model, features: Features, label_set: LabelSet, count: int) -> dict[str, tf.Tensor]:
    """As `label_batch`, for the N best labelings of each row: (B, N, T) each, probability (B, N).

    possible (B, N): a row that has fewer labelings ends with some that are not, and say nothing. Of a long text even the best
    may have a probability that rounds to 0.
    """
    outputs, mask = model(features, training=False), _mask(features)
    layer = model.get_layer("labels")
    labels, log_probabilities = layer.best(outputs["labels"], mask, count)
    time = ops.shape(labels)[2]
    rows = [ops.repeat(x, count, axis=0) for x in (outputs["labels"], mask)]
    shares = _shares(layer.posterior(*rows), ops.reshape(labels, (-1, time)), label_set)
    shares = {name: ops.reshape(value, (-1, count, time)) for name, value in shares.items()}
    found = _float32({"labels": labels, "probability": ops.exp(log_probabilities), **shares})
    found["possible"] = log_probabilities > -float("inf")
    return found | (_sentence(outputs) if "sentence" in outputs else {})


def label_probabilities(model: keras.Model, features: Features, labels: tf.Tensor) -> tf.Tensor:
    """p(labels (1, T)) in each row of the features (B, T), (B, T)."""
    labels = ops.broadcast_to(labels, ops.shape(features["words"]))
    return ops.take_along_axis(all_probabilities(model, features), labels[..., None], axis=2)[..., 0]


def all_probabilities(model: keras.Model, features: Features) -> tf.Tensor:
    """p of every tag at every token, (B, T, K); zero on padding."""
    emissions = model(features, training=False)["labels"]
    return model.get_layer("labels").marginals(emissions, _mask(features))


class LabelingModule(tf.Module):
    """Strings in, labels out: what is exported, and what `predict` calls.

    `serve(text (B,) of string)` returns, padded to the longest text of the batch: tokens (B, T), labels (B, T) in IOB2 or
    plain, probabilities (B, T), span_probabilities (B, T), starts and ends (B, T), the bytes of each token in its text;
    lengths (B,), probability (B,) of all labels together, tagging (B,), "spans" or "tokens"; with a sentence label also
    sentence_label (B,) and sentence_probability (B,).

    `n_best(N)` is such a function, whose labels and their probabilities are those of the N best labelings of each text,
    (B, N, T) and (B, N), with possible (B, N): whether there are so many. `of_tokens()` and `of_tokens(N)` are the same for
    texts that are split already, ragged (B, None) of string; they say nothing of places.

    Args:
        model: the network; it is used, not owned, so that an export tracks its variables once.
        tokenizer, encoder: from strings to the network's inputs.
        labels: what the network's labels stand for.
        sentence_labels: the names of the labels of whole texts; none where the model has no such output.
    """

    def __init__(
        self,
        model: keras.Model,
        tokenizer: TextTokenizer,
        encoder: TokenEncoder,
        labels: LabelSet,
        sentence_labels: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self.tokenizer, self.encoder = tokenizer, encoder  # an export tracks their tables
        self._names, self._tagging, self._sentence_names = tuple(labels.iob2), labels.tagging, tuple(sentence_labels)

        def answer(tokens: tf.RaggedTensor, count: int | None) -> dict[str, tf.Tensor]:
            features = {name: padded(ids) for name, ids in encoder(tokens).items()}
            if count is None:
                return self._named(tokens, label_batch(model, features, labels))
            return self._named(tokens, n_best_batch(model, features, labels, count))

        def of_text(count: int | None = None) -> Any:
            def serve(text: tf.Tensor) -> dict[str, tf.Tensor]:
                tokens = tokenizer(text)
                places = {"starts": padded(tokens.starts), "ends": padded(tokens.ends)}
                return {"tokens": padded(tokens.text), **places, **answer(tokens.text, count)}

            return tf.function(serve, input_signature=[tf.TensorSpec((None,), tf.string, name="text")])

        def of_tokens(count: int | None = None) -> Any:
            sentences = tf.RaggedTensorSpec((None, None), tf.string)
            return tf.function(lambda tokens: answer(tokens, count), input_signature=[sentences])

        self.serve = of_text()
        self.n_best = functools.cache(of_text)
        self.of_tokens = functools.cache(of_tokens)

    def _named(self, tokens: tf.RaggedTensor, found: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """What was found in the tokens, by names."""
        lengths = tf.cast(tokens.row_lengths(), tf.int32)
        labels = found.pop("labels")
        real = tf.sequence_mask(lengths, tf.shape(labels)[-1])
        real = real if len(labels.shape) == 2 else real[:, None]  # of several labelings
        result = {
            "labels": tf.where(real, tf.gather(tf.constant(self._names), labels), ""),
            "lengths": lengths,
            "tagging": tf.fill(tf.shape(lengths), self._tagging),
        }
        if self._sentence_names:
            result["sentence_label"] = tf.gather(tf.constant(self._sentence_names), found.pop("sentence"))
        return result | found


def padded(ragged: tf.RaggedTensor) -> tf.Tensor:
    """(B, T, ...), padded with 0 or "", T at least 1: a recurrence needs a step even where every text is empty."""
    dense = ragged.to_tensor()
    missing = tf.maximum(1 - tf.shape(dense)[1], 0)
    paddings = [[0, 0], [0, missing], *[[0, 0]] * (len(dense.shape) - 2)]
    return tf.pad(dense, paddings, constant_values="" if dense.dtype == tf.string else 0)


def _mask(features: Features) -> Any:
    return ops.not_equal(features["words"], 0)


def _shares(posterior: ChainPosterior, labels: Any, label_set: LabelSet) -> dict[str, Any]:
    """probabilities and span_probabilities (B, T) of labels (B, T)."""
    chosen = ops.take_along_axis(posterior.marginals(), labels[..., None], axis=2)[..., 0]
    return {"probabilities": chosen, "span_probabilities": span_probabilities(posterior, labels, label_set)}


def _sentence(outputs: dict[str, Any]) -> dict[str, Any]:
    shares = ops.softmax(outputs["sentence"])
    best = ops.cast(ops.argmax(shares, axis=-1), "int32")
    return {"sentence": best, "sentence_probability": ops.max(shares, axis=-1)}


def _float32(found: dict[str, Any]) -> dict[str, Any]:
    """Shares in float32; the sums behind them are wider."""
    return {name: value if name == "labels" else ops.cast(value, "float32") for name, value in found.items()}
