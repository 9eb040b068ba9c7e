"""A labelling user's mistakes: one line on standard error, exit code 2, nothing written."""

import pytest

import keras_seq as ks
from keras_seq.cli import main

FILES = {
    "short.conll": b"a O\nb\n",
    "wide.conll": b"a O\nb O O\n",
    "foreign.conll": b"a O\nb X-city\n",
    "bioes.conll": b"a O\nb S-city\n",
    "latin.conll": b"a O\ncaf\xe9 O\n",
    "nul.conll": b"a O\nb\0 O\n",
    "empty.conll": b"",
    "blank.conll": b"\n\n",
    "irregular.conll": b"a O\n\nb O\nc I-city\n",
    "fine.conll": b"a O\n\nb B-destination\n",
    "texts.latin": b"fine\ncaf\xe9\n",
    "file": b"",
    "thesis/thesis.tex": b"years of work",
    "serving/README.md": b"not a version",
}
TRAIN = ["train", "sequence-labeling"]
FINE = [*TRAIN, "--train", "fine.conll", "--valid", "fine.conll"]
MISTAKES = [
    ([], "the following arguments are required: COMMAND"),
    (["trian"], "invalid choice: 'trian' (choose from 'train', "),
    (["train", "sequence-labelling"], "invalid choice: 'sequence-labelling' (choose from 'sequence-labeling', "),
    ([*TRAIN, "--data", "ticket-dekk"], "unknown corpus 'ticket-dekk' (did you mean ticket-desk?)"),
    ([*TRAIN, "--data", "zzz"], "unknown corpus 'zzz': expected one of ticket-desk, "),
    ([*TRAIN, "--set", "unit=3"], "unknown hyperparameter 'unit': did you mean 'units'?"),
    ([*TRAIN, "--set", "units"], "--set units: expected name=value, as in units=128"),
    ([*TRAIN, "--set", "units=0"], "hyperparameter units=0: expected at least 1"),
    ([*TRAIN, "--set", "units=many"], "hyperparameter units='many': expected a whole number"),
    ([*TRAIN, "--set", "cell=lstn"], "hyperparameter cell='lstn': expected one of "),
    ([*TRAIN, "--set", "dropout=1"], "hyperparameter dropout=1.0: expected less than 1"),
    ([*TRAIN, "--set", "dropout=nan"], "hyperparameter dropout=nan: expected a finite number"),
    (
        [*TRAIN, "--set", "units=8", "--set", "units=9"],
        "--set units=... stands twice: expected each hyperparameter once",
    ),
    ([*FINE, "--also", "phrases"], "argument --also: invalid choice: 'phrases' (choose from 'key-phrases', 'borders')"),
    ([*FINE, "--scheme", "plain", "--also", "key-phrases"], "also=key-phrases with labels of single tokens, expected"),
    ([*TRAIN, "--strict"], "--strict without --train: expected a training file too"),
    ([*TRAIN, "--tokens", "char"], "--tokens without --train: expected a training file too"),
    (
        ["evaluate", "model", "--data", "ticket-desk", "--scheme", "IOB1"],
        "--scheme with --data: expected it with --test",
    ),
    (["evaluate", "model", "--test", "fine.conll", "--split", "test"], "--split with --test: expected it with --data"),
    ([*TRAIN, "--seed", "one"], "argument --seed: invalid int value: 'one'"),
    ([*TRAIN, "--seed", "-1"], "hyperparameter seed=-1: expected at least 0"),
    ([*TRAIN, "--seed", "1", "--set", "seed=2"], "--seed and --set seed=...: expected one of them"),
    ([*TRAIN, "--tokens", "words"], "argument --tokens: invalid choice: 'words'"),
    ([*TRAIN, "--scheme", "BIO"], "argument --scheme: invalid choice: 'BIO' (choose from 'IOB1', "),
    ([*TRAIN, "--data", "ticket-desk", "--train", "fine.conll"], "--data and --train: expected one of them"),
    ([*TRAIN, "--valid", "fine.conll"], "--valid without --train: expected a training file too"),
    ([*TRAIN, "--train", "short.conll"], "short.conll:2: expected 2 columns, got 1"),
    ([*TRAIN, "--train", "wide.conll"], "wide.conll:2: expected 2 columns, got 3"),
    ([*TRAIN, "--train", "foreign.conll"], "foreign.conll:2: tag 'X-city' is not IOB2: expected O, B-label, I-label"),
    ([*TRAIN, "--train", "bioes.conll"], "bioes.conll:2: tag 'S-city' is not IOB2: expected"),
    ([*TRAIN, "--train", "latin.conll"], "latin.conll:2: expected UTF-8, got byte 0xe9 (byte 4 of the line)"),
    ([*TRAIN, "--train", "nul.conll"], "nul.conll:2: expected text, got a NUL byte (byte 2 of the line)"),
    ([*TRAIN, "--train", "empty.conll"], "empty.conll:1: expected sentences, got none"),
    ([*TRAIN, "--train", "blank.conll"], "blank.conll:1: expected sentences, got none"),
    ([*TRAIN, "--train", "missing.conll"], "missing.conll: no such file"),
    ([*TRAIN, "--train", "thesis"], "thesis: expected a file, got a directory"),
    ([*FINE, "--test", "short.conll"], "short.conll:2: expected 2 columns, got 1"),
    ([*TRAIN, "--train", "fine.conll", "--valid", "nul.conll"], "nul.conll:2: expected text, got a NUL byte"),
    ([*FINE, "--tag-column", "3"], "fine.conll:1: expected at least 4 columns for "),
    (
        [*TRAIN, "--train", "irregular.conll", "--valid", "fine.conll", "--strict"],
        "irregular.conll:4: I-city after O is not well-formed IOB2",
    ),
    ([*FINE, "--set", "joint=true"], "joint=true: corpus fine has sentences without a label, expected one for each"),
    ([*FINE, "--output", "thesis"], "thesis: exists and is not a keras-seq model, expected a new or empty directory"),
    ([*FINE, "--output", "file"], "file: is a file, expected a directory to write to"),
    ([*FINE, "--output", "file/model"], "file/model: "),
    (["evaluate", "model"], "evaluate: expected either --data NAME or --test FILE"),
    (["evaluate", "model", "--data", "ticket-desk", "--test", "fine.conll"], "expected either --data NAME or --test"),
    (["evaluate", "model", "--test", "short.conll"], "short.conll:2: expected 2 columns, got 1"),
    (["evaluate", "model", "--test", "irregular.conll", "--strict"], "irregular.conll:4: I-city after O is not"),
    (["evaluate", "model", "--data", "ticket-desk", "--split", "dev"], "argument --split: invalid choice: 'dev'"),
    (["evaluate", "nowhere", "--test", "fine.conll"], "nowhere: no such directory, expected a keras-seq model"),
    (
        ["evaluate", "thesis", "--test", "fine.conll"],
        "thesis: no pipeline.json of keras-seq in it, expected a directory",
    ),
    (["evaluate", "damaged", "--test", "fine.conll"], "No such file or directory, expected a part of the model"),
    (["predict", "thesis"], "thesis: no SavedModel in it, expected a directory that `export` wrote"),
    (["predict", "nowhere"], "nowhere: no such directory, expected a model or an export"),
    (["predict", "model", "--input", "nowhere"], "nowhere: no such file"),
    (["predict", "model", "--input", "thesis"], "thesis: expected a file, got a directory"),
    (["predict", "model", "--input", "texts.latin", "--output", "new"], "texts.latin:2: expected UTF-8, got byte 0xe9"),
    (["predict", "model", "--output", "nowhere/new"], "nowhere/new: no directory nowhere, expected one to write to"),
    (["predict", "model", "--output", "thesis"], "thesis: is a directory, expected a file to write to"),
    (
        ["export", "model", "thesis"],
        "thesis: contains thesis.tex, expected a new directory or one of numbered versions",
    ),
    (["export", "model", "file"], "file: is a file, expected a directory to export to"),
    (["export", "thesis", "new"], "thesis: no pipeline.json of keras-seq in it"),
    (["export", "nowhere", "new"], "nowhere: no such directory"),
    (["data", "atiss"], "unknown corpus 'atiss' (did you mean atis?)"),
]


@pytest.fixture(scope="module")
def mistakes(tmp_path_factory, attempt, model):
    """(exit code, standard error, what changed in the folder) of every mistaken command."""
    folder = tmp_path_factory.mktemp("mistakes")
    for name, content in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    ks.pipelines.load(model).save(folder / "model")
    ks.pipelines.load(model).save(folder / "damaged")
    next((folder / "damaged").glob("*.safetensors")).unlink()
    return attempt(folder, [words for words, _ in MISTAKES])


@pytest.mark.parametrize("number", range(len(MISTAKES)), ids=[" ".join(words) or "nothing" for words, _ in MISTAKES])
def test_a_mistake_is_one_line_and_exit_code_2_and_writes_nothing(mistakes, number):
    code, errors, changes = mistakes[number]
    words, message = MISTAKES[number]
    assert message in errors, words
    assert (code, errors.count("\n"), errors.startswith("keras-seq")) == (2, 1, True)
    assert not changes


def test_a_mistake_in_a_shell_is_one_line_too(shell, folder, model):
    (folder / "short.conll").write_bytes(FILES["short.conll"])
    done = shell("train", "sequence-labeling", "--train", "short.conll", "--output", "never")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"keras-seq: short.conll:2: expected 2 columns, got 1\n"
    assert not (folder / "never").exists()


def test_a_failure_that_is_nobody_s_mistake_is_exit_code_1(folder, monkeypatch, capfd):
    monkeypatch.chdir(folder)
    options = [
        "--no-tracking",
        "--output",
        "never",
        "--set",
        "learning_rate=1e30",
        "clip_norm=0",
        "epochs=1",
        "units=2",
    ]
    assert main(["train", "sequence-labeling", "--train", "train.conll", "--valid", "valid.conll", *options]) == 1
    last = capfd.readouterr().err.splitlines()[-1]
    assert last.startswith("keras-seq: the loss is ")
    assert not (folder / "never").exists()
