import gzip

import pytest

from keras_seq.datasets import BadRecord, InputError, Text, TextFile, read_text


@pytest.fixture
def write(tmp_path):
    def written(content, name="a.txt"):
        path = tmp_path / name
        content = content.encode() if isinstance(content, str) else content
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return path

    return written


def texts(examples):
    return [example.text for example in examples]


@pytest.mark.parametrize("name", ["a.txt", "a.txt.gz"])
def test_a_line_is_a_text_as_it_was_written(write, name):
    found = TextFile(write(" to  Rome \nfrom\tRome\r\n去郑州", name))
    assert list(found) == [Text(" to  Rome "), Text("from\tRome"), Text("去郑州")]
    assert len(found) == 3


def test_blank_lines_are_skipped(write):
    assert texts(TextFile(write("\na\n \n\u3000\nb\n\n"))) == ["a", "b"]


def test_blank_lines_are_empty_sentences_where_that_is_asked_for(write):
    found = TextFile(write("a\n\n \nb\n\n"), blank_lines=True)
    assert texts(found) == ["a", "", "", "b", ""]
    assert len(found) == 5


def test_a_file_reads_again_and_again(write):
    found = TextFile(write("a\nb\n"))
    assert texts(found) == texts(found) == ["a", "b"]


@pytest.mark.parametrize("content", ["", "\n", " \n\n"])
@pytest.mark.parametrize("blank_lines", [False, True])
def test_a_file_without_text_is_refused(write, content, blank_lines):
    path = write(content)
    with pytest.raises(BadRecord) as caught:
        TextFile(path, blank_lines=blank_lines)
    assert str(caught.value) == f"{path}:1: expected text, got none"


def test_a_mistake_anywhere_is_found_at_once(write):
    with pytest.raises(BadRecord, match=r"a\.txt:3: expected UTF-8, got byte 0xff"):
        TextFile(write(b"a\nb\n\xff\n"))


def test_a_missing_file(tmp_path):
    with pytest.raises(InputError, match=r"none\.txt: no such file"):
        read_text(tmp_path / "none.txt")


def test_three_files_are_three_splits(write):
    corpus = read_text(write("a\nb\n", "my.train.txt"), write("c\n", "v"), write("d\n", "t"), tokens="word")
    assert [texts(split) for split in (corpus.train, corpus.valid, corpus.test)] == [["a", "b"], ["c"], ["d"]]
    assert (corpus.name, corpus.tokens, corpus.kind) == ("my", "word", Text)


def test_without_validation_data_the_last_tenth_is_held_out(write):
    numbers = [str(number) for number in range(30)]
    corpus = read_text(write("\n".join(numbers)))
    assert (texts(corpus.train), texts(corpus.valid), list(corpus.test)) == (numbers[:27], numbers[27:], [])


def test_of_lines_in_no_order_a_random_tenth_is_held_out(write):
    path = write("\n".join(str(number) for number in range(30)))
    held = [texts(read_text(path, contiguous=False, seed=seed).valid) for seed in (1, 1, 2)]
    assert held[0] == held[1] != held[2]
    assert len(held[0]) == 3


def test_blank_lines_reach_every_split(write):
    corpus = read_text(write("a\n\nb\n"), write("c\n\n", "v"), blank_lines=True)
    assert (texts(corpus.train), texts(corpus.valid)) == (["a", "", "b"], ["c", ""])
