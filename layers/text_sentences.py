"""Raw text to sentences, in the graph, by a simple rule: nothing is lost, and nothing is known of abbreviations.

A sentence ends at a line break, and after a run of . ! ? … 。 ！ ？ with the quotes or brackets that close behind it, where a
blank follows. In text without blanks between tokens (the rule `char`) none need follow.
"""

from __future__ import annotations

from typing import Any

import tensorflow as tf

MARKS = r"""([.!?…。！？]+["'”’)\]»」』\p{M}]*)"""
BLANK = r"([\s\p{Z}\x{0B}\x{85}])"
BORDER = "\x00"  # the tokenizer reads it as a blank, too


def text_sentences(texts: Any, rule: str) -> tf.RaggedTensor:
    """The sentences of texts (B,), ragged (B, None) of string; put together they are the text, with a blank for each NUL.

    The blank after a sentence begins the next one. A text without any sentence has one piece, and pieces of nothing but
    blanks are among the others.

    Args:
        rule: that of `TextTokenizer`, by which the texts are split into tokens.

    Example: `text_sentences(["It rains. Why?"], "word")` is [["It rains.", " Why?"]].
    """
    texts = tf.strings.regex_replace(tf.convert_to_tensor(texts, tf.string), BORDER, " ")
    texts = tf.strings.regex_replace(texts, "\n", f"{BORDER}\n")
    ends = (MARKS, rf"\1{BORDER}") if rule == "char" else (MARKS + BLANK, rf"\1{BORDER}\2")
    return tf.strings.split(tf.strings.regex_replace(texts, *ends), BORDER)


def blank_between(rule: str) -> str:
    """What stands between two sentences that are put together again."""
    return "" if rule == "char" else " "
