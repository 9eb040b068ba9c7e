"""New texts made of a batch's own, for a network that is to copy any of them: what is read is what is to be written.

Units are exchanged for others of the batch, so the frequent ones come in often; or a text goes on, from a random place, as
another one does at that place.
"""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from ..layers import END_ID, UNKNOWN_ID


def replaced(ids: Any, share: float, seeds: Any) -> Any:
    """The ids (B, …), a share of the units exchanged for any of the batch; padding and ends stay.

    Args:
        ids: 0 is padding.
        share: from 0 to below 1.
        seeds: a `SeedGenerator`.
    """
    if not share:
        return ids
    shape, real = tf.shape(ids), ids > END_ID
    units = tf.boolean_mask(ids, real)
    places = tf.random.stateless_uniform(shape, seeds.next(), 0, tf.maximum(tf.size(units), 1), tf.int32)
    drawn = tf.gather(tf.concat([units, [UNKNOWN_ID]], axis=0), places)  # a batch of nothing but padding has no units
    return tf.where(real & (tf.random.stateless_uniform(shape, seeds.next()) < share), drawn, ids)


def crossed(ids: Any, share: float, seeds: Any) -> Any:
    """The ids, of a share of the rows the beginning alone, and after it what stands there in another row.

    Args:
        ids: (B, T) of units, or (B, N, T) of sentences, which stay whole; each row has its end.
        share: from 0 to 1.
        seeds: a `SeedGenerator`.
    """
    if not share:
        return ids
    rows, steps = tf.shape(ids)[0], tf.shape(ids)[1]
    first = ids if len(ids.shape) == 2 else ids[:, :, 0]
    lengths = tf.reduce_sum(tf.cast(first > 0, tf.int32), axis=1)
    other = tf.random.experimental.stateless_shuffle(tf.range(rows), seeds.next())
    most = tf.minimum(lengths, tf.gather(lengths, other))  # both ends lie at that place, or behind it
    drawn = tf.random.stateless_uniform([2, rows], seeds.next())
    place = tf.cast(drawn[0] * tf.cast(most, tf.float32), tf.int32)
    moved = (tf.range(steps) >= place[:, None]) & ((drawn[1] < share) & (most > 0))[:, None]
    return tf.where(moved if len(ids.shape) == 2 else moved[:, :, None], tf.gather(ids, other), ids)
