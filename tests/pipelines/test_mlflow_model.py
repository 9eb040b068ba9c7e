"""A pipeline as MLflow serves it."""

import json
from pathlib import Path

import mlflow
import pytest

import keras_seq

FILE = Path(keras_seq.pipelines.__file__).with_name("mlflow_model.py")
TEXTS = ["please to Rome now", "我一月一号去郑州", ""]


@pytest.fixture(scope="module")
def model(labeler, tmp_path_factory):
    """The labeller, written and read by MLflow."""
    folder = tmp_path_factory.mktemp("mlflow")
    labeler.save(folder / "pipeline")
    mlflow.pyfunc.save_model(
        folder / "model", python_model=str(FILE), artifacts={"pipeline": str(folder / "pipeline")}, pip_requirements=[]
    )
    return mlflow.pyfunc.load_model(str(folder / "model"))


def test_it_takes_strings_and_gives_json(labeler, model):
    expected = [json.loads(json.dumps(result.as_dict())) for result in labeler.predict(TEXTS)]
    assert [json.loads(line) for line in model.predict(TEXTS)] == expected


def test_its_signature_says_strings(model):
    assert [str(kind) for kind in model.metadata.signature.inputs.input_types()] == ["DataType.string"]


def test_what_is_no_number_is_null(tmp_path):
    """A language model without smoothing gives log 0 to what it never saw; JSON has no word for it."""
    corpus = keras_seq.datasets.Corpus.from_texts(["a b"] * 4, ["a b"])
    language_model = keras_seq.pipelines.NgramLanguageModel(order=1, smoothing="mle")
    language_model.fit(corpus, tracking=None, progress=False).save(tmp_path / "pipeline")
    mlflow.pyfunc.save_model(
        tmp_path / "model",
        python_model=str(FILE),
        artifacts={"pipeline": str(tmp_path / "pipeline")},
        pip_requirements=[],
    )
    (line,) = mlflow.pyfunc.load_model(str(tmp_path / "model")).predict(["c"])
    found = json.loads(line, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))
    assert (found["log_probability"], found["known"]) == (None, [False, True])
