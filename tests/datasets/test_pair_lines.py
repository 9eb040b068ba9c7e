import pytest

from keras_seq.datasets import BadRecord, InputError, Language, PairLines, Parallel, read_pairs


@pytest.fixture
def write(tmp_path):
    def written(text, name="train.tsv"):
        path = tmp_path / name
        path.write_text(text, newline="")
        return path

    return written


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.tsv", " go\t走\tby Ann\nso, so\t一般\tby Bob\n"),
        ("a.csv", 'by,target,source\nAnn,走, go\nBob,一般,"so, so"\n'),
        ("a.jsonl", '{"source": " go", "target": "走"}\n\n{"target": "一般", "source": "so, so", "id": 7}\n'),
    ],
)
def test_each_format_by_its_ending_and_further_columns_pass(write, name, content):
    found = PairLines(write(content, name))
    assert list(found) == [Parallel((" go", "走")), Parallel(("so, so", "一般"))]
    assert len(found) == 2


def test_columns_are_chosen_by_name(write):
    found = PairLines(write("id\ten\tde\n1\tgo\tgeh\n"), source="de", target="en", header=True)
    assert list(found) == [Parallel(("geh", "go"))]


def test_columns_are_chosen_by_number(write):
    found = PairLines(write("1,go,geh\n", "a.csv"), source=-1, target=1, header=False)
    assert list(found) == [Parallel(("geh", "go"))]


def test_a_blank_text_leaves_its_row_out(write, caplog):
    path = write("a\tx\n\tb\nc\t \n\t\nd\ty\n")
    found = PairLines(path)
    assert list(found) == [Parallel(("a", "x")), Parallel(("d", "y"))]
    assert len(found) == 2
    assert caplog.messages == [f"left out 3 of 5 examples, of which a text is blank, the first at {path}:2"]


def test_the_line_named_is_that_on_which_the_row_begins(write, caplog):
    path = write('source,target\n"one\ntwo",x\n,y\n', "a.csv")
    assert list(PairLines(path)) == [Parallel(("one\ntwo", "x"))]
    assert caplog.messages == [f"left out 1 of 2 examples, of which a text is blank, the first at {path}:4"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.tsv", "", ":1: expected a text in each language, got none"),
        ("a.tsv", "a\t\n", ":1: expected a text in each language, got none"),
        ("a.tsv", "a\tb\nc\n", ":2: expected 2 columns, got 1"),
        ("a.tsv", "a\n", ":1: no column 1: expected -1 to 0, got 1 columns"),
        ("a.csv", "en,de\na,b\n", ":1: expected one column 'source', got en, de"),
        ("a.jsonl", '{"source": "a", "target": 7}\n', ":1: expected a text that UTF-8 can write, got 7"),
        (
            "a.jsonl",
            '{"source": "\\ud800", "target": "b"}\n',
            r":1: expected a text that UTF-8 can write, got '\ud800'",
        ),
        ("a.txt", "a\tb\n", ": expected a file that ends in .tsv, .csv or .jsonl (or so and in .gz)"),
    ],
)
def test_a_mistake_has_file_and_line(write, name, content, message):
    path = write(content, name)
    with pytest.raises(InputError) as caught:
        PairLines(path)
    assert str(caught.value) == f"{path}{message}"


@pytest.mark.parametrize(("name", "column"), [("a.tsv", 1), ("a.jsonl", "target")])
def test_twice_the_same_column(write, name, column):
    with pytest.raises(InputError, match=f"expected different columns, got twice {column!r}"):
        PairLines(write('{"target": "a\tb"}\n', name), source=column)


def test_it_is_read_lazily(write):
    found = PairLines(path := write("a\tx\n" * 100_000))
    reading = iter(found)
    next(reading)
    path.write_text("")  # what is read later is read from the file, not from memory
    assert len(list(reading)) < 50_000


def test_a_corpus_of_three_files(write):
    files = [write(f"source,target\n{word},去\n", f"{word}.csv") for word in ("train", "dev", "test")]
    corpus = read_pairs(*files, target_tokens="char")
    assert [list(split) for split in (corpus.train, corpus.valid, corpus.test)] == [
        [Parallel(("train", "去"))],
        [Parallel(("dev", "去"))],
        [Parallel(("test", "去"))],
    ]
    assert (corpus.name, corpus.kind) == ("train", Parallel)
    assert corpus.languages == (Language("source", "whitespace"), Language("target", "char"))


def test_languages_are_named_like_the_columns(write):
    corpus = read_pairs(path := write("en,de\na,b\n", "a.csv"), path, source="en", target="de", tokens="word")
    assert corpus.languages == (Language("en", "word"), Language("de", "word"))
    bare = read_pairs(path := write("a\tb\n"), path, source=1, target=0)
    assert [language.name for language in bare.languages] == ["source", "target"]


def test_without_validation_data_a_seeded_tenth_is_held_out(write):
    path = write("".join(f"{number}\tx\n" for number in range(30)))
    held = [[example.texts for example in read_pairs(path, seed=seed).valid] for seed in (1, 1, 2)]
    assert held[0] == held[1] != held[2]
    assert len(held[0]) == 3


def test_a_file_without_pairs_is_a_bad_record(write):
    with pytest.raises(BadRecord):
        PairLines(write(""))
