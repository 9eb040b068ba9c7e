"""Which reader the options name, by what it reads; nothing is trained."""

import pytest

from keras_seq.arguments import parser
from keras_seq.corpus_options import FORMATS, corpus_of, examples_of
from keras_seq.data_arguments import FORMATS as NAMED
from keras_seq.datasets import InputError, LabeledSequence, Language, Parallel, Text

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
    "a.en": "go\nstop\n",
    "a.zh": "走\n停\n",
    "a.fr": "va\nstop\n",
    "pairs.tsv": "go\t走\tAnn\nstop\t停\tBob\n",
    "pairs.csv": "zh,en\n走,go\n停,stop\n",
    "numbers.txt": "".join(f"{number}\n" for number in range(30)),
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


def arguments(*words):
    """As the command line reads them; which task they are for is told to `corpus_of` and `examples_of`."""
    return parser().parse_args(["train", "classification", *words])


PAIRS = [Parallel(("go", "走")), Parallel(("stop", "停"))]
TRANSLATION = [
    (["a.en", "a.zh"], [], PAIRS, ("en", "zh")),
    (
        ["a.en", "a.zh", "a.fr"],
        [],
        [Parallel(("go", "走", "va")), Parallel(("stop", "停", "stop"))],
        ("en", "zh", "fr"),
    ),
    (["pairs.tsv"], [], PAIRS, ("source", "target")),
    (["pairs.tsv"], ["--source-column", "0", "--target-column", "-2"], PAIRS, ("source", "target")),
    (["pairs.csv"], ["--source-column", "en", "--target-column", "zh"], PAIRS, ("en", "zh")),
    (
        ["pairs.csv"],
        ["--no-header", "--source-column", "1", "--target-column", "0"],
        [Parallel(("en", "zh")), *PAIRS],
        ("source", "target"),
    ),
]


@pytest.mark.parametrize(("names", "options", "expected", "languages"), TRANSLATION)
def test_of_translation_several_files_are_parallel_and_one_holds_pairs(files, names, options, expected, languages):
    corpus = corpus_of(arguments("--train", *names, "--valid", *names, *options), "translation", 0)
    assert list(corpus.train) == list(corpus.valid) == expected
    assert corpus.name == names[0].partition(".")[0]
    assert corpus.languages == tuple(map(Language, languages))
    found = examples_of(parser().parse_args(["evaluate", "x", "--test", *names, *options]), "translation")
    assert list(found) == expected


@pytest.mark.parametrize("names", [["a.en", "a.zh"], ["pairs.tsv"]])
def test_source_and_target_have_rules_of_their_own(files, names):
    words = ["--train", *names, "--valid", *names, "--tokens", "word"]
    assert [language.tokens for language in corpus_of(arguments(*words), "translation", 0).languages] == ["word"] * 2
    corpus = corpus_of(arguments(*words, "--target-tokens", "char"), "translation", 0)
    assert [language.tokens for language in corpus.languages] == ["word", "char"]


def test_an_autoencoder_reads_lines_in_no_order(files):
    corpus = corpus_of(arguments("--train", "numbers.txt", "--test", "a.en", "--tokens", "char"), "autoencoder", 0)
    held = [example.text for example in corpus.valid]
    assert (len(held), corpus.tokens) == (3, "char")
    assert held != ["27", "28", "29"]
    assert list(corpus.test) == [Text("go"), Text("stop")]


@pytest.mark.parametrize(
    ("task", "words", "message"),
    [
        (
            "translation",
            ["--train", "pairs.tsv", "--valid", "a.en", "a.zh"],
            "--valid a.en a.zh: expected one file, got 2",
        ),
        (
            "translation",
            ["--train", "a.en", "a.zh", "--test", "a.en"],
            "expected two files or more, one for each language",
        ),
        ("translation", ["--train", "a.en", "a.zh", "--test", "a.zh", "a.en"], "test: expected the order en, zh as of"),
        (
            "translation",
            ["--train", "a.en", "a.zh", "--source-column", "1"],
            "--source-column with 2 files: expected it ",
        ),
        ("translation", ["--train", "a.en", "a.zh", "--header"], "--header with 2 files: expected it with pairs"),
        (
            "translation",
            ["--train", "a.en"],
            "a.en: expected a second file, parallel to it, or one file of pairs that ",
        ),
        (
            "translation",
            ["--train", "a.en", "numbers.txt"],
            "a.en: 2 lines, numbers.txt: 30: expected equally many, a.en ",
        ),
        ("translation", ["--target-tokens", "char"], "--target-tokens without --train: expected a training file too"),
        ("translation", ["--format", "columns"], "--format with translation: expected it with sequence-labeling alone"),
        ("autoencoder", ["--train", "a.en", "a.zh"], "--train a.en a.zh: expected one file, got 2"),
        (
            "autoencoder",
            ["--train", "a.en", "--blank-lines"],
            "--blank-lines with autoencoder: expected it with language-",
        ),
        ("autoencoder", ["--target-tokens", "char"], "--target-tokens with autoencoder: expected it with translation"),
        (
            "sequence-labeling",
            ["--header"],
            "--header with sequence-labeling: expected it with classification or transl",
        ),
    ],
)
def test_a_mistake_of_translation_or_auto_encoding(files, task, words, message):
    with pytest.raises(InputError) as caught:
        corpus_of(arguments(*words), task, 0)
    assert str(caught.value).startswith(message)
