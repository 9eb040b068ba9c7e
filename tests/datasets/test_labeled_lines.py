import pytest

from keras_seq.datasets import BadRecord, InputError, LabeledLines, Text, read_labeled


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
        ("a.tsv", " good\tpos\nso, so\tneg \n"),
        ("a.csv", 'label,text\npos, good\nneg ,"so, so"\n'),
        ("a.jsonl", '{"text": " good", "label": "pos"}\n{"label": "neg ", "text": "so, so", "id": 7}\n'),
    ],
)
def test_each_format_by_its_ending(write, name, content):
    found = LabeledLines(write(content, name))
    assert list(found) == [Text(" good", "pos"), Text("so, so", "neg")]
    assert len(found) == 2


def test_columns_are_chosen_by_name(write):
    found = LabeledLines(write("id\tclass\tbody\n1\tx\ta b\n"), text="body", label="class", header=True)
    assert list(found) == [Text("a b", "x")]


def test_columns_are_chosen_by_number(write):
    found = LabeledLines(write("1,x,a b\n", "a.csv"), text=-1, label=1, header=False)
    assert list(found) == [Text("a b", "x")]


def test_a_text_may_have_line_breaks(write):
    found = LabeledLines(write('text,label\n"one\ntwo",x\n', "a.csv"))
    assert list(found) == [Text("one\ntwo", "x")]


def test_several_labels_in_one_field(write):
    found = LabeledLines(write("a\ty| x|y\nb\t\nc\t \nd\tz\n"), separator="|")
    assert list(found) == [Text("a", ("x", "y")), Text("b", ()), Text("c", ()), Text("d", ("z",))]


def test_several_labels_in_a_list(write):
    found = LabeledLines(write('{"text": "a", "label": ["y", "x", "y"]}\n{"text": "b", "label": []}\n', "a.jsonl"))
    assert list(found) == [Text("a", ("x", "y")), Text("b", ())]


def test_it_is_read_lazily(write):
    found = LabeledLines(path := write("a\tx\n" * 100_000))
    reading = iter(found)
    next(reading)
    path.write_text("")  # what is read later is read from the file, not from memory
    assert len(list(reading)) < 50_000


def json_line(text, label):
    return f'{{"text": {text}, "label": {label}}}\n'


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.tsv", "a\tx\n \ty\n", ":2: expected a text of at least one character, got ' '"),
        ("a.tsv", "a\tx\nb\t \n", ":2: expected a label of at least one character, got ' '"),
        ("a.tsv", "", ":1: expected labelled texts, got none"),
        ("a.csv", "text,label\n", ":1: expected labelled texts, got none"),
        ("a.csv", "review,label\na,x\n", ":1: expected one column 'text', got review, label"),
        ("a.jsonl", json_line("3", '"x"'), ":1: expected a text of at least one character, got 3"),
        ("a.jsonl", json_line('"\\ud800"', '"x"'), ":1: expected a text that UTF-8 can write, got '\\ud800'"),
        ("a.jsonl", json_line('"a"', '["\\udc00"]'), ":1: expected a label that UTF-8 can write, got '\\udc00'"),
        ("a.jsonl", json_line('"a"', "1"), ":1: expected a label or a list of labels, got 1"),
        ("a.jsonl", json_line('"a"', "null"), ":1: expected a label or a list of labels, got None"),
        ("a.jsonl", json_line('"a"', '["x", 1]'), ":1: expected a label of at least one character, got 1"),
        (
            "a.jsonl",
            json_line('"a"', '"x"') + json_line('"b"', '["x"]'),
            ":2: expected one label as in the first text, got ['x']",
        ),
        (
            "a.jsonl",
            json_line('"a"', "[]") + json_line('"b"', '"x"'),
            ":2: expected a list of labels as in the first text, got 'x'",
        ),
    ],
)
def test_a_mistake_has_file_and_line(write, name, content, message):
    path = write(content, name)
    with pytest.raises(BadRecord) as caught:
        LabeledLines(path)
    assert str(caught.value) == f"{path}{message}"


def test_an_empty_label_among_several(write):
    with pytest.raises(BadRecord, match=":1: expected a label of at least one character, got ''"):
        LabeledLines(write("a\tx||y\n"), separator="|")


def test_an_empty_separator_is_refused(write):
    with pytest.raises(InputError, match=r"^separator: expected at least one character, got ''$"):
        LabeledLines(write("a\tx\n"), separator="")


def test_a_corpus_of_three_files(write):
    files = [write(f"body,label\n{word},x\n", f"{word}.csv") for word in ("train", "dev", "test")]
    corpus = read_labeled(*files, text="body", tokens="char")
    assert [list(split) for split in (corpus.train, corpus.valid, corpus.test)] == [
        [Text("train", "x")],
        [Text("dev", "x")],
        [Text("test", "x")],
    ]
    assert (corpus.name, corpus.tokens, corpus.kind) == ("train", "char", Text)


def test_without_validation_data_a_seeded_tenth_is_held_out(write):
    path = write("".join(f"{number}\tx\n" for number in range(30)))
    held = [[example.text for example in read_labeled(path, seed=seed).valid] for seed in (1, 1, 2)]
    assert held[0] == held[1] != held[2]
    assert len(held[0]) == 3
