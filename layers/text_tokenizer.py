"""Strings to tokens inside the graph, with the place of each token in the user's own string.

The same TensorFlow ops run in training, in Python's `predict` and in a served model, so the three cannot disagree.
"""

from typing import Any, NamedTuple

import tensorflow as tf
import tensorflow_text as tf_text

from ..datasets.corpus import TOKEN_RULES

RULES = TOKEN_RULES


class Tokens(NamedTuple):
    """Ragged tensors (B, None): the tokens (NFKC), and their bytes [start, end) in the string as it was given."""

    text: tf.RaggedTensor
    starts: tf.RaggedTensor
    ends: tf.RaggedTensor


class TextTokenizer(tf.Module):
    """Splits UTF-8 strings, then normalises each token (NFKC): the offsets never pass through the normalisation.

    Args:
        rule: "whitespace" (split at Unicode white space), "word" (white space, and every punctuation mark or symbol
            apart) or "char" (every character that is not white space, with its combining marks; what Chinese needs).

    Call arguments:
        texts: (B,) of string. Bytes that are not UTF-8 count as U+FFFD, and NUL as white space.

    Returns `Tokens`.

    Raises ValueError for another rule.

    Example: `TextTokenizer("char")(["去 郑州"]).text` is [["去", "郑", "州"]].
    """

    def __init__(self, rule: str = "whitespace"):
        super().__init__()
        if rule not in RULES:
            raise ValueError(f"tokens={rule!r}, expected one of {', '.join(RULES)}")
        self.rule = rule

    def __call__(self, texts: Any) -> Tokens:
        tokens, starts, ends = _SPLITS[self.rule](_plain_blanks(tf.convert_to_tensor(texts, tf.string)))
        return Tokens(
            tokens.with_values(normalize(tokens.values)),
            tf.cast(starts, tf.int64),
            tf.cast(ends, tf.int64),
        )


def normalize(tokens):
    """NFKC of tokens that are already split, (...) of string; bytes that are not UTF-8 become U+FFFD."""
    return tf_text.normalize_utf8(tf.strings.unicode_transcode(tokens, "UTF-8", "UTF-8"), "NFKC")


def _plain_blanks(texts):
    """The same bytes, but for all of Unicode's white space, each byte of it a space: a split then cuts at no half character.

    WhitespaceTokenizer (2.21) gives the first bytes of a wide space, U+3000 say, to the token before it; the word rule
    reads up to the first NUL, and RE2's white space lacks U+000B and U+0085.
    """
    texts = tf.strings.regex_replace(texts, r"[\x00\x{0B}]", " ")
    texts = tf.strings.regex_replace(texts, r"[\x{85}\x{A0}]", " " * 2)
    return tf.strings.regex_replace(
        texts, r"[\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}]", " " * 3
    )


def _split_whitespace(texts):
    return tf_text.WhitespaceTokenizer().tokenize_with_offsets(texts)


def _split_words(texts):
    return tf_text.regex_split_with_offsets(
        texts, delim_regex_pattern=r"\s+|[\p{P}\p{S}]", keep_delim_regex_pattern=r"[\p{P}\p{S}]"
    )


def _split_characters(texts):
    points, starts = tf.strings.unicode_split_with_offsets(texts, "UTF-8")  # code points, (B, None)
    rows, points, starts = points.value_rowids(), points.values, starts.values  # (P,) of all rows together
    begins = _character_begins(points, rows)
    characters = tf.strings.reduce_join(tf.RaggedTensor.from_row_starts(points, begins), axis=1)
    last = _before_next(begins, tf.size(points, tf.int64)) - 1  # the last point of each character
    ends = tf.gather(_point_ends(texts, rows, starts), last)
    visible = tf.where(~_matches(tf.gather(points, begins), _BLANK))[:, 0]
    rows = tf.gather(rows, tf.gather(begins, visible))
    return tuple(
        tf.RaggedTensor.from_value_rowids(tf.gather(x, visible), rows, nrows=tf.size(texts, tf.int64))
        for x in (characters, tf.gather(starts, begins), ends)
    )


def _character_begins(points, rows):
    """Indices of the points that begin a character: all but the marks that stand on the point before them."""
    opens_row = tf.concat([rows[:1] >= 0, rows[1:] != rows[:-1]], axis=0)
    after_blank = tf.concat([opens_row[:1], _matches(points[:-1], _BLANK)], axis=0)
    return tf.where(opens_row | after_blank | ~_matches(points, _MARK))[:, 0]


def _point_ends(texts, rows, starts):
    """The byte where each point ends: the start of the next one in its row, or the end of the string."""
    sizes = tf.gather(tf.cast(tf.strings.length(texts), tf.int64), rows)
    closes_row = tf.concat([rows[1:] != rows[:-1], rows[:1] >= 0], axis=0)
    return tf.where(closes_row, sizes, _before_next(starts, tf.constant(0, tf.int64)))


def _before_next(values, final):
    """Each value's successor; `final` after the last."""
    return tf.concat([values[1:], final[None]], axis=0)[: tf.size(values)]


def _matches(points, pattern):
    return tf.strings.regex_full_match(points, pattern)


_BLANK = r"\s"
_MARK = r"\p{M}"
_SPLITS = {"whitespace": _split_whitespace, "word": _split_words, "char": _split_characters}
