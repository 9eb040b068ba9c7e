import gzip

import pytest

from keras_seq.datasets import BadRecord, InputError, Language, Parallel, ParallelFiles, read_parallel


@pytest.fixture
def write(tmp_path):
    """write("a.en", "a\n", "a.de", "b\n"): the paths of these files."""

    def written(*parts):
        paths = []
        for name, content in zip(parts[::2], parts[1::2], strict=True):
            paths.append(path := tmp_path / name)
            data = content.encode() if isinstance(content, str) else content
            path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return paths

    return written


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_line_by_line_a_text_in_each_language_as_it_was_written(write, ending):
    found = ParallelFiles(write("a.en", " to  Rome \r\ngo", f"a.zh{ending}", "去罗马\n走\n", "a.fr", "à Rome\nva\n"))
    assert list(found) == [Parallel((" to  Rome ", "去罗马", "à Rome")), Parallel(("go", "走", "va"))]
    assert len(found) == 2


def test_files_are_read_again_and_again(write):
    found = ParallelFiles(write("a", "a\nb\n", "b", "x\ny\n"))
    assert list(found) == list(found)


def test_they_are_read_lazily(write):
    found = ParallelFiles(paths := write("a", "a\n" * 100_000, "b", "b\n" * 100_000))
    reading = iter(found)
    next(reading)
    for path in paths:
        path.write_text("")  # what is read later is read from the files, not from memory
    assert len(list(reading)) < 50_000


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        (("a\nb\nc\n", "x\ny\n"), "a: 3 lines, b: 2: expected equally many, b ends before line 3"),
        (("a\n", "x\ny\nz"), "a: 1 lines, b: 3: expected equally many, a ends before line 2"),
        (("a\n", ""), "a: 1 lines, b: 0: expected equally many, b ends before line 1"),
        (("a\n", "x\n\n"), "a: 1 lines, b: 2: expected equally many, a ends before line 2"),
        (("a\nb\nc\n", "x\n", "1\n2\n"), "a: 3 lines, b: 1, c: 2: expected equally many, b ends before line 2"),
    ],
)
def test_files_of_unequal_length(write, contents, message, monkeypatch, tmp_path):
    write(*(part for pair in zip("abc", contents, strict=False) for part in pair))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as caught:
        ParallelFiles(list("abc")[: len(contents)])
    assert str(caught.value) == message


def test_a_line_that_is_blank_in_one_file_moves_no_other(write, caplog):
    paths = write("a", "1\n \n3\n\n5\n", "b", "one\ntwo\n\u3000\n\nfive\n")
    found = ParallelFiles(paths)
    assert list(found) == [Parallel(("1", "one")), Parallel(("5", "five"))]
    assert len(found) == 2
    assert caplog.messages == [f"left out 3 of 5 examples, of which a text is blank, the first at {paths[0]}:2"]


def test_the_file_whose_line_is_blank_is_named(write, caplog):
    paths = write("a", "1\n2\n", "b", "one\n\n")
    list(ParallelFiles(paths))
    assert caplog.messages == [f"left out 1 of 2 examples, of which a text is blank, the first at {paths[1]}:2"]


@pytest.mark.parametrize("contents", [("", ""), ("a\n\n", "\nb\n")])
def test_files_without_a_pair_are_refused(write, contents):
    paths = write("a", contents[0], "b", contents[1])
    with pytest.raises(BadRecord) as caught:
        ParallelFiles(paths)
    assert str(caught.value) == f"{paths[0]}:1: expected a text in each language, got none"


def test_a_mistake_anywhere_is_found_at_once(write):
    with pytest.raises(BadRecord, match=r"b:2: expected UTF-8, got byte 0xff"):
        ParallelFiles(write("a", "a\nb\n", "b", b"x\n\xff\n"))


def test_a_missing_file(write, tmp_path):
    with pytest.raises(InputError, match="none: no such file"):
        ParallelFiles([*write("a", "a\n"), tmp_path / "none"])


@pytest.mark.parametrize("paths", ["a.en", ["a.en"], []])
def test_one_file_is_not_enough(paths):
    with pytest.raises(InputError, match="expected two files or more, one for each language, got "):
        ParallelFiles(paths)


def test_three_splits(write):
    splits = [write(f"{word}.en", f"{word}\n", f"{word}.zh", "去\n") for word in ("train", "dev", "test")]
    corpus = read_parallel(*splits, target_tokens="char")
    assert [list(split) for split in (corpus.train, corpus.valid, corpus.test)] == [
        [Parallel(("train", "去"))],
        [Parallel(("dev", "去"))],
        [Parallel(("test", "去"))],
    ]
    assert (corpus.name, corpus.kind) == ("train", Parallel)
    assert corpus.languages == (Language("en", "whitespace"), Language("zh", "char"))


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("train.en", "train.de.gz"), ("en", "de")),
        (("en.txt", "de.txt"), ("source", "target")),
        (("train.en.txt", "train.de.txt"), ("en", "de")),
        (("v1.en.tok", "v2.de.tok"), ("en", "de")),
        (("a", "b.de"), ("source", "target")),
        (("a.en", "a.de", "a.fr"), ("en", "de", "fr")),
        (("a", "b", "c"), ("source", "target", "target2")),
    ],
)
def test_languages_are_named_by_the_files(write, names, expected):
    paths = write(*(part for name in names for part in (name, "x\n")))
    corpus = read_parallel(paths, paths, tokens="word")
    assert corpus.languages == tuple(Language(name, "word") for name in expected)
    assert ParallelFiles(paths).languages == expected


def test_without_validation_data_a_seeded_tenth_is_held_out(write):
    numbers = "".join(f"{number}\n" for number in range(30))
    paths = write("a.en", numbers, "a.de", numbers)
    held = [[example.texts for example in read_parallel(paths, seed=seed).valid] for seed in (1, 1, 2)]
    assert held[0] == held[1] != held[2]
    assert len(held[0]) == 3
    assert all(source == target for source, target in held[0])


def test_a_split_of_another_number_of_files(write):
    paths = write("a.en", "x\n", "a.de", "x\n", "a.fr", "x\n")
    with pytest.raises(InputError, match=r"^valid: expected 2 files, as many as of train, got 3$"):
        read_parallel(paths[:2], paths)


def test_languages_in_another_order_are_refused(write):
    paths = write("a.en", "x\n", "a.de", "x\n")
    with pytest.raises(InputError, match=r"^test: expected the order en, de as of train, got de, en$"):
        read_parallel(paths, paths, paths[::-1])
