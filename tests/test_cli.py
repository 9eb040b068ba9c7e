"""The command line, as a person in a shell meets it."""

import dataclasses
import io
import json
import os
import random
import resource
import subprocess
import sys
from pathlib import Path

import pytest

import keras_seq as ks
from keras_seq.arguments import RULES, SCHEMES, TASKS, parser
from keras_seq.cli import main

SMALL = "cell=elman units=16 embedding_dim=8 learning_rate=0.02 dropout=0.1 batch_size=16".split()
TEXTS = "we go to Rome\nfrom Oslo now 我\n\nﬁ 👩‍👩‍👧\n"


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


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A user's folder with three column files."""
    path = tmp_path_factory.mktemp("user")
    for seed, (split, count) in enumerate({"train": 120, "valid": 20, "test": 30}.items()):
        (path / f"{split}.conll").write_text(columns(sentences(count, seed)))
    return path


@pytest.fixture(scope="module")
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


@pytest.fixture(scope="module")
def trained(shell):
    """A model, trained from files; the process that did it."""
    files = ["--train", "train.conll", "--valid", "valid.conll", "--test", "test.conll"]
    return shell(
        "train", "sequence-labeling", *files, "--output", "model", "--set", *SMALL, "--set", "epochs=5", "--json"
    )


@pytest.fixture(scope="module")
def model(folder, trained):
    assert trained.returncode == 0, trained.stderr.decode()
    return folder / "model"


@pytest.fixture(scope="module")
def serving(folder, model):
    """The model's export."""
    assert main(["export", str(model), str(folder / "serving")]) == 0
    return folder / "serving"


@pytest.fixture
def run(folder, monkeypatch, capfd):
    """run(*words, typed="..."): one command in this process; what it wrote to standard output."""
    monkeypatch.chdir(folder)

    def command(*words, typed=""):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed.encode())))
        capfd.readouterr()
        assert main(list(map(str, words))) == 0
        return capfd.readouterr().out

    return command


class TestTrain:
    def test_the_last_line_is_json_with_the_figures(self, model, trained):
        result = json.loads(trained.stdout.splitlines()[-1])
        assert result["f1"] > 0.9
        assert [row["label"] for row in result["labels"]] == ["destination", "origin"]
        assert sum(row["support"] for row in result["labels"]) == 30
        assert (result["split"], result["sentences"], result["model"]) == ("test", 30, "model")

    def test_the_run_is_tracked_with_the_figures_of_the_test_split(self, folder, model, trained):
        import mlflow

        result = json.loads(trained.stdout.splitlines()[-1])
        client = mlflow.MlflowClient(tracking_uri=f"sqlite:///{folder}/mlruns/mlflow.db")
        found = client.get_run(result["run"])
        assert found.info.status == "FINISHED"
        assert found.data.metrics["test_f1"] == pytest.approx(result["f1"])

    def test_a_log_has_a_line_for_each_epoch_and_no_noise(self, model, trained):
        lines = trained.stderr.decode().splitlines()
        epochs = [line for line in lines if line.startswith("epoch ")]
        assert len(epochs) == 5
        others = [line.split()[0] for line in lines if line not in epochs]
        assert others == ["raw", "best"]  # how raw text is split, and which epoch was best

    def test_every_set_counts(self, model):
        config = ks.pipelines.load(model).config
        assert (config.cell, config.units, config.epochs) == ("elman", 16, 5)

    def test_without_a_test_split_the_validation_split_is_reported(self, run, folder):
        options = ["--output", folder / "other", "--seed", 3, "--no-tracking"]
        tiny = ["units=2", "embedding_dim=2", "epochs=1", "output=softmax", "bidirectional=false"]
        out = run("train", "sequence-labeling", "--train", "train.conll", *options, "--set", *tiny)
        assert out.startswith("valid split, 12 sentences\n")  # a tenth of 120
        assert out.endswith(f"model: {folder / 'other'}\n")
        assert ks.pipelines.load(folder / "other").config.seed == 3

    def test_set_help_lists_every_hyperparameter(self, run):
        names = {line.split()[0] for line in run("train", "sequence-labeling", "--set", "help").splitlines()}
        assert names == {field.name for field in dataclasses.fields(ks.pipelines.SequenceLabelerConfig)}


class TestEvaluate:
    def test_the_figures_are_those_of_training(self, run, model, trained):
        found = json.loads(run("evaluate", model, "--test", "test.conll", "--json").splitlines()[-1])
        told = json.loads(trained.stdout.splitlines()[-1])
        assert found == {name: told[name] for name in found}

    def test_a_person_gets_a_table(self, run, model):
        first_words = [line.split()[0] for line in run("evaluate", model, "--test", "test.conll").splitlines()]
        assert first_words[:4] == ["precision", "destination", "origin", "overall"]

    def test_a_named_corpus_has_splits(self, run, model):
        found = json.loads(run("evaluate", model, "--data", "ticket-desk-en", "--split", "valid", "--json"))
        assert found["sentences"] == len(ks.datasets.load("ticket-desk-en").valid)
        assert any("time" in note for note in found["notes"])

    def test_i_after_o_is_one_warning_with_its_number(self, shell, folder, model):
        (folder / "irregular.conll").write_text("a O\nRome I-destination\n\nb O\nOslo I-origin\n")
        done = shell("evaluate", model, "--test", "irregular.conll")
        assert done.returncode == 0
        (line,) = done.stderr.decode().splitlines()
        assert line.startswith("irregular.conll:2: I-destination after O is not well-formed IOB2 (2 such tags in all")


class TestPredict:
    def test_a_line_in_is_a_line_out(self, run, model):
        expected = [f"{text}\t{ks.pipelines.load(model).predict(text)}" for text in TEXTS.splitlines()]
        assert run("predict", model, typed=TEXTS).splitlines() == expected

    def test_json_has_everything(self, run, model):
        found = [json.loads(line) for line in run("predict", model, "--json", typed=TEXTS).splitlines()]
        expected = [result.as_dict() for result in ks.pipelines.load(model).predict(TEXTS.splitlines())]
        assert found == json.loads(json.dumps(expected))

    def test_files_are_read_and_written(self, run, folder, model):
        (folder / "texts").write_text(TEXTS)
        assert run("predict", model, "--input", "texts", "--output", "labels") == ""
        assert (folder / "labels").read_text() == run("predict", model, typed=TEXTS)

    @pytest.mark.parametrize("version", ["", "1"])
    def test_an_export_says_the_same(self, run, model, serving, version):
        assert run("predict", serving / version, typed=TEXTS) == run("predict", model, typed=TEXTS)

    def test_many_lines_come_out_in_order(self, run, model):
        texts = [f"{number} to Rome" for number in range(2345)]
        assert [line.partition("\t")[0] for line in run("predict", model, typed="\n".join(texts)).splitlines()] == texts

    def test_nothing_in_is_nothing_out(self, run, model):
        assert run("predict", model) == ""

    def test_output_is_utf8_whatever_the_locale_and_errors_stay_empty(self, shell, serving):
        done = shell("predict", serving, input="去 Rome\n".encode(), env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"})
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout.decode().startswith("去 Rome\t")

    def test_a_reader_that_goes_away_is_no_traceback(self, folder, model):
        (folder / "many").write_text("to Rome\n" * 20_000)
        command = f"set -o pipefail; {sys.executable} -m keras_seq predict model --input many | head -1"
        environment = {**os.environ, "PYTHONPATH": str(Path(ks.__file__).parent.parent)}
        done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, capture_output=True, timeout=120)
        assert done.stdout.startswith(b"to Rome\t")
        assert (done.returncode, done.stderr) == (1, b"")


class TestExport:
    def test_it_says_where_and_how_to_try_it(self, run, folder, model):
        path = folder / "exports"
        assert run("export", model, path).splitlines() == [
            f"exported: {path / '1'}",
            f"try it: echo TEXT | keras-seq predict {path}",
        ]


class TestData:
    def test_it_lists_every_corpus_with_its_licence(self, run):
        out = run("data")
        for corpus in ks.datasets.corpora():
            assert f"{corpus.name}: {corpus.title}\n  licence: {corpus.licence}\n" in out

    def test_one_can_be_asked_for(self, run):
        assert run("data", "ticket-desk").splitlines()[0].startswith("ticket-desk: ")
        assert "atis" not in run("data", "ticket-desk")


class TestHelp:
    @pytest.mark.parametrize("words", [["--help"], ["train", "--help"], ["predict", "--help"], ["--version"]])
    def test_it_starts_no_tensorflow(self, folder, words):
        code = """
import sys
from keras_seq.cli import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    assert not end.code
    heavy = {"tensorflow", "keras", "numpy", "mlflow"} & set(sys.modules)
    sys.exit(f"imported: {heavy}" if heavy else 0)
"""
        environment = {**os.environ, "PYTHONPATH": str(Path(ks.__file__).parent.parent)}
        done = subprocess.run([sys.executable, "-c", code, *words], cwd=folder, env=environment, capture_output=True)
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout

    def test_it_answers_in_half_a_second(self, shell):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = shell("--help")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime < 0.5
        assert b"examples:" in done.stdout

    def test_every_example_is_a_command(self):
        lines = [line.strip() for line in parser().epilog.splitlines()[1:]]
        for line in lines:
            words = line.partition("   ")[0].rpartition("| ")[2].split()
            assert words[0] == "keras-seq"
            parser().parse_args(words[1:])

    def test_its_choices_are_those_of_the_package(self):
        from keras_seq.datasets.corpus import TOKEN_RULES
        from keras_seq.datasets.tag_schemes import PREFIXES

        assert set(TASKS) == set(ks.pipelines.PIPELINES)
        assert set(SCHEMES) == set(PREFIXES)
        assert set(RULES) == set(TOKEN_RULES)


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
    (["train", "sequence-labelling"], "invalid choice: 'sequence-labelling' (choose from 'sequence-labeling')"),
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


@pytest.fixture(scope="module")
def mistakes(tmp_path_factory, model):
    """(exit code, standard error, what changed in the folder) of every mistaken command."""
    folder = tmp_path_factory.mktemp("mistakes")
    for name, content in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    ks.pipelines.load(model).save(folder / "model")
    ks.pipelines.load(model).save(folder / "damaged")
    next((folder / "damaged").glob("*.safetensors")).unlink()
    environment = {**os.environ, "PYTHONPATH": str(Path(ks.__file__).parent.parent)}
    done = subprocess.run(
        [sys.executable, "-c", EVERY_COMMAND],
        input=json.dumps([words for words, _ in MISTAKES]),
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


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
