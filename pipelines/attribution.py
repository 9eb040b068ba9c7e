"""How much each unit of a text speaks for a label: by the gradient, or by hiding one after the other.

gradient × input   a_t = e_t · ∂ log p / ∂ e_t       what log p would lose with the vector e_t, were it linear in it; where
                                                     n-grams add to z, + n_t · ∂ log p / ∂ z, with n_t the part of t in that
occlusion          a_t = p(text) - p(text with unit t unknown)

References: Simonyan, Vedaldi & Zisserman, Deep inside convolutional networks, 2014, and Denil, Demiraj & de Freitas,
Extraction of salient sentences from labelled documents, 2014, for the gradient; Zeiler & Fergus, 2014, for occlusion.
"""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from ..layers import UNKNOWN
from .classification_graph import Reading, log_probabilities

HIDDEN_UNITS = 1 << 14  # of one batch of texts with a unit hidden


def gradient_effects(
    reading: Reading, table: keras.Variable, several: bool, temperature: float
) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """A function in the graph: ids (T,) of one text and the number of a label to the effects (T,), T above 0.

    Args:
        reading: its network also gives the units' vectors, (N, T, E), and where n-grams add to the logits their parts in that,
            contributions (N, T, K).
        table: of these vectors, learnt or not.
        several, temperature: as in `log_probabilities`.
    """

    def effects(ids: tf.Tensor, label: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(table.value)
            pieces, found, logits = reading(tf.RaggedTensor.from_row_lengths(ids, tf.shape(ids, tf.int64)))
            target = log_probabilities(logits, several, temperature)[0, label]
        vectors, contributions = found["vectors"], found.get("contributions")
        slopes, of_logits = tape.gradient(target, [vectors, found["logits"]])
        products = tf.reduce_sum(tf.cast(slopes, tf.float32) * tf.cast(vectors, tf.float32), axis=-1)  # (N, T)
        if contributions is not None:
            products += tf.einsum("nk,ntk->nt", of_logits, contributions)
        return tf.RaggedTensor.from_tensor(products, lengths=pieces.ids.row_lengths()).values

    return tf.function(effects, input_signature=[tf.TensorSpec((None,), tf.int32), tf.TensorSpec((), tf.int32)])


def occlusion_effects(
    probabilities: Callable[[tf.RaggedTensor], NDArray], ids: NDArray[np.int32], label: int
) -> NDArray[np.float64]:
    """The effects (T,) on p of a label.

    Args:
        probabilities: of texts, ragged ids (B, None), those of the labels, (B, K).
        ids: (T,) of one text.
        label: its number.
    """
    whole = float(probabilities(_as_texts(ids[None]))[0, label])
    rows, found = max(1, HIDDEN_UNITS // max(1, len(ids))), [np.zeros(0)]
    for first in range(0, len(ids), rows):
        places = np.arange(first, min(first + rows, len(ids)))
        hidden = np.repeat(ids[None], len(places), axis=0)
        hidden[np.arange(len(places)), places] = UNKNOWN
        found.append(whole - probabilities(_as_texts(hidden))[:, label])
    return np.concatenate(found)


def _as_texts(ids: NDArray[np.int32]) -> tf.RaggedTensor:
    """Texts of one length (B, T) as ragged ones."""
    return tf.RaggedTensor.from_row_lengths(ids.ravel(), np.full(len(ids), ids.shape[1], np.int64))
