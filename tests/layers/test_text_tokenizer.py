"""Tokens and their places in the user's own bytes, against Python's unicodedata on any text."""

import unicodedata

import pytest
import tensorflow as tf
from hypothesis import example, given, settings
from hypothesis import strategies as st

from keras_seq.layers import RULES, TextTokenizer, normalize

# Unicode's White_Space, and NUL.
BLANKS = {*"\0\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000", *map(chr, range(0x2000, 0x200B))}
# What breaks offsets: ligatures, signs that NFKC makes longer or shorter, full width, marks, right to left, emoji, joiners.
ODD = [
    *"ﬁ㎏①½ﷺＡ１，。가각가\u0301\u0308\u0345\u05b0\u0651عربيעשéİßΣ\ufeff\u200b\u200d\u200e😀👩🏽🇩中\U00020000-.'\"$+",
    "👩‍💻",
    "e\u0301",
]
CHARACTERS = st.one_of(
    st.characters(exclude_categories=["Cs", "Cn"]),  # Python's and ICU's versions of Unicode differ in unassigned ones
    st.sampled_from(sorted(BLANKS)),
    st.sampled_from(ODD),
)
TEXTS = st.lists(st.lists(CHARACTERS, max_size=12).map("".join), min_size=1, max_size=4)


def begins_alone(character, before, rule):
    """Whether a visible character begins a token, after `before` ("" at the start); the rules in one line each."""
    if before == "" or before in BLANKS:
        return True
    if rule == "char":
        return unicodedata.category(character)[0] != "M"
    return rule == "word" and (is_mark(character) or is_mark(before))


def is_mark(character):
    """Whether it is punctuation or a symbol."""
    return unicodedata.category(character)[0] in "PS"


def split(text, rule):
    """The places [start, end) of the tokens, counted in characters."""
    places = []
    for i, character in enumerate(text):
        if character in BLANKS:
            continue
        if begins_alone(character, text[i - 1] if i else "", rule):
            places.append([i, i])
        places[-1][1] = i + 1
    return places


def in_bytes(text, places):
    """Places counted in UTF-8 bytes."""
    return [[len(text[:edge].encode()) for edge in place] for place in places]


@pytest.fixture(scope="module", params=RULES)
def rule(request):
    return request.param


@pytest.fixture(scope="module")
def tokenizer(rule):
    return TextTokenizer(rule)


@pytest.fixture(scope="module")
def graph(tokenizer):
    """The tokenizer as a served model runs it: built once, for any batch."""
    return tf.function(tokenizer, input_signature=[tf.TensorSpec((None,), tf.string)])


@settings(max_examples=60)
@given(texts=TEXTS)
@example(texts=["我一月一号去郑州", "我　去 郑州", "", " ", "ﬁ ㎏①", "e\u0301 \u0301e", "a\0b", "\ufeffa", "\x85"])
def test_tokens_stand_where_the_rule_says(graph, rule, texts):
    tokens = graph(tf.constant([text.encode() for text in texts]))
    places = zip(tokens.starts.to_list(), tokens.ends.to_list(), strict=True)
    found = [[list(place) for place in zip(*row, strict=True)] for row in places]
    assert found == [in_bytes(text, split(text, rule)) for text in texts]


@settings(max_examples=50)
@given(texts=TEXTS)
@example(texts=["ﬁ ㎏①", "ＡＢＣ１２３", "e\u0301", "가", "😀👩🏽", "ﷺ"])
def test_a_token_is_its_source_in_nfkc(graph, texts):
    tokens = graph(tf.constant([text.encode() for text in texts]))
    for text, *row in zip(texts, *(part.to_list() for part in tokens), strict=True):
        for token, start, end in zip(*row, strict=True):
            assert token.decode() == unicodedata.normalize("NFKC", text.encode()[start:end].decode())


@settings(max_examples=30)
@given(texts=TEXTS)
def test_no_visible_character_is_lost(graph, texts):
    tokens = graph(tf.constant([text.encode() for text in texts]))
    for text, starts, ends in zip(texts, tokens.starts.to_list(), tokens.ends.to_list(), strict=True):
        sources = [text.encode()[start:end].decode() for start, end in zip(starts, ends, strict=True)]
        assert "".join(sources) == "".join(c for c in text if c not in BLANKS)


@settings(max_examples=50)
@given(texts=st.lists(st.binary(max_size=12), min_size=1, max_size=4))
@example(texts=[b"a\xff\xfeb c", b"\xe4\xb8", b"\xed\xa0\x80 x", b"\xc2 \x85", b"\xe3\x80"])
def test_any_bytes_give_valid_tokens_in_order(graph, texts):
    tokens = graph(tf.constant(texts))
    for text, *row in zip(texts, *(part.to_list() for part in tokens), strict=True):
        position = 0
        for token, start, end in zip(*row, strict=True):
            assert token.decode()
            assert position <= start < end <= len(text)
            position = end


@pytest.mark.parametrize("bad", [b"\xff", b"\xe4\xb8", b"\xc3"])
def test_bytes_that_are_not_utf8_count_as_the_replacement_character(tokenizer, bad):
    assert tokenizer([b"x " + bad + b" y"]).text.to_list() == [[b"x", "\ufffd".encode(), b"y"]]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("whitespace", ["Boston", "to", "$5-a-day", "don't", "北京。"]),
        ("word", ["Boston", "to", "$", "5", "-", "a", "-", "day", "don", "'", "t", "北京", "。"]),
        ("char", [*"Bostonto$5-a-daydon't北京。"]),
    ],
)
def test_the_rules_by_example(rule, expected):
    tokens = TextTokenizer(rule)(["Boston to\t$5-a-day  don't 北京。"]).text.to_list()[0]
    assert [token.decode() for token in tokens] == expected


def test_a_character_keeps_its_marks():
    assert TextTokenizer("char")(["e\u0301\u0323x"]).text.to_list() == [["ẹ\u0301".encode(), b"x"]]


def test_a_batch_without_strings_has_no_rows(tokenizer):
    assert [part.to_list() for part in tokenizer([])] == [[], [], []]


def test_offsets_are_int64(tokenizer):
    tokens = tokenizer(["a"])
    assert tokens.starts.dtype == tokens.ends.dtype == tf.int64


def test_it_runs_in_a_graph_of_unknown_batch(graph, tokenizer):
    for texts in (["我 去 郑州", "", "ﬁ, x"], ["a"], tf.constant([], tf.string)):
        for ours, expected in zip(graph(tf.constant(texts)), tokenizer(texts), strict=True):
            assert ours.to_list() == expected.to_list()


def test_ten_thousand_characters_are_ten_thousand_tokens():
    assert TextTokenizer("char")(["郑" * 10_000]).starts.to_list() == [list(range(0, 30_000, 3))]


def test_another_rule_is_one_line():
    with pytest.raises(ValueError, match=r"^tokens='words', expected one of whitespace, word, char$"):
        TextTokenizer("words")


@settings(max_examples=50)
@given(text=st.lists(CHARACTERS, max_size=12).map("".join))
def test_normalisation_is_nfkc(text):
    assert normalize(tf.constant([text.encode()])).numpy()[0].decode() == unicodedata.normalize("NFKC", text)
