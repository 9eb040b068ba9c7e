"""The shape of a word: the kinds of its characters in their order, such as Xx for Rome and X.X. for U.S."""

from typing import Any

import tensorflow as tf

# In this order: what one step puts in is not met by a later one.
KINDS = (
    (r"\p{Ll}+", "x"),
    (r"[\p{Lu}\p{Lt}]+", "X"),
    (r"\p{Nd}+", "0"),
    (r"[\p{Lo}\p{Lm}]+", "a"),
)


def word_shapes(tokens: Any) -> Any:
    """Tokens (N,) of string, NFKC, to their shapes (N,).

    A run of small letters becomes x, of capitals X, of digits 0, of letters without case (Han, Hebrew) a; every other
    character stands for itself.

    Example: `word_shapes(["McDonald's", "B-747", "郑州"])` is ["XxXx'x", "X-0", "a"].
    """
    for pattern, kind in KINDS:
        tokens = tf.strings.regex_replace(tokens, pattern, kind)
    return tokens
