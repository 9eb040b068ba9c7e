import gzip

import numpy as np
import pytest

from keras_seq.datasets import BadRecord, InputError, read_vectors

GLOVE = "the 0.5 -1 2e-3\n, 1 2 3\n. . . 4 5 6\nat name@domain.com 7 8 9\n"


@pytest.fixture
def write(tmp_path):
    def written(text, name="vectors.txt"):
        path = tmp_path / name
        path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
        return path

    return written


@pytest.mark.parametrize("name", ["a.txt", "a.vec.gz"])
def test_words_may_hold_spaces(write, name):
    found = read_vectors(write(GLOVE, name))
    assert found.words == ("the", ",", ". . .", "at name@domain.com")
    expected = np.array([[0.5, -1, 0.002], [1, 2, 3], [4, 5, 6], [7, 8, 9]], np.float32)
    np.testing.assert_array_equal(found.vectors, expected)
    assert found.vectors.dtype == np.float32


def test_a_first_word_may_hold_spaces(write):
    found = read_vectors(write("a b 1 2\nc 3 4\n"))
    assert found.words == ("a b", "c")
    assert found.vectors.tolist() == [[1, 2], [3, 4]]


def test_a_first_line_may_say_how_many_vectors_there_are(write):
    found = read_vectors(write("2 3\nto 1 2 3 \nthe 4 5 6 \n"))  # word2vec leaves a space at the end of a line
    assert found.words == ("to", "the")
    assert found.vectors.tolist() == [[1, 2, 3], [4, 5, 6]]


def test_a_number_may_be_a_word(write):
    found = read_vectors(write("the 1 2\n1998 3 4\n1/2 5 6\n"))
    assert found.words == ("the", "1998", "1/2")


def test_wanted_words_alone_are_kept_in_the_order_of_the_file(write):
    found = read_vectors(write(GLOVE), ["at name@domain.com", "nowhere", "the"])
    assert found.words == ("the", "at name@domain.com")
    np.testing.assert_array_equal(found.vectors, np.array([[0.5, -1, 0.002], [7, 8, 9]], np.float32))


def test_no_wanted_word_need_be_there(write):
    found = read_vectors(write(GLOVE), {"nowhere"})
    assert found.words == ()
    assert found.vectors.shape == (0, 3)


def test_vectors_may_be_changed(write):
    vectors = read_vectors(write(GLOVE)).vectors
    vectors[0] = 0
    assert vectors.sum() == 45


def test_numbers_of_other_words_are_not_read(write):
    path = write("the 1 2\nof x y\n")
    assert read_vectors(path, {"the"}).vectors.tolist() == [[1, 2]]
    with pytest.raises(BadRecord, match=":2: expected numbers, got 'x'"):
        read_vectors(path)


def test_of_a_repeated_word_the_first_vector_counts_and_one_warning_says_so(write, caplog):
    found = read_vectors(path := write("a 1\nb 2\na 3\nb 4\na 5\n"))
    assert dict(zip(found.words, found.vectors[:, 0].tolist(), strict=True)) == {"a": 1, "b": 2}
    assert caplog.messages == [
        f"{path}:3: 'a' stands in line 1 already (3 such lines in all; the first of each word counts)"
    ]


def test_repetitions_of_other_words_are_not_counted(write, caplog):
    read_vectors(write("a 1\nb 2\nb 4\n"), {"a"})
    assert not caplog.messages


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a 1 2\nb 1\n", ":2: expected a word and 2 numbers, got 2 fields"),
        ("a 1 2\nb 1 2 3\n", ":2: expected a word and 2 numbers, got 4 fields"),
        ("a 1 2\nb  1 2\n", ":2: expected a word and 2 numbers, got 4 fields"),
        ("a 1 2\n 1 2\n", ":2: expected a word and 2 numbers, got 3 fields"),
        ("2 3\na 1 2\nb 1 2\n", ":2: expected a word and 3 numbers, got 3 fields"),
        ("a 1 2\nb 1 x\n", ":2: expected numbers, got 'x'"),
        ("a 1 2\nb 1 nan\n", ":2: expected finite numbers, got 'nan'"),
        ("a 1 2\nb 1e99 2\n", ":2: expected finite numbers, got '1e99'"),
        ("word\n", ":1: expected a word and numbers with a space between, got 'word'"),
        ("a\t1\t2\n", ":1: expected a word and numbers with a space between, got 'a\\t1\\t2'"),
        ("", ":1: expected word vectors, got none"),
        ("\n\n", ":1: expected word vectors, got none"),
        ("0 50\n", ":1: expected word vectors, got none"),
        ("3 2\na 1 2\nb 1 2\n", ":3: expected 3 vectors, as line 1 says, got 2"),
        ("1 2\na 1 2\nb 1 2\n", ":3: expected 1 vectors, as line 1 says, got 2"),
    ],
)
def test_a_mistake_has_file_and_line(write, text, message):
    path = write(text)
    with pytest.raises(BadRecord) as caught:
        read_vectors(path)
    assert str(caught.value) == f"{path}{message}"


def test_a_row_of_another_width_is_refused_though_nobody_wants_it(write):
    with pytest.raises(BadRecord, match=":2: expected a word and 2 numbers, got 2 fields"):
        read_vectors(write("a 1 2\nb 1\n"), {"a"})


def test_a_string_is_no_collection_of_words(write):
    with pytest.raises(InputError, match=r"^wanted: expected a collection of words, got 'the'$"):
        read_vectors(write(GLOVE), "the")


def test_glove_as_published(data_folder):
    path = data_folder / "glove_6b_50d_top" / "glove.6B.50d.top2445.txt.gz"
    if not path.is_file():
        pytest.skip(f"no {path}")
    found = read_vectors(path)
    assert found.vectors.shape == (2445, 50)
    assert len(set(found.words)) == 2445
    assert (found.words[0], found.words[-1]) == ("the", "attempts")
    np.testing.assert_allclose(found.vectors[0, :3], [0.418, 0.24968, -0.41242], rtol=1e-6)
