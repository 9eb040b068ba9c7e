import logging

import pytest

from keras_seq.datasets import BadRecord, words_of
from keras_seq.datasets.people_daily import read_people_daily

ID = "19980101-01-001-00{}/m"


@pytest.fixture
def write(tmp_path):
    def written(name, *lines):
        (path := tmp_path / name).write_text("".join(f"{line}\n" for line in lines))
        return path

    return written


@pytest.fixture
def gold(write):
    return write("test", "本报  讯", "附  图片  1  张")


def paragraphs(corpus):
    return sorted(" ".join(words_of(x.tokens, x.tags)) for split in (corpus.train, corpus.valid) for x in split)


def test_words_stand_without_id_part_of_speech_and_bracket(write, gold):
    path = write(
        "train",
        f"{ID.format(1)}  向/p  [香港/ns  特别/a  行政区/n]ns  同胞/n  ",
        f"{ID.format(2)}  [中共/j  中央/n]nt",
        ID.format(3),
    )
    assert paragraphs(read_people_daily(path, gold)) == ["中共 中央", "向 香港 特别 行政区 同胞"]


def test_paragraphs_of_the_test_are_left_out_and_counted(write, gold, caplog):
    """They may be cut otherwise, and have figures of another width, which models read alike."""
    own = [
        f"{ID.format(i)}  {words}"
        for i, words in enumerate(["本/r  报/n  讯/n", "附/v  图片/n  １/m  张/q", "新/a", "旧/a"])
    ]
    path = write("train", *own)
    with caplog.at_level(logging.INFO):
        corpus = read_people_daily(path, gold)
    assert paragraphs(corpus) == ["新", "旧"]
    assert caplog.messages[0] == f"{path}: left out 2 of 4 paragraphs, which the test has as well"
    assert [words_of(x.tokens, x.tags) for x in corpus.test] == [["本报", "讯"], ["附", "图片", "1", "张"]]


def test_a_seeded_tenth_is_held_out(write, gold):
    path = write("train", *(f"{ID.format(i)}  第/m  {i}/m" for i in range(30)))
    held = [{x.tokens for x in read_people_daily(path, gold, seed).valid} for seed in (1, 1, 2)]
    assert held[0] == held[1] != held[2]
    assert len(held[0]) == 3


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("向/p  前/f", "expected a paragraph's id such as 19980101-01-001-001/m, got '向/p'"),
        (f"{ID.format(1)}  向前", "expected word/POS, maybe in a bracket, got '向前'"),
        (f"{ID.format(1)}  /p", "expected word/POS, maybe in a bracket, got '/p'"),
    ],
)
def test_a_mistake_has_file_and_line(write, gold, line, message):
    path = write("train", f"{ID.format(0)}  新/a", line)
    with pytest.raises(BadRecord) as caught:
        read_people_daily(path, gold)
    assert str(caught.value) == f"{path}:2: {message}"
