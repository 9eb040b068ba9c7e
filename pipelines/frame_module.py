"""The graph of a language model of frames, from lines of text to likelihoods: the same in `score` and in an export."""

from __future__ import annotations

import tensorflow as tf

from ..layers.bernoulli_loss import bernoulli_nll
from .frame_network import FrameNetwork
from .frame_pitches import PitchRange
from .frame_text import JOINED, SILENCE


class FrameModule(tf.Module):
    """Lines of steps in, likelihoods out; see `frame_text` for how a step is written.

    `serve(text (B,) of string)` returns, padded to the longest piece: nlls (B, T), -log p of each frame in nats, lengths (B,),
    nll_per_frame (B,), their mean, 0 where there is none; of the step after each piece next_pitches (B, P) of MIDI and
    next_probabilities (B, P); and outside (B,), how many words joined by `+` are no pitch that the model has a place for:
    they cost nothing.

    Args:
        network: predicts.
        pitches: the pitches of its outputs.
    """

    def __init__(self, network: FrameNetwork, pitches: PitchRange) -> None:
        super().__init__()
        self.pitches = pitches
        names = [str(pitch) for pitch in range(pitches.low, pitches.high + 1)]
        table = tf.lookup.KeyValueTensorInitializer(names, tf.range(len(names)))
        self.places = tf.lookup.StaticHashTable(table, -1)

        def serve(text: tf.Tensor) -> dict[str, tf.Tensor]:
            frames, lengths, outside = self.read(text)
            return {**self._answer(network, frames, lengths), "outside": outside}

        strings = tf.TensorSpec((None,), tf.string, name="text")
        self.serve = tf.function(serve, input_signature=[strings])

    def read(self, text: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """The frames (B, T, P), how many each piece has (B,), and how many words have no place (B,)."""
        steps = tf.strings.split(text)
        words = tf.strings.split(steps.values, JOINED)
        places, sounds = self.places.lookup(words.values), words.values != SILENCE
        inside = places >= 0
        where = tf.stack([tf.cast(tf.boolean_mask(words.value_rowids(), inside), tf.int32), places[inside]], axis=1)
        size = tf.stack([tf.shape(steps.values)[0], len(self.pitches)])
        rows = tf.minimum(tf.scatter_nd(where, tf.ones_like(places[inside]), size), 1)
        missing = tf.RaggedTensor.from_row_splits(tf.cast(sounds & ~inside, tf.int32), words.row_splits)
        by_piece = steps.with_values(tf.reduce_sum(missing, axis=1))
        frames = steps.with_values(rows).to_tensor(shape=[None, None, len(self.pitches)])
        return frames, tf.cast(steps.row_lengths(), tf.int32), tf.reduce_sum(by_piece, axis=1)

    def _answer(self, network: FrameNetwork, frames: tf.Tensor, lengths: tf.Tensor) -> dict[str, tf.Tensor]:
        log_odds = network(frames)
        real = tf.sequence_mask(lengths, tf.shape(frames)[1])
        nlls = tf.where(real, bernoulli_nll(frames, log_odds[:, :-1]), 0.0)
        following = tf.sigmoid(tf.gather(log_odds, lengths, batch_dims=1))
        pitches = tf.range(self.pitches.low, self.pitches.high + 1)
        return {
            "nlls": nlls,
            "lengths": lengths,
            "nll_per_frame": tf.math.divide_no_nan(tf.reduce_sum(nlls, axis=1), tf.cast(lengths, tf.float32)),
            "next_pitches": tf.tile(pitches[None], [tf.shape(frames)[0], 1]),
            "next_probabilities": following,
        }
