"""Words to tagged characters and back; the characters are those that the graph's rule "char" finds."""

import gzip
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from keras_seq.datasets import (
    BadRecord,
    InputError,
    LabeledSequence,
    SegmentedFile,
    characters_of,
    read_segmented,
    words_of,
    write_segmented,
)
from keras_seq.datasets.segmented import sequence_of, words_in
from keras_seq.layers import TextTokenizer

# Unicode's white space, the separators of ASCII, which are none, marks, joiners, signs outside the first plane.
ODD = [*" \t\v\f\r\x1c\x1f\x85\xa0\u1680\u2000\u200a\u2028\u3000", *"e\u0301\u0345\u20dd\u093e\u200d\ufeff가中１ﬁ😀🏽"]
POINTS = st.characters(exclude_categories=["Cs", "Cn"], exclude_characters="\0\n") | st.sampled_from(ODD)
LINES = st.lists(POINTS, max_size=12).map("".join)
WORDS = LINES.map(lambda line: "".join(words_in(line))).filter(bool)


@pytest.fixture(scope="module")
def tokenizer():
    return TextTokenizer("char")


@pytest.fixture
def write(tmp_path):
    def written(content, name="train.txt"):
        path = tmp_path / name
        path.write_bytes(gzip.compress(content.encode()) if name.endswith(".gz") else content.encode())
        return path

    return written


@settings(max_examples=200)
@given(line=LINES)
@example(line="共同  创造 e\u0301\u0323x \u0301")
@example(line="a\x1cb\x85c\xa0d\u3000e")
def test_characters_are_those_of_the_token_rule(tokenizer, line):
    tokens = [token.decode() for token in tokenizer([line]).text.to_list()[0]]
    ours = [character for word in words_in(line) for character in characters_of(word)]
    assert [unicodedata.normalize("NFKC", character) for character in ours] == tokens


@settings(max_examples=100)
@given(words=st.lists(WORDS, max_size=6))
def test_words_come_back(words):
    found = sequence_of(words)
    assert words_of(found.tokens, found.tags) == words


def test_a_worked_example():
    assert sequence_of(["共同", "创造", "e\u0301a", "的"]) == LabeledSequence(
        ("共", "同", "创", "造", "e\u0301", "a", "的"), tuple("BIBIBIB")
    )


@pytest.mark.parametrize(("tags", "words"), [("BIBB", ["AB", "C", "D"]), ("IIBI", ["AB", "CD"]), ("BBBB", [*"ABCD"])])
def test_words_of_characters(tags, words):
    assert words_of("ABCD", tags) == words
    assert words_of([], []) == []


@pytest.mark.parametrize(
    ("tags", "message"),
    [("BI", "^expected a tag for each of 3 characters, got 2 tags$"), ("BOI", "^tag 2: expected B or I, got 'O'$")],
)
def test_tags_that_make_no_words(tags, message):
    with pytest.raises(InputError, match=message):
        words_of("abc", tags)


@pytest.mark.parametrize("name", ["a.txt", "a.txt.gz"])
def test_a_file_has_a_sentence_a_line(write, name):
    found = SegmentedFile(write("共同  创造  \r\n\n\u3000\n的\n", name))
    assert list(found) == [LabeledSequence(tuple("共同创造"), tuple("BIBI")), LabeledSequence(("的",), ("B",))]
    assert len(found) == len(list(found)) == 2


def test_it_is_read_lazily(write):
    found = SegmentedFile(path := write("a b\n" * 100_000))
    reading = iter(found)
    next(reading)
    path.write_text("")  # what is read later is read from the file, not from memory
    assert len(list(reading)) < 50_000


@pytest.mark.parametrize("content", ["", "\n \n"])
def test_a_file_without_sentences_is_refused(write, content):
    with pytest.raises(BadRecord, match=r":1: expected sentences, got none$"):
        SegmentedFile(write(content))


def test_what_finds_the_words_may_be_given_and_its_mistakes_get_a_line(write):
    def numbers_removed(line):
        if "x" in line:
            raise InputError("no x is expected")
        return [word for word in line.split() if not word.isdigit()]

    assert [found.tokens for found in SegmentedFile(write("1 ab\n2\n"), numbers_removed)] == [("a", "b")]
    with pytest.raises(BadRecord, match=r"train\.txt:2: no x is expected$"):
        SegmentedFile(write("a\nx\n"), numbers_removed)


def test_a_corpus_of_characters(write):
    corpus = read_segmented(write("ab c\n"), write("d\n", "dev"), write("e\n", "test"))
    assert [example.tokens for split in (corpus.train, corpus.valid, corpus.test) for example in split] == [
        ("a", "b", "c"),
        ("d",),
        ("e",),
    ]
    assert (corpus.name, corpus.tokens, corpus.tagging) == ("train", "char", "spans")


def test_without_validation_data_a_tenth_is_held_out(write):
    corpus = read_segmented(write("ab c\n" * 30))
    assert (len(corpus.train), len(corpus.valid), len(corpus.test)) == (27, 3, 0)


def test_what_is_written_is_read(tmp_path):
    write_segmented(path := tmp_path / "a.txt", [["共同", "创造"], [], ("的",)])
    assert path.read_text("utf-8") == "共同 创造\n\n的\n"
    assert [words_of(found.tokens, found.tags) for found in SegmentedFile(path)] == [["共同", "创造"], ["的"]]


@pytest.mark.parametrize(
    ("sentence", "message"),
    [
        (["a", ""], "sentence 2: expected words without white space, got ''"),
        (["a b"], "sentence 2: expected words without white space, got 'a b'"),
        ("ab", "sentence 2: expected a list of words, got 'ab'"),
    ],
)
def test_what_would_be_read_otherwise_is_not_written(tmp_path, sentence, message):
    (path := tmp_path / "a.txt").write_text("old")
    with pytest.raises(InputError, match=f"^{message}$"):
        write_segmented(path, [["a"], sentence])
    assert path.read_text() == "old"
