"""ARPA files: read as written, and refused in one line where they are not what they say."""

import gzip

import numpy as np
import pytest

from keras_seq.datasets import BadRecord, InputError
from keras_seq.datasets.arpa import Arpa, ArpaTable, read_arpa, write_arpa

FILE = r"""
\data\
ngram 1=4
ngram 2=3

\1-grams:
-1.5	<unk>
-99	<s>	-0.25
-0.5	</s>
-0.75	cat	-0.125

\2-grams:
-0.375	<s> cat
-0.0625	cat cat
-1	cat </s>

\end\
"""
WORDS = ("<unk>", "<s>", "</s>", "cat")


def same(ours, expected):
    assert ours.words == expected.words
    for table, other in zip(ours.tables, expected.tables, strict=True):
        for x, y in zip(table, other, strict=True):
            np.testing.assert_allclose(x, y, rtol=1e-6)


def model():
    """What FILE says."""
    return Arpa(
        WORDS,
        (
            ArpaTable(np.arange(4)[:, None], np.array([-1.5, -99, -0.5, -0.75]), np.array([0, -0.25, 0, -0.125])),
            ArpaTable(np.array([[1, 3], [3, 3], [3, 2]]), np.array([-0.375, -0.0625, -1]), np.zeros(0)),
        ),
    )


@pytest.fixture
def write(tmp_path):
    def write(text, name="model.arpa"):
        path = tmp_path / name
        path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
        return path

    return write


@pytest.mark.parametrize("name", ["model.arpa", "model.arpa.gz"])
def test_a_file_is_read(write, name):
    same(read_arpa(write(FILE, name)), model())


@pytest.mark.parametrize("name", ["model.arpa", "model.arpa.gz"])
def test_what_is_written_is_read_again(tmp_path, name):
    write_arpa(tmp_path / name, model())
    same(read_arpa(tmp_path / name), model())


def test_the_text_that_is_written(tmp_path):
    write_arpa(tmp_path / "x", model())
    lines = (tmp_path / "x").read_text().splitlines()
    assert lines[:4] == ["\\data\\", "ngram 1=4", "ngram 2=3", ""]
    assert lines[5:10] == ["-1.5\t<unk>\t0", "-99\t<s>\t-0.25", "-0.5\t</s>\t0", "-0.75\tcat\t-0.125", ""]
    assert lines[10:] == ["\\2-grams:", "-0.375\t<s> cat", "-0.0625\tcat cat", "-1\tcat </s>", "", "\\end\\"]


def test_sections_longer_than_a_chunk(tmp_path, monkeypatch):
    rng, size = np.random.default_rng(1), 300
    pairs = np.stack(np.unravel_index(rng.choice(size**2, 1000, replace=False), (size, size)), axis=1)
    big = Arpa(
        tuple(f"w{i}" for i in range(size)),
        (
            ArpaTable(np.arange(size)[:, None], -rng.random(size), rng.normal(size=size)),
            ArpaTable(pairs, -rng.random(1000), np.zeros(0)),
        ),
    )
    monkeypatch.setattr("keras_seq.datasets.arpa.CHUNK", 64)
    write_arpa(tmp_path / "x", big)
    same(read_arpa(tmp_path / "x"), big)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\t", " "),  # KenLM takes blanks for tabs
        ("\n", "\r\n"),
        ("-1\tcat </s>", "-1   cat\t </s> "),
        ("ngram 2=3", "ngram  2 = 3"),
        ("-1.5\t<unk>", "-1.5\t<unk>\t0"),
        ("\n-99\t", "\n-inf\t"),
    ],
)
def test_other_spellings_of_the_same(write, old, new):
    ours = read_arpa(write(FILE.replace(old, new)))
    np.testing.assert_array_equal(ours.tables[1].words, model().tables[1].words)
    assert ours.tables[0].log10_backoff.tolist() == [0, -0.25, 0, -0.125]


def test_a_word_may_look_like_a_number_or_hold_an_ideographic_space(write):
    ours = read_arpa(write(FILE.replace("cat", "12").replace("<unk>", "a\u3000b")))
    assert ours.words == ("a\u3000b", "<s>", "</s>", "12")


# old text, new text, line, message
MISTAKES = [
    ("\\data\\", "data", 2, r"expected \\data\\, got 'data'"),
    ("ngram 1=4\nngram 2=3\n", "", 4, "expected ngram 1=COUNT, got '.*1-grams:'"),
    ("ngram 2=3", "ngram 3=3", 4, "expected ngram 2=COUNT, got 'ngram 3=3'"),
    ("ngram 2=3", "ngram 2=x", 4, "expected ngram 2=COUNT, got 'ngram 2=x'"),
    ("\\1-grams:", "\\2-grams:", 6, r"expected \\1-grams:, got '.*2-grams:'"),
    ("ngram 1=4", "ngram 1=5", 11, "expected another 1-gram, got ''"),
    ("ngram 1=4", "ngram 1=3", 10, r"expected \\2-grams: after 3 1-grams, got '-0.75.*"),
    ("ngram 2=3", "ngram 2=2", 15, r"expected \\end\\ after 2 2-grams, got '-1.*"),
    ("ngram 2=3", "ngram 2=9", 16, "expected another 2-gram, got ''"),
    ("-1\tcat </s>\n\n\\end\\\n", "", 14, "expected 3 2-grams, got 2: the file is cut short"),
    ("\\end\\\n", "", 16, r"expected \\end\\, got the end of the file: it is cut short"),
    ("cat cat", "cat", 14, "expected a number and 2 words, got '-0.0625.tcat'"),
    ("cat cat", "cat cat cat", 14, "expected a number and 2 words, got '-0.0625.tcat cat cat'"),
    ("-0.75\tcat\t-0.125", "-0.75\tcat\t-0.125\t7", 10, "expected a number and 1 words, perhaps a number, got .*"),
    ("-0.75\tcat\t-0.125", "-0.75\tcat\tdog", 10, "expected log10 of a backoff weight, got .*"),
    ("-0.75\tcat\t-0.125", "-0.75\tcat\tnan", 10, "expected log10 of a backoff weight, got .*"),
    ("-0.0625", "0.0625", 14, "expected log10 of a probability, got '0.0625.tcat cat'"),
    ("-0.0625", "nan", 14, "expected log10 of a probability, got 'nan.tcat cat'"),
    ("-0.0625", "p", 14, "expected log10 of a probability, got 'p.tcat cat'"),
    ("cat cat", "cat dog", 14, "expected words that are 1-grams, got '-0.0625.tcat dog'"),
    ("-1\tcat </s>", "-1\tcat cat", 15, "expected distinct 2-grams, got one that stands above, too"),
    ("-0.75\tcat", "-0.75\t<s>", 10, "expected distinct 1-grams, got one that stands above, too"),
    ("-0.75\tcat", "-0.75\tc\0t", 10, "expected text, got a NUL byte.*"),
]


@pytest.mark.parametrize(("old", "new", "line", "message"), MISTAKES)
def test_a_mistake_is_one_line(write, old, new, line, message):
    assert old in FILE
    path = write(FILE.replace(old, new))
    with pytest.raises(BadRecord, match=rf"^{path}:{line}: {message}.*$") as caught:
        read_arpa(path)
    assert "\n" not in str(caught.value)


def test_an_empty_file_is_one_line(write):
    with pytest.raises(BadRecord, match=r"model.arpa:1: expected \\end\\, got the end of the file: it is cut short$"):
        read_arpa(write(""))


@pytest.mark.parametrize("length", range(0, len(FILE) - len("\\end\\\n"), 7))
def test_a_file_cut_short_anywhere_is_refused(write, length):
    with pytest.raises(BadRecord):
        read_arpa(write(FILE[:length]))


def test_a_missing_file_is_one_line(tmp_path):
    with pytest.raises(InputError, match=r"no such file$"):
        read_arpa(tmp_path / "none")


@pytest.mark.parametrize("words", [("a", "a"), ("a", ""), ("a", "b c"), ("a", "b\nc")])
def test_words_that_no_reader_could_tell_apart_are_refused(tmp_path, words):
    table = ArpaTable(np.arange(2)[:, None], np.zeros(2), np.zeros(0))
    with pytest.raises(InputError, match="expected distinct words without blanks, got"):
        write_arpa(tmp_path / "x", Arpa(words, (table,)))
    assert list(tmp_path.iterdir()) == []
