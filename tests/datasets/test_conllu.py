import gzip

import pytest

from keras_seq.datasets import BadRecord, ConlluFile, InputError, LabeledSequence, read_conllu

CONLLU = """# sent_id = 1
# text = I don't fly
1	I	I	PRON	PRP	_	4	nsubj	_	_
2-3	don't	_	_	_	_	_	_	_	_
2	do	do	AUX	VBP	_	4	aux	_	_
3	n't	not	PART	RB	_	4	advmod	_	_
3.1	really	really	ADV	RB	_	_	_	4:advmod	_
4	fly	fly	VERB	VB	_	0	root	_	_

# sent_id = 2
1	in spite of	in	ADP	IN	_	0	root	_	_
"""


def row(place, word="a", upos="X", xpos="Y"):
    return f"{place}\t{word}\t_\t{upos}\t{xpos}" + "\t_" * 5 + "\n"


@pytest.fixture
def write(tmp_path):
    def written(text, name="train.conllu"):
        path = tmp_path / name
        path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
        return path

    return written


@pytest.mark.parametrize("name", ["a.conllu", "a.conllu.gz"])
def test_words_and_their_parts_of_speech(write, name):
    found = ConlluFile(write(CONLLU, name))
    assert list(found) == [
        LabeledSequence(("I", "do", "n't", "fly"), ("PRON", "AUX", "PART", "VERB")),
        LabeledSequence(("in spite of",), ("ADP",)),
    ]
    assert len(found) == len(list(found)) == 2


def test_the_language_s_own_parts_of_speech(write):
    assert [example.tags for example in ConlluFile(write(CONLLU), column="xpos")] == [
        ("PRP", "VBP", "RB", "VB"),
        ("IN",),
    ]


def test_an_empty_node_may_come_first(write):
    assert [example.tokens for example in ConlluFile(write(row("0.1") + row("1", "b")))] == [("b",)]


def test_it_is_read_lazily(write):
    found = ConlluFile(path := write((row("1") + "\n") * 10_000))
    reading = iter(found)
    next(reading)
    path.write_text("changed\n")  # what is read later is read from the file, not from memory
    with pytest.raises(BadRecord):
        list(reading)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1\ta\t_\tX\n", ":1: expected 10 columns apart by tabs, got 4"),
        (row("1") + row("3"), ":2: expected id 2 (or such as 1-2 or 1.1), got '3'"),
        (row("1") + row("1"), ":2: expected id 2 (or such as 1-2 or 1.1), got '1'"),
        (row("0"), ":1: expected id 1 (or such as 1-2 or 1.1), got '0'"),
        (row("１"), ":1: expected id 1 (or such as 1-2 or 1.1), got '１'"),
        (row("1") + "\n" + row("2"), ":3: expected id 1 (or such as 1-2 or 1.1), got '2'"),
        (row("1", upos="_"), ":1: expected a word and its upos, got 'a' and '_'"),
        (row("1", word=""), ":1: expected a word and its upos, got '' and 'X'"),
        ("", ":1: expected sentences, got none"),
        ("# only a comment\n\n", ":1: expected sentences, got none"),
    ],
)
def test_a_mistake_has_file_and_line(write, text, message):
    path = write(text)
    with pytest.raises(BadRecord) as caught:
        ConlluFile(path)
    assert str(caught.value) == f"{path}{message}"


def test_a_tag_counts_only_where_it_is_wanted(write):
    path = write(row("1", xpos="_"))
    assert len(ConlluFile(path)) == 1
    with pytest.raises(BadRecord, match=":1: expected a word and its xpos, got 'a' and '_'"):
        ConlluFile(path, column="xpos")


def test_another_column_is_refused(write):
    with pytest.raises(InputError, match=r"^unknown column 'deprel': expected one of upos, xpos$"):
        ConlluFile(write(CONLLU), column="deprel")


def test_a_corpus_of_plain_tags(write):
    corpus = read_conllu(*(write(row("1", word), word) for word in ("train", "dev", "test")))
    assert [example.tokens for split in (corpus.train, corpus.valid, corpus.test) for example in split] == [
        ("train",),
        ("dev",),
        ("test",),
    ]
    assert (corpus.name, corpus.tokens, corpus.tagging) == ("train", "word", "tokens")


def test_without_validation_data_a_tenth_is_held_out(write):
    corpus = read_conllu(write((row("1") + "\n") * 30))
    assert (len(corpus.train), len(corpus.valid), len(corpus.test)) == (27, 3, 0)
