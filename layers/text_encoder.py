"""Tokens to the numbers that a network reads: the id of each word, and the ids of its characters."""

from typing import Any

import tensorflow as tf

from .text_tokenizer import normalize
from .text_vocabulary import Vocabulary


class TokenEncoder(tf.Module):
    """Looks tokens up after folding what should not tell them apart.

    Args:
        words: the vocabulary of folded tokens.
        characters: the vocabulary of the letters of unfolded tokens; None leaves them out.
        lowercase: whether words are looked up in lower case.
        mask_digits: whether every digit of a word is looked up as 0.
        max_characters: C, the number of letters of a token that count, from its start.

    Call arguments:
        tokens: (N,) of string, normalised or not.

    Returns {"words": (N,)} and, with a vocabulary of characters, {"characters": (N, C)}, int32.

    Example: `TokenEncoder(Vocabulary(["paris"]), lowercase=True)(["Paris"])["words"]` is [2].
    """

    def __init__(
        self,
        words: Vocabulary,
        characters: Vocabulary | None = None,
        lowercase: bool = False,
        mask_digits: bool = False,
        max_characters: int = 20,
    ):
        super().__init__()
        self.words = words
        self.characters = characters
        self.lowercase = lowercase
        self.mask_digits = mask_digits
        self.max_characters = max_characters

    def __call__(self, tokens: Any) -> dict[str, tf.Tensor]:
        tokens = normalize(tokens)
        features = {"words": self.words(fold(tokens, self.lowercase, self.mask_digits))}
        if self.characters is not None:
            features["characters"] = _spell(tokens, self.characters, self.max_characters)
        return features


def _spell(tokens, characters, count):
    letters = tf.strings.unicode_split(tokens, "UTF-8")[:, :count]
    return characters(letters).to_tensor(0, shape=(None, count))


def fold(tokens: Any, lowercase: bool, mask_digits: bool) -> Any:
    """The form in which a word is looked up, (N,) of string: in lower case and with digits as 0, where asked for."""
    if lowercase:
        tokens = tf.strings.lower(tokens, "utf-8")
    if mask_digits:
        tokens = tf.strings.regex_replace(tokens, r"\p{Nd}", "0")
    return tokens
