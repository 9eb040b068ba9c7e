"""A word as its letter trigrams, hashed (Huang et al., 2013): cat with borders is #cat#, its trigrams are #ca, cat, at#."""

from typing import Any

import tensorflow as tf


def trigram_ids(tokens: Any, buckets: int, max_characters: int) -> tf.Tensor:
    """The ids of each token's trigrams, as many as it has letters.

    Args:
        tokens: (N,) of string.
        buckets: how many ids there are beside padding; trigrams that meet in one are not told apart.
        max_characters: C, the number of letters that count, from the token's start.

    Returns (N, C) of int32 from 1 on; 0 is padding. The hash (FarmHash) is the same on every machine.

    Example: `trigram_ids(["cat"], 5000, 4)` has three ids and a 0.

    Reference: Huang et al., Learning deep structured semantic models for web search using clickthrough data, 2013.
    """
    letters = tf.strings.unicode_split(tokens, "UTF-8")[:, :max_characters]
    trigrams = tf.strings.ngrams(letters, 3, separator="", pad_values=("#", "#"), padding_width=1)
    ids = 1 + tf.strings.to_hash_bucket_fast(trigrams.values, buckets)
    return tf.cast(trigrams.with_values(ids).to_tensor(0, shape=(None, max_characters)), tf.int32)
