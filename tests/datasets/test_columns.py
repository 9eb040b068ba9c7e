import gzip
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_seq.datasets import BadRecord, ColumnFile, InputError, LabeledSequence, read_columns

CONLL = """-DOCSTART- -X- O O

EU NNP I-NP I-ORG
rejects VBZ I-VP O

-DOCSTART- -X- O O
Rome NNP I-NP I-LOC
Paris NNP I-NP B-LOC
"""


@pytest.fixture
def write(tmp_path):
    def written(text, name="train.conll"):
        path = tmp_path / name
        path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
        return path

    return written


@pytest.mark.parametrize("name", ["train.conll", "train.conll.gz"])
def test_sentences_end_at_blank_lines_and_documents(write, name):
    found = ColumnFile(write(CONLL, name), scheme="IOB1")
    assert list(found) == [
        LabeledSequence(("EU", "rejects"), ("B-ORG", "O")),
        LabeledSequence(("Rome", "Paris"), ("B-LOC", "B-LOC")),
    ]
    assert len(found) == 2


def test_it_reads_again_and_again(write):
    found = ColumnFile(write("a O\n\nb O\n"))
    assert list(found) == list(found)
    assert len(list(found)) == 2


def test_it_is_read_lazily(write):
    found = ColumnFile(path := write("a O\n\n" * 100_000))
    reading = iter(found)
    next(reading)
    path.write_text("changed\n")  # what is read later is read from the file, not from memory
    with pytest.raises(BadRecord):
        list(reading)


def test_columns_are_chosen(write):
    found = ColumnFile(write("1 B-X Rome\n2 I-X Sud\n"), token_column=2, tag_column=1)
    assert list(found) == [LabeledSequence(("Rome", "Sud"), ("B-X", "I-X"))]


def test_tabs_keep_spaces_and_wide_spaces_inside_a_token(write):
    found = ColumnFile(write("10 000\tB-N\n\u3000\tO\n\n\u3000 O\n"))
    assert [example.tokens for example in found] == [("10 000", "\u3000"), ("\u3000",)]


@settings(max_examples=60, deadline=None)
@given(
    sentences=st.lists(
        st.lists(
            st.tuples(st.text("ab郑\u00a0#-", min_size=1, max_size=3), st.sampled_from(["O", "B-X"])),
            min_size=1,
            max_size=4,
        ),
        min_size=1,
        max_size=4,
    ),
    separator=st.sampled_from([" ", "\t", "  "]),
)
def test_what_is_written_is_read(tmp_path_factory, sentences, separator):
    path = tmp_path_factory.mktemp("columns") / "a"
    path.write_text("\n\n".join("\n".join(separator.join(row) for row in rows) for rows in sentences), newline="\n")
    assert [list(zip(e.tokens, e.tags, strict=True)) for e in ColumnFile(path)] == sentences


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a x O\nb O\n", ":2: expected 3 columns, got 2"),
        ("a O\nb x O\n", ":2: expected 2 columns, got 3"),
        ("word\n", ":1: expected at least 2 columns for token_column 0 and tag_column -1, got 1"),
        ("a O\n\nb B-X\nc X-LOC\n", ":4: tag 'X-LOC' is not IOB2: expected O, B-label, I-label"),
        ("a O\n\tO\n", ":2: expected a token and a tag, got '' and 'O'"),
        ("", ":1: expected sentences, got none"),
        ("\n \n-DOCSTART- -X- O\n", ":1: expected sentences, got none"),
    ],
)
def test_a_mistake_has_file_and_line(write, text, message):
    path = write(text)
    with pytest.raises(BadRecord) as caught:
        ColumnFile(path)
    assert str(caught.value).startswith(f"{path}{message}")


def test_the_width_may_be_given(write):
    with pytest.raises(BadRecord, match=":1: expected 4 columns, got 3"):
        ColumnFile(write("a x O\n"), width=4)


def test_a_column_that_is_not_there(write):
    with pytest.raises(BadRecord, match=":1: expected at least 4 columns for token_column 0 and tag_column 3, got 2"):
        ColumnFile(write("a O\n"), tag_column=3)


@pytest.mark.parametrize("columns", [{"token_column": 5}, {"tag_column": -6}, {"token_column": 1, "tag_column": 5}])
def test_a_given_width_without_room_for_both_columns(write, columns):
    with pytest.raises(InputError, match=r"^width=2: expected at least 6 columns for token_column .*, got 2$"):
        ColumnFile(write("a O\n"), width=2, **columns)


@pytest.mark.parametrize("width", [None, 2])
@pytest.mark.parametrize(("token", "tag"), [(-1, -1), (1, -1), (0, -2), (1, 1)])
def test_tokens_and_tags_are_not_one_column(write, token, tag, width):
    message = f"expected two different columns, got token_column {token} and tag_column {tag} of 2"
    with pytest.raises(InputError, match=message):
        ColumnFile(write("a O\n"), token_column=token, tag_column=tag, width=width)


def test_an_i_after_o_is_read_as_conlleval_reads_it_and_counted_once(write, caplog):
    found = ColumnFile(path := write("a O\nb I-X\nc I-Y\n\nd I-X\n"))
    assert [example.tags for example in found] == [("O", "B-X", "B-Y"), ("B-X",)]
    assert caplog.messages == [
        f"{path}:2: I-X after O is not well-formed IOB2 (3 such tags in all, read as conlleval reads them)"
    ]


def test_strict_refuses_an_i_after_o_with_its_line(write):
    with pytest.raises(BadRecord, match=":2: I-X after O is not well-formed IOB2"):
        ColumnFile(write("a O\nb I-X\n"), strict=True)


def test_plain_tags_are_taken_as_they_are(write):
    path = write("I PRON\nfly B-X\n\nO O\n")
    found = ColumnFile(path, scheme="plain", strict=True)
    assert [example.tags for example in found] == [("PRON", "B-X"), ("O",)]


def test_plain_tags_make_a_corpus_of_token_labels(write):
    path = write("I O\n")
    assert read_columns(path, path, scheme="plain").tagging == "tokens"
    assert read_columns(path, path, scheme="IOB2").tagging == "spans"


def test_an_unknown_scheme_lists_what_can_be_read(write):
    with pytest.raises(InputError, match="unknown tag scheme 'IOB': expected one of IOB1, IOB2, BIOES, BMES, plain"):
        ColumnFile(write("a O\n"), scheme="IOB")


def test_strict_names_a_span_that_does_not_end(write):
    with pytest.raises(BadRecord, match=":2: B-X at the end of a sentence is not well-formed BIOES"):
        ColumnFile(write("a O\nb B-X\n\nc O\n"), scheme="BIOES", strict=True)


def test_a_pipe_is_refused_for_it_cannot_be_read_twice(tmp_path):
    os.mkfifo(pipe := tmp_path / "pipe")
    with pytest.raises(InputError, match="expected a file"):
        ColumnFile(pipe)


def test_a_corpus_of_three_files(write):
    corpus = read_columns(write("a O\n"), write("b O\n", "dev"), write("c O\n", "test"), tokens="word")
    assert [example.tokens for split in (corpus.train, corpus.valid, corpus.test) for example in split] == [
        ("a",),
        ("b",),
        ("c",),
    ]
    assert (corpus.name, corpus.tokens) == ("train", "word")


def test_without_validation_data_a_tenth_is_held_out(write):
    corpus = read_columns(write("a O\n\n" * 30), name="mine")
    assert (len(corpus.train), len(corpus.valid), len(corpus.test)) == (27, 3, 0)
    assert corpus.name == "mine"
