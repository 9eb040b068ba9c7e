"""The networks of the tasks, built from a kit: ours or Keras', layer for layer the same, with weights in the same order."""

import keras
import tensorflow as tf
from keras import ops

from .keras_layers import Kit
from .workloads import CLASSES, Workload


class Network:
    """Hidden states and the projection to classes; called with a batch, it is the mean loss of the labels that count."""

    def __init__(self, kit: Kit, workload: Workload):
        self.kit = kit
        self.states = STATES[workload.task](kit, workload)
        self.projection = keras.layers.Dense(CLASSES if workload.task == "classifier" else workload.vocabulary)

    @property
    def weights(self) -> list[keras.Variable]:
        """All that is trained, in the order of `workloads.shapes`."""
        return self.states.weights + self.projection.weights

    def build(self, batch: dict[str, tf.Tensor]) -> None:
        """Makes the weights, without a step."""
        self.projection.build(self.hidden(batch).shape)

    def hidden(self, batch: dict[str, tf.Tensor], training: bool = False) -> tf.Tensor:
        """The states that are projected: (B, T, H), (B, T, 2H) or (B, H)."""
        inputs = [batch["source"], batch["inputs"]] if "source" in batch else batch["inputs"]
        masks = {"mask": batch["mask"]} if "mask" in batch else {}
        return self.states(inputs, training=training, **masks)

    def __call__(self, batch: dict[str, tf.Tensor]) -> tf.Tensor:
        states = self.hidden(batch, training=True)
        rows = tf.reshape(states, [-1, states.shape[-1]])
        losses = self.kit.cross_entropy(rows, self.projection, tf.reshape(batch["labels"], [-1]))
        if "mask" not in batch:
            return tf.reduce_mean(losses)
        counts = tf.reshape(tf.cast(batch["mask"], losses.dtype), [-1])
        return tf.reduce_sum(losses * counts) / tf.reduce_sum(counts)


def language_model(kit: Kit, workload: Workload) -> keras.Model:
    """Tokens (B, T) -> (B, T, H)."""
    embedding = keras.layers.Embedding(workload.vocabulary, workload.inputs)
    deep = kit.deep(workload.cell, workload.units, workload.layers)
    return keras.Sequential([keras.Input((None,), dtype="int32"), embedding, *deep])


def classifier(kit: Kit, workload: Workload) -> keras.Model:
    """Tokens (B, T), where 0 is padding -> (B, H) of the last step that counts."""
    embedding = keras.layers.Embedding(workload.vocabulary, workload.inputs, mask_zero=True)
    last = kit.recurrent(workload.cell, workload.units, sequences=False)
    return keras.Sequential([keras.Input((None,), dtype="int32"), embedding, last])


def tagger(kit: Kit, workload: Workload) -> keras.Model:
    """Word vectors (B, T, D) -> (B, T, 2H)."""
    both = kit.bidirectional(workload.cell, workload.units)
    return keras.Sequential([keras.Input((None, workload.inputs)), both])


class TranslationModel(keras.Model):
    """Source (B, S) and target (B, T), as teacher -> (B, T, H), by attention on the decoder's outputs.

    keys = h Wk; e = vᵀ tanh(s Wq + keys); c = softmax(e) keys; tanh([s; c] Wc). The decoder starts at h←[1].
    """

    def __init__(self, kit: Kit, workload: Workload):
        super().__init__()
        units = workload.units
        self.source = keras.layers.Embedding(workload.vocabulary, workload.inputs)
        self.encoder = kit.bidirectional(workload.cell, units)
        self.keys = keras.layers.Dense(units, use_bias=False)
        self.target = keras.layers.Embedding(workload.vocabulary, workload.inputs)
        self.decoder = kit.recurrent(workload.cell, units)
        self.query = keras.layers.Dense(units, use_bias=False)
        self.score = keras.layers.Dense(1, use_bias=False)
        self.mix = keras.layers.Dense(units, use_bias=False, activation="tanh")

    def call(self, inputs, training=False):
        source, target = inputs
        encoded = self.encoder(self.source(source), training=training)  # (B, S, 2H)
        start = encoded[:, 0, encoded.shape[-1] // 2 :]
        states = self.decoder(self.target(target), initial_state=[start], training=training)  # (B, T, H)
        keys = self.keys(encoded)  # (B, S, H)
        scores = self.score(ops.tanh(self.query(states)[:, :, None] + keys[:, None]))  # (B, T, S, 1)
        context = ops.matmul(ops.softmax(scores[..., 0]), keys)  # (B, T, H)
        return self.mix(ops.concatenate([states, context], axis=-1))


STATES = {
    "language-model": language_model,
    "classifier": classifier,
    "tagger": tagger,
    "inference": tagger,
    "saved-model": tagger,
    "translation": TranslationModel,
}
