"""Runs in a real store, and stores that are broken."""

import logging
import sqlite3
from pathlib import Path

import keras
import matplotlib.image
import mlflow
import pytest

from keras_seq.pipelines import SequenceLabeler, load, log_figures, tracking_uri
from keras_seq.pipelines.tracking import EXPERIMENT

TINY = {"cell": "elman", "units": 4, "embedding_dim": 3, "batch_size": 16, "output": "softmax", "bidirectional": False}


@pytest.fixture
def nowhere(monkeypatch):
    """MLflow as it is before anybody has named a store, and so again afterwards."""
    before = mlflow.get_tracking_uri()
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    yield monkeypatch
    mlflow.set_tracking_uri(before)


@pytest.fixture(scope="module")
def tracked(rule, tmp_path_factory):
    """A labeller that was tracked in the default store of an empty folder, and that folder."""
    folder = tmp_path_factory.mktemp("tracked")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        patch.chdir(folder)
        labeler = SequenceLabeler(**TINY, epochs=2, seed=5).fit(rule, progress=False)
        log_figures(labeler.run_id, labeler.evaluate(rule.test))
    return labeler, folder


@pytest.fixture(scope="module")
def client(tracked):
    return mlflow.MlflowClient(tracking_uri=f"sqlite:///{tracked[1]}/mlruns/mlflow.db")


@pytest.fixture(scope="module")
def run(tracked, client):
    return client.get_run(tracked[0].run_id)


class TestARun:
    def test_it_lies_in_the_default_store(self, tracked):
        labeler, folder = tracked
        with sqlite3.connect(folder / "mlruns" / "mlflow.db") as database:
            found = database.execute("SELECT run_uuid, status FROM runs").fetchall()
        assert found == [(labeler.run_id, "FINISHED")]
        assert [entry.name for entry in folder.iterdir()] == ["mlruns"]

    def test_it_has_the_hyperparameters(self, tracked, run):
        config = vars(tracked[0].config)
        assert {name: run.data.params[name] for name in config} == {name: str(value) for name, value in config.items()}

    def test_it_has_the_corpus_with_its_hash(self, rule, run):
        params = run.data.params
        assert (params["corpus"], params["corpus_sha256"]) == ("rule", rule.fingerprint)
        sizes = [params[f"{split}_examples"] for split in ("train", "valid", "test")]
        assert sizes == [str(len(split)) for split in (rule.train, rule.valid, rule.test)]

    @pytest.mark.parametrize("name", ["loss", "valid_f1", "valid_accuracy", "valid_score"])
    def test_it_has_the_figures_of_every_epoch(self, tracked, client, name):
        labeler, _ = tracked
        found = client.get_metric_history(labeler.run_id, name)
        assert [metric.step for metric in found] == [0, 1]
        assert [metric.value for metric in found] == pytest.approx(labeler.history[name])

    def test_figures_can_be_added_afterwards(self, tracked, rule, run):
        assert run.data.metrics["test_f1"] == pytest.approx(tracked[0].evaluate(rule.test)["f1"])

    @pytest.mark.parametrize("name", ["curves.png", "confusion.png"])
    def test_it_has_pictures(self, tracked, client, tmp_path, name):
        labeler, _ = tracked
        path = client.download_artifacts(labeler.run_id, name, str(tmp_path))
        assert matplotlib.image.imread(path).ndim == 3

    def test_its_artefacts_lie_beside_the_store(self, tracked):
        labeler, folder = tracked
        assert (folder / "mlruns" / "artifacts" / labeler.run_id / "artifacts" / "curves.png").is_file()

    def test_its_model_is_a_pipeline_of_ours(self, tracked):
        labeler, folder = tracked
        (manifest,) = folder.rglob("pipeline.json")
        loaded = load(manifest.parent)
        assert loaded.predict("to Rome") == labeler.predict("to Rome")
        assert loaded.run_id == labeler.run_id

    def test_the_experiment_has_our_name(self, client, run):
        assert client.get_experiment(run.info.experiment_id).name == EXPERIMENT


class TestWhereRunsGo:
    def test_the_default_is_a_database_in_mlruns_of_the_working_folder(self, nowhere, tmp_path):
        nowhere.chdir(tmp_path)
        assert tracking_uri() == f"sqlite:///{tmp_path}/mlruns/mlflow.db"

    def test_an_empty_variable_names_no_store(self, nowhere, tmp_path):
        nowhere.chdir(tmp_path)
        nowhere.setenv("MLFLOW_TRACKING_URI", "")
        assert tracking_uri() == f"sqlite:///{tmp_path}/mlruns/mlflow.db"

    @pytest.mark.parametrize("name", ["one", "another"])
    def test_each_working_folder_of_a_process_has_its_own_store(self, nowhere, tmp_path, rule, name):
        (tmp_path / name).mkdir()
        nowhere.chdir(tmp_path / name)
        labeler = SequenceLabeler(**TINY, epochs=1).fit(rule, progress=False)
        with sqlite3.connect("mlruns/mlflow.db") as database:
            assert database.execute("SELECT run_uuid FROM runs").fetchall() == [(labeler.run_id,)]

    def test_a_run_that_breaks_off_has_failed_in_the_store_that_the_variable_names(self, nowhere, tmp_path, rule):
        def interrupt(step, logs):
            raise KeyboardInterrupt

        uri = f"sqlite:///{tmp_path}/other.db"
        nowhere.setenv("MLFLOW_TRACKING_URI", uri)
        nowhere.chdir(tmp_path)
        labeler = SequenceLabeler(**TINY)
        with pytest.raises(KeyboardInterrupt):
            labeler.fit(rule, progress=False, callbacks=[keras.callbacks.LambdaCallback(on_train_batch_end=interrupt)])
        assert mlflow.MlflowClient(tracking_uri=uri).get_run(labeler.run_id).info.status == "FAILED"

    def test_without_tracking_nothing_is_written(self, nowhere, tmp_path, rule):
        nowhere.chdir(tmp_path)
        labeler = SequenceLabeler(**TINY, epochs=1).fit(rule, tracking=None, progress=False)
        assert labeler.run_id is None
        assert not list(tmp_path.iterdir())


def test_a_picture_that_cannot_be_drawn_costs_neither_the_others_nor_the_model(
    nowhere, tmp_path, rule, caplog, monkeypatch
):
    def broken(self, folder, corpus):
        (folder / "curves.png").write_bytes(b"drawn")
        raise ValueError("no ink")

    nowhere.chdir(tmp_path)
    monkeypatch.setattr(SequenceLabeler, "pictures", broken)
    with caplog.at_level(logging.WARNING):
        SequenceLabeler(**TINY, epochs=1).fit(rule, progress=False)
    assert list(tmp_path.rglob("curves.png"))
    assert list(tmp_path.rglob("pipeline.json"))
    assert "MLflow failed, training goes on without it: no ink" in caplog.messages


class TestABrokenStore:
    @pytest.fixture
    def broken(self, nowhere, tmp_path):
        """A store whose folder is a file."""
        (tmp_path / "file").touch()
        nowhere.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/file/mlflow.db")
        nowhere.chdir(tmp_path)
        return tmp_path

    def test_training_goes_on_with_one_warning(self, broken, rule, caplog):
        with caplog.at_level(logging.WARNING):
            labeler = SequenceLabeler(**TINY, epochs=2).fit(rule, progress=False)
        assert labeler.evaluate(rule.test)["sentences"] == len(rule.test)
        ours = [record for record in caplog.records if record.name.startswith("keras_seq")]
        assert [record.getMessage().partition(":")[0] for record in ours] == [
            "MLflow failed, training goes on without it"
        ]
        assert "\n" not in ours[0].getMessage()
        assert [entry.name for entry in broken.iterdir()] == ["file"]

    def test_figures_that_cannot_be_added_are_a_warning(self, broken, caplog):
        log_figures("0" * 32, {"f1": 1.0})
        assert len([record for record in caplog.records if record.name.startswith("keras_seq")]) == 1

    def test_a_run_that_is_none_gets_no_figures(self, broken, caplog):
        log_figures(None, {"f1": 1.0})
        assert not caplog.records


def test_a_folder_that_cannot_be_made_is_a_warning(nowhere, tmp_path, caplog):
    nowhere.chdir(tmp_path)
    Path("mlruns").touch()
    log_figures("0" * 32, {"f1": 1.0})
    assert "MLflow failed" in caplog.text
