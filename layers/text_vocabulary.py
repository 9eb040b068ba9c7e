"""Tokens to ids and back: 0 is padding, 1 is every token that the vocabulary lacks."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
import tensorflow as tf

PAD, UNK = "<PAD>", "<UNK>"


class Vocabulary(tf.Module):
    """A list of tokens with their ids, the same in Python and in the graph.

    Args:
        tokens: distinct tokens in the order of their ids, from id 2 on.

    Call arguments:
        tokens: (...) of string, dense or ragged.

    Returns ids (...) of int32; 1 for a token that is not in the list.

    Raises ValueError where a token stands twice.

    Example: `Vocabulary(["去", "郑"])(["郑", "州"])` is [3, 1].
    """

    def __init__(self, tokens: Sequence[str]):
        super().__init__()
        self.tokens = (PAD, UNK, *tokens)
        if len(set(self.tokens)) != len(self.tokens):
            twice = next(token for token, count in Counter(self.tokens).items() if count > 1)
            raise ValueError(f"vocabulary: token {twice!r} stands twice, expected distinct tokens")
        with tf.init_scope():
            self._table = _table(list(tokens))

    @classmethod
    def learn(cls, tokens: Iterable[str], min_count: int = 1) -> "Vocabulary":
        """The vocabulary of the tokens seen at least `min_count` times, the most frequent first."""
        counts = Counter(tokens)
        kept = [token for token, count in counts.items() if count >= min_count and token not in (PAD, UNK, "")]
        return cls(sorted(kept, key=lambda token: (-counts[token], token)))

    def __len__(self) -> int:
        return len(self.tokens)

    def __call__(self, tokens):
        if isinstance(tokens, tf.RaggedTensor):
            return tokens.with_values(self(tokens.values))
        return self._table.lookup(tf.convert_to_tensor(tokens, tf.string))

    def decode(self, ids: np.ndarray) -> list[str]:
        """The tokens of a vector of ids."""
        return [self.tokens[i] for i in ids]


def _table(tokens: list[str]) -> tf.lookup.StaticHashTable:
    keys = tf.constant([UNK, *tokens], tf.string)  # with UNK, because TensorFlow refuses an empty table
    ids = tf.range(1, 2 + len(tokens), dtype=tf.int32)
    return tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(keys, ids), default_value=1)
