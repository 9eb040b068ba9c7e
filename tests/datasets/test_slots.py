import pytest

from keras_seq.datasets import BadRecord, InputError, LabeledSequence, SlotFiles, read_slots


@pytest.fixture
def write(tmp_path):
    def written(words, tags, labels=None, name="a"):
        paths = []
        for suffix, text in (("in", words), ("out", tags), ("label", labels)):
            if text is not None:
                (path := tmp_path / f"{name}.{suffix}").write_text(text)
                paths.append(path)
        return paths

    return written


def test_one_sentence_a_line(write):
    found = SlotFiles(*write("to new york\ngo\n", "O B-to I-to\nO\n", "flight\nother\n"))
    assert list(found) == [
        LabeledSequence(("to", "new", "york"), ("O", "B-to", "I-to"), "flight"),
        LabeledSequence(("go",), ("O",), "other"),
    ]
    assert len(found) == len(list(found)) == 2


def test_labels_may_be_absent_and_other_schemes_are_converted(write):
    found = SlotFiles(*write("a b\n", "B-X E-X\n"), scheme="BIOES")
    assert list(found) == [LabeledSequence(("a", "b"), ("B-X", "I-X"))]


@pytest.mark.parametrize(
    ("words", "tags", "labels", "message"),
    [
        ("a b\na b\n", "O O\nO\n", None, r"a\.out:2: expected 2 tags, as many as words, got 1"),
        ("a\nb\n", "O\n", None, r"a\.out:2: expected a line as in \S*a\.in, got the end of the file"),
        ("a\n", "O\nO\n", None, r"a\.in:2: expected a line as in \S*a\.out, got the end"),
        ("a\nb\n", "O\nO\n", "x\n", r"a\.label:2: expected a line as in \S*a\.in, \S*a\.out, got the end"),
        ("a\nb\n", "O\nO\n", "x\n\n", r"a\.label:2: expected text, got an empty line"),
        ("\n", "\n", None, r"a\.in:1: expected text, got an empty line"),
        ("a\n", "X\n", None, r"a\.out:1: tag 'X' is not IOB2.*\(tag 1\)$"),
        ("", "", None, r"a\.in:1: expected sentences, got none"),
    ],
)
def test_a_mistake_has_file_and_line(write, words, tags, labels, message):
    with pytest.raises(BadRecord, match=message):
        SlotFiles(*write(words, tags, labels))


def test_strict_refuses_an_i_after_o(write):
    with pytest.raises(BadRecord, match=r"a\.out:1: I-X after O is not well-formed IOB2 \(tag 2\)"):
        SlotFiles(*write("a b\n", "O I-X\n"), strict=True)


def test_a_corpus_of_three_splits(write):
    files = [write(f"{word}\n", "O\n", "x\n", word) for word in "abc"]
    corpus = read_slots(*files)
    assert [example.tokens for split in (corpus.train, corpus.valid, corpus.test) for example in split] == [
        ("a",),
        ("b",),
        ("c",),
    ]


def test_plain_tags_make_a_corpus_of_token_labels(write):
    files = write("I fly\n", "PRON VERB\n")
    corpus = read_slots(files, files, scheme="plain")
    assert [example.tags for example in corpus.train] == [("PRON", "VERB")]
    assert corpus.tagging == "tokens"


def test_splits_agree_about_labels(write):
    with pytest.raises(InputError, match="expected a file of labels for every split or for none"):
        read_slots(write("a\n", "O\n", "x\n"), write("a\n", "O\n", name="b"))


def test_one_file_is_not_enough(write):
    with pytest.raises(InputError, match="train: expected two or three files"):
        read_slots("seq.in")
