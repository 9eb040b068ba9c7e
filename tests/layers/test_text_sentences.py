"""Sentences of raw text, by a rule that loses nothing."""

import random

import pytest
import tensorflow as tf

from keras_seq.layers import TextTokenizer
from keras_seq.layers.text_sentences import blank_between, text_sentences


def pieces(text, rule="word"):
    return [piece.decode() for piece in text_sentences([text], rule)[0].numpy()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It rains. Why? So!", ["It rains.", " Why?", " So!"]),
        ('He said "no." Then he left...  Bye', ['He said "no."', " Then he left...", "  Bye"]),
        ("pi is 3.14 or so", ["pi is 3.14 or so"]),
        ("one\ntwo", ["one", "\ntwo"]),
        ("好。\u3000再见！", ["好。", "\u3000再见！"]),
        ("a.\x85b", ["a.", "\x85b"]),
        ("好。再见", ["好。再见"]),  # one token between blanks, which stays one
        ("", [""]),
        ("... what", ["...", " what"]),
    ],
)
def test_a_sentence_ends_after_its_marks_where_a_blank_follows(text, expected):
    assert pieces(text) == expected
    assert pieces(text, "whitespace") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("好。再见！“走？”走", ["好。", "再见！", "“走？”", "走"]),
        ("一\n二", ["一", "\n二"]),
        ("好。\u0301再", ["好。\u0301", "再"]),  # a mark stands on the full stop
    ],
)
def test_without_blanks_between_tokens_none_need_follow(text, expected):
    assert pieces(text, "char") == expected


def strange(count):
    """Random strings of what the rule is about."""
    draw, letters = random.Random(0), "ab3 .!?…。！？\"'”)」\n\r\t\x00\x0b\x85\u3000\u0301é去"
    return ["".join(draw.choices(letters, k=draw.randint(0, 30))) for _ in range(count)]


@pytest.mark.parametrize("rule", ["word", "whitespace", "char"])
class TestNothingIsLost:
    TEXTS = strange(300)

    def test_pieces_make_the_text(self, rule):
        found = [b"".join(row).decode() for row in text_sentences(self.TEXTS, rule).to_list()]
        assert found == [text.replace("\x00", " ") for text in self.TEXTS]

    def test_sentences_have_the_tokens_of_the_text(self, rule):
        tokenizer, found = TextTokenizer(rule), text_sentences(self.TEXTS, rule)
        apart = found.with_values(tokenizer(found.values).text).merge_dims(1, 2).to_list()
        joined = tf.strings.reduce_join(found, axis=1, separator=blank_between(rule))
        assert apart == tokenizer(self.TEXTS).text.to_list() == tokenizer(joined).text.to_list()
