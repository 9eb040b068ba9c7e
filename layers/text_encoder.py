"""Tokens to the numbers that a network reads: the id of each word, and those of its letters, its shape, its neighbours."""

from typing import Any

import tensorflow as tf

from .text_bigrams import left_and_right, token_pairs
from .text_shape import word_shapes
from .text_tokenizer import normalize
from .text_trigrams import trigram_ids
from .text_vocabulary import Vocabulary


class TokenEncoder(tf.Module):
    """Looks tokens up after folding what should not tell them apart, and what their letters and neighbours are.

    Args:
        words: the vocabulary of folded tokens.
        characters: the vocabulary of the letters of unfolded tokens; None leaves them out, as with all that follow.
        lowercase: whether words are looked up in lower case.
        mask_digits: whether every digit of a word is looked up as 0.
        max_characters: C, the number of letters of a token that count, from its start.
        shapes: the vocabulary of the shapes of unfolded tokens; see `word_shapes`.
        trigrams: the number of ids that letter trigrams of folded tokens are hashed to; see `trigram_ids`.
        bigrams: the vocabulary of pairs of folded tokens; see `token_pairs`.

    Call arguments:
        tokens: ragged (B, None) of string, normalised or not; or the tokens of one row, (N,).

    Returns a dict of int32: "words" (B, None) and, where they are not left out, "characters" and "trigrams" (B, None, C),
    "shapes" (B, None), "bigrams" (B, None, 2); for one row (N, ...) each.

    Example: `TokenEncoder(Vocabulary(["paris"]), lowercase=True)(["Paris"])["words"]` is [2].
    """

    def __init__(
        self,
        words: Vocabulary,
        characters: Vocabulary | None = None,
        lowercase: bool = False,
        mask_digits: bool = False,
        max_characters: int = 20,
        shapes: Vocabulary | None = None,
        trigrams: int = 0,
        bigrams: Vocabulary | None = None,
    ):
        super().__init__()
        self.words = words
        self.characters = characters
        self.lowercase = lowercase
        self.mask_digits = mask_digits
        self.max_characters = max_characters
        self.shapes = shapes
        self.trigrams = trigrams
        self.bigrams = bigrams

    def __call__(self, tokens: Any) -> dict[str, Any]:
        if isinstance(tokens, tf.RaggedTensor):
            return {name: tokens.with_values(ids) for name, ids in self._features(tokens).items()}
        tokens = tf.convert_to_tensor(tokens, tf.string)
        return self._features(tf.RaggedTensor.from_row_lengths(tokens, tf.shape(tokens, tf.int64)))

    def _features(self, rows: tf.RaggedTensor) -> dict[str, tf.Tensor]:
        """The ids of the N tokens of all rows."""
        tokens = normalize(rows.values)
        folded = fold(tokens, self.lowercase, self.mask_digits)
        features = {"words": self.words(folded)}
        if self.characters is not None:
            features["characters"] = _spell(tokens, self.characters, self.max_characters)
        if self.shapes is not None:
            features["shapes"] = self.shapes(word_shapes(tokens))
        if self.trigrams:
            features["trigrams"] = trigram_ids(folded, self.trigrams, self.max_characters)
        if self.bigrams is not None:
            features["bigrams"] = left_and_right(self.bigrams(token_pairs(rows.with_values(folded))))
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
