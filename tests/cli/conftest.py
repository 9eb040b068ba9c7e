"""A user's folder, the command line run in it, and small models trained there once for all tests."""

import contextlib
import io
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

import keras_seq as ks
from keras_seq.cli import main

SMALL = "cell=elman units=16 embedding_dim=8 learning_rate=0.02 input_dropout=0.1 dropout=0.1 batch_size=16".split()


def sentences(count, seed):
    """Sentences in which `to` or `from` decides what the city is, as rows `token tag`."""
    draw = random.Random(seed)
    for _ in range(count):
        word, tag = draw.choice([("to", "B-destination"), ("from", "B-origin")])
        city = draw.choice("Rome Paris Oslo Bern Prague Lima".split())
        fillers = [f"{filler} O" for filler in draw.choices("we please now the train".split(), k=draw.randint(0, 4))]
        yield [*fillers, f"{word} O", f"{city} {tag}"]


def columns(examples):
    return "".join("".join(f"{row}\n" for row in rows) + "\n" for rows in examples)


def labeled(examples):
    """The same as texts with the label of their city."""
    rows = [[row.split() for row in rows] for rows in examples]
    texts = [(" ".join(word for word, _ in row), next(tag[2:] for _, tag in row if tag != "O")) for row in rows]
    return "".join(f"{text}\t{label}\n" for text, label in texts)


GERMAN = {"we": "wir", "go": "fahren", "walk": "gehen", "to": "nach", "from": "von", "now": "jetzt", "Rome": "Rom"}
CITIES = "Rome Oslo Lima Bern".split()
PHRASES = [f"we {verb} {word} {city} now" for verb in ("go", "walk") for word in ("to", "from") for city in CITIES]


def in_german(phrase):
    """Word by word, `now` after the verb."""
    *words, last = (GERMAN.get(word, word) for word in phrase.split())
    return " ".join([*words[:2], last, *words[2:]])


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """A user's folder with three files each of columns, of labelled texts, and of plain text, and three pairs of files."""
    path = tmp_path_factory.mktemp("user")
    for seed, (split, count) in enumerate({"train": 120, "valid": 20, "test": 30}.items()):
        (path / f"{split}.conll").write_text(columns(sentences(count, seed)))
        (path / f"{split}.tsv").write_text(labeled(sentences(count, seed)))
    jane = ks.datasets.jane(distances=(0, 3), size=240)
    for split in ("train", "valid", "test"):
        (path / f"{split}.txt").write_text("".join(f"{example.text}\n" for example in getattr(jane, split)))
    others = ["we go to Paris now please", "go"], ["wir fahren jetzt nach Paris bitte", "fahren"]
    for split, times, (english, german) in ("train", 8, ([], [])), ("valid", 1, ([], [])), ("test", 1, others):
        (path / f"{split}.en").write_text("".join(f"{text}\n" for text in [*PHRASES * times, *english]))
        (path / f"{split}.de").write_text("".join(f"{text}\n" for text in [*map(in_german, PHRASES * times), *german]))
    return path


@pytest.fixture(scope="session")
def shell(folder):
    """shell(*words): `python -m keras_seq` in the user's folder, in a process of its own."""

    def run(*words, **options):
        environment = {**os.environ, "PYTHONPATH": str(Path(ks.__file__).parent.parent), **options.pop("env", {})}
        environment.pop("MLFLOW_TRACKING_URI", None)
        command = [sys.executable, "-m", "keras_seq", *map(str, words)]
        return subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, timeout=180, **{"input": b"", **options}
        )

    return run


class Terminal(io.StringIO):
    """Standard output that a person looks at; keeps what was written piece by piece."""

    def __init__(self, looks_on):
        super().__init__()
        self.looks_on, self.pieces = looks_on, []

    def isatty(self):
        return self.looks_on

    def write(self, text):
        self.pieces.append(text)
        return super().write(text)


@pytest.fixture(scope="session")
def terminal(folder):
    """terminal(*words, typed="...", looks_on=False): a command in this process; its exit code and standard output."""

    def command(*words, typed="", looks_on=False):
        out = Terminal(looks_on)
        with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out):
            patch.chdir(folder)
            patch.delenv("MLFLOW_TRACKING_URI", raising=False)
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed.encode())))
            return main(list(map(str, words))), out

    return command


@pytest.fixture(scope="session")
def run(terminal):
    """run(*words, typed="..."): what a command that succeeds writes to standard output."""

    def command(*words, typed=""):
        code, out = terminal(*words, typed=typed)
        assert code == 0
        return out.getvalue()

    return command


@pytest.fixture(scope="session")
def trained(shell):
    """The process that trained a labeller from files."""
    files = ["--train", "train.conll", "--valid", "valid.conll", "--test", "test.conll"]
    return shell(
        *("train", "sequence-labeling", *files, "--output", "model", "--set", *SMALL, "--set", "epochs=5", "--json"),
        *("--also", "key-phrases"),
    )


@pytest.fixture(scope="session")
def model(folder, trained):
    """That labeller."""
    assert trained.returncode == 0, trained.stderr.decode()
    return folder / "model"


@pytest.fixture(scope="session")
def serving(folder, run, model):
    """The labeller's export."""
    run("export", model, folder / "serving")
    return folder / "serving"


LABELED = ["--train", "train.tsv", "--valid", "valid.tsv", "--test", "test.tsv", "--no-tracking"]
TINY = "cell=elman units=8 embedding_dim=8 learning_rate=0.03 pooling=attention dropout=0.1 batch_size=20".split()


@pytest.fixture(scope="session")
def classifier_report(run):
    """What training a classifier from files prints last, as JSON."""
    words = ["train", "classification", *LABELED, "--output", "classifier", "--json", "--baseline"]
    return json.loads(run(*words, "--set", *TINY, "epochs=6").splitlines()[-1])


@pytest.fixture(scope="session")
def classifier(folder, classifier_report):
    """That classifier."""
    return folder / "classifier"


PAIRS = ["--train", "train.en", "train.de", "--valid", "valid.en", "valid.de", "--test", "test.en", "test.de"]
QUICK = (
    "units=16 embedding_dim=16 source_unit=token target_unit=token attention=additive dropout=0 averaging=none".split()
)


@pytest.fixture(scope="session")
def translator_report(run):
    """What training a translator from files prints last, as JSON."""
    words = ["train", "translation", *PAIRS, "--no-tracking", "--output", "translator", "--json", "--baseline"]
    return json.loads(run(*words, "--set", *QUICK, "batch_size=16", "learning_rate=0.03", "epochs=20").splitlines()[-1])


@pytest.fixture(scope="session")
def translator(folder, translator_report):
    """That translator; it knows the phrases, and not all words of the other texts."""
    return folder / "translator"


@pytest.fixture(scope="session")
def translator_serving(folder, run, translator):
    """Its export."""
    run("export", translator, folder / "translator-serving")
    return folder / "translator-serving"


TEXTS = ["--train", "train.txt", "--valid", "valid.txt", "--test", "test.txt", "--no-tracking"]


@pytest.fixture(scope="session")
def ngram_report(run):
    """What training an n-gram model from files prints last, as JSON."""
    words = ["train", "language-model", *TEXTS, "--output", "ngram", "--json", "--set", "kind=ngram", "order=3"]
    return json.loads(run(*words).splitlines()[-1])


@pytest.fixture(scope="session")
def ngram(folder, ngram_report):
    """That model."""
    return folder / "ngram"


@pytest.fixture(scope="session")
def rnn(folder, run):
    """A recurrent model of the same texts."""
    options = "kind=rnn cell=elman units=8 layers=1 epochs=1 batch_size=4".split()
    run("train", "language-model", *TEXTS, "--output", "rnn", "--set", *options)
    return folder / "rnn"


# Each command in one process, its standard error in a file: as a shell would see it, but TensorFlow starts only once.
EVERY_COMMAND = """
import json, os, sys, tempfile
from pathlib import Path
from keras_seq.cli import main
found = []
for words in json.load(sys.stdin):
    before = {str(path): path.stat().st_mtime_ns for path in Path(".").rglob("*")}
    kept = os.dup(2)
    with tempfile.TemporaryFile() as errors:
        os.dup2(errors.fileno(), 2)
        try:
            code = main(words)
        except SystemExit as end:
            code = end.code
        except BaseException as error:
            code = repr(error)
        sys.stderr.flush()
        os.dup2(kept, 2)
        errors.seek(0)
        after = {str(path): path.stat().st_mtime_ns for path in Path(".").rglob("*")}
        found.append([code, errors.read().decode(), sorted(set(before.items()) ^ set(after.items()))])
print(json.dumps(found))
"""


@pytest.fixture(scope="session")
def attempt():
    """attempt(folder, commands): exit code, standard error, and what changed in the folder, of each command."""

    def run(folder, commands):
        environment = {**os.environ, "PYTHONPATH": str(Path(ks.__file__).parent.parent)}
        done = subprocess.run(
            [sys.executable, "-c", EVERY_COMMAND],
            input=json.dumps(commands),
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return run
