"""Which reader the options name, by what it reads; nothing is trained."""

import pytest

from keras_seq.arguments import parser
from keras_seq.corpus_options import FORMATS, corpus_of, examples_of
from keras_seq.data_arguments import FORMATS as NAMED
from keras_seq.datasets import LabeledSequence, Text

CONLLU = "# text = it rains\n1\tit\tit\tPRON\tPRP\t_\t_\t_\t_\t_\n2\trains\train\tVERB\tVBZ\t_\t_\t_\t_\t_\n\n"
COLUMNS = "X Rome B-city here\nX ! O here\n\n"
FILES = {
    "a.conllu": CONLLU,
    "ud.txt": CONLLU,
    "words.txt": "共同 创造\n",
    "a.conll": COLUMNS,
    "plain.tags": "it PRON\nrains VERB\n\n",
    "a.tsv": "fine\tgood\n",
    "named.tsv": "stars\treview\n5\tfine\n",
    "a.csv": "text,label\nfine,a;b\n",
    "bare.csv": "fine,good\n",
    "a.jsonl": '{"text": "fine", "label": ["b", "a"]}\n',
}
RAINS = ("it", "rains")
READ = [
    ("sequence-labeling", "a.conllu", [], LabeledSequence(RAINS, ("PRON", "VERB"))),
    ("sequence-labeling", "a.conllu", ["--tag-column", "xpos"], LabeledSequence(RAINS, ("PRP", "VBZ"))),
    ("sequence-labeling", "ud.txt", ["--format", "conllu"], LabeledSequence(RAINS, ("PRON", "VERB"))),
    ("sequence-labeling", "words.txt", ["--format", "segmented"], LabeledSequence(tuple("共同创造"), tuple("BIBI"))),
    (
        "sequence-labeling",
        "a.conll",
        ["--token-column", "1", "--tag-column", "-2", "--strict"],
        LabeledSequence(("Rome", "!"), ("B-city", "O")),
    ),
    ("sequence-labeling", "plain.tags", ["--scheme", "plain"], LabeledSequence(RAINS, ("PRON", "VERB"))),
    ("classification", "a.tsv", [], Text("fine", "good")),
    (
        "classification",
        "named.tsv",
        ["--header", "--text-column", "review", "--label-column", "stars"],
        Text("fine", "5"),
    ),
    ("classification", "named.tsv", ["--header", "--text-column", "-1", "--label-column", "0"], Text("fine", "5")),
    ("classification", "a.csv", ["--separator", ";"], Text("fine", ("a", "b"))),
    ("classification", "bare.csv", ["--no-header"], Text("fine", "good")),
    ("classification", "a.jsonl", [], Text("fine", ("a", "b"))),
]


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, content in FILES.items():
        (tmp_path / name).write_text(content)


@pytest.mark.parametrize(("task", "name", "options", "expected"), READ)
def test_train_and_evaluate_read_the_same(files, task, name, options, expected):
    words = ["train", task, "--train", name, "--valid", name, *options]
    corpus = corpus_of(parser().parse_args(words), task, 0)
    assert list(corpus.train) == list(corpus.valid) == [expected]
    assert corpus.name == name.partition(".")[0]
    assert list(examples_of(parser().parse_args(["evaluate", "x", "--test", name, *options]), task)) == [expected]


@pytest.mark.parametrize(
    ("task", "name", "options", "tokens", "tagging"),
    [
        ("sequence-labeling", "a.conllu", [], "word", "tokens"),
        ("sequence-labeling", "a.conllu", ["--tokens", "char"], "char", "tokens"),
        ("sequence-labeling", "words.txt", ["--format", "segmented"], "char", "spans"),
        ("sequence-labeling", "plain.tags", ["--scheme", "plain"], "whitespace", "tokens"),
        ("classification", "a.tsv", [], "word", "spans"),
        ("classification", "a.tsv", ["--tokens", "whitespace"], "whitespace", "spans"),
    ],
)
def test_the_rule_for_raw_text_and_the_kind_of_tags(files, task, name, options, tokens, tagging):
    words = ["train", task, "--train", name, "--valid", name, *options]
    corpus = corpus_of(parser().parse_args(words), task, 0)
    assert (corpus.tokens, corpus.tagging) == (tokens, tagging)


def test_the_formats_that_help_names_are_those_that_can_be_read():
    assert set(NAMED) == set(FORMATS["sequence-labeling"])


def test_every_option_of_a_format_is_an_option_of_the_command_line():
    given = vars(parser().parse_args(["train", "classification"]))
    assert not {option for formats in FORMATS.values() for each in formats.values() for option in each.options} - set(
        given
    )
