"""The shape of a word: the kinds of its characters in their order, such as Xx for Rome and X.X. for U.S."""

from itertools import groupby
from typing import Any
from unicodedata import category

import tensorflow as tf

# The sign of each kind, and the categories of Unicode that are of it. In this order: what one step puts in is not met by a
# later one.
KINDS = {"x": ("Ll",), "X": ("Lu", "Lt"), "0": ("Nd",), "a": ("Lo", "Lm")}
SIGNS = {name: sign for sign, names in KINDS.items() for name in names}


def word_shapes(tokens: Any) -> Any:
    """Tokens (N,) of string, NFKC, to their shapes (N,).

    A run of small letters becomes x, of capitals X, of digits 0, of letters without case (Han, Hebrew) a; every other
    character stands for itself.

    Example: `word_shapes(["McDonald's", "B-747", "郑州"])` is ["XxXx'x", "X-0", "a"].
    """
    for sign, names in KINDS.items():
        kind = "".join(rf"\p{{{name}}}" for name in names)
        tokens = tf.strings.regex_replace(tokens, f"[{kind}]+", sign)
    return tokens


def word_shape(token: str) -> str:
    """The shape of one token, outside a graph."""
    runs = groupby(token, lambda character: SIGNS.get(category(character)))
    return "".join(sign or "".join(run) for sign, run in runs)
