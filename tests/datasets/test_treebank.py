import pytest

from keras_seq.datasets import BadRecord, InputError, Language, Parallel, TreeFile, read_treebank

TREES = """
( (S (NP-SBJ-1 (PRP She)) (VP (VBD slept) (NP (-NONE- *T*-1))) (. .)) )
( (NP (-NONE- *)) )
( (NP (NN Rest)) )
"""
ROWS = [
    ("She slept .", "(S (NP XX )NP (VP XX )VP XX )S"),
    ("Rest", "(NP XX )NP"),
]


@pytest.fixture
def write(tmp_path):
    def written(text, name="trees.mrg"):
        (path := tmp_path / name).write_text(text)
        return path

    return written


def test_sentences_and_rows_of_brackets(write):
    found = TreeFile(write(TREES))
    assert list(found) == [Parallel(row) for row in ROWS]
    assert len(found) == 2


def test_tags_in_place_of_xx(write):
    assert [example.texts[1] for example in TreeFile(write(TREES), tags=True)] == [
        "(S (NP PRP )NP (VP VBD )VP . )S",
        "(NP NN )NP",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("(S (NN a)))", ":1: expected (, got ')' outside of brackets"),
        ("( (NP (-NONE- *)) )", ":1: expected sentences, got none"),
    ],
)
def test_a_mistake_is_found_at_once(write, text, message):
    path = write(text)
    with pytest.raises(BadRecord) as caught:
        TreeFile(path)
    assert str(caught.value) == f"{path}{message}"


def test_a_pipe_is_refused():
    with pytest.raises(InputError, match="expected a file"):
        TreeFile("/dev/null")


def test_a_corpus_in_two_languages(write):
    corpus = read_treebank(*(write(f"(S (NN {word}))", f"{word}.mrg") for word in ("train", "dev", "test")))
    assert [example.texts for split in (corpus.train, corpus.valid, corpus.test) for example in split] == [
        ("train", "(S XX )S"),
        ("dev", "(S XX )S"),
        ("test", "(S XX )S"),
    ]
    assert corpus.languages == (Language("sentence"), Language("tree"))
    assert corpus.name == "train"


def test_without_validation_data_a_tenth_is_held_out(write):
    corpus = read_treebank(write("(S (NN a))\n" * 30), tags=True, name="ours")
    assert (len(corpus.train), len(corpus.valid), len(corpus.test)) == (27, 3, 0)
    assert corpus.name == "ours"
    assert next(iter(corpus.train)).texts[1] == "(S NN )S"
