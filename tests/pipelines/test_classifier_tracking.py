"""A classifier's run in MLflow, and the model that MLflow serves."""

import json
from pathlib import Path

import mlflow
import pytest

import keras_seq
from keras_seq.pipelines import classification

FILE = Path(keras_seq.pipelines.__file__).with_name("mlflow_model.py")
TEXTS = ["this film is not so dull", "去", ""]


@pytest.fixture(scope="module")
def tracked(reviews, tmp_path_factory):
    """A classifier that was tracked in an empty folder, and its run's client."""
    folder = tmp_path_factory.mktemp("tracked")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{folder}/mlflow.db")
        patch.chdir(folder)
        options = {"cell": "elman", "units": 3, "embedding_dim": 3, "epochs": 2, "batch_size": 20}
        model = classification(reviews, progress=False, **options)
    return model, mlflow.MlflowClient(tracking_uri=f"sqlite:///{folder}/mlflow.db")


def test_a_run_has_its_pictures_and_figures(tracked):
    model, client = tracked
    drawn = {file.path for file in client.list_artifacts(model.run_id)}
    assert drawn >= {"curves.png", "confusion.png", "reliability.png"}
    figures = client.get_run(model.run_id).data.metrics
    assert figures["valid_accuracy"] == pytest.approx(model.history["valid_accuracy"][-1])
    assert {"valid_nll", "valid_ece", "ece_before", "ece_after"} <= set(figures)


def test_the_model_takes_strings_and_gives_json(critic, sorter, tmp_path):
    for number, model in enumerate((critic, sorter)):
        model.save(tmp_path / f"pipeline{number}")
        mlflow.pyfunc.save_model(
            tmp_path / f"model{number}",
            python_model=str(FILE),
            artifacts={"pipeline": str(tmp_path / f"pipeline{number}")},
            pip_requirements=[],
        )
        lines = mlflow.pyfunc.load_model(str(tmp_path / f"model{number}")).predict(TEXTS)
        expected = [json.loads(json.dumps(result.as_dict())) for result in model.predict(TEXTS)]
        assert [json.loads(line) for line in lines] == expected
