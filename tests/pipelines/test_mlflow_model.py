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
