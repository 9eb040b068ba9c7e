"""A run in MLflow: hyperparameters, the corpus with its hash, figures of every epoch, pictures, and the model.

The store is sqlite:///mlruns/mlflow.db, its artefacts lie under mlruns/artifacts; MLFLOW_TRACKING_URI names another store.
Tracking that fails is logged once and never stops training.
"""

from __future__ import annotations

import dataclasses
import logging
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras

from ..datasets import Corpus
from .pictures import training_curves

if TYPE_CHECKING:
    from .pipeline import Pipeline

logger = logging.getLogger(__name__)

DATABASE = "sqlite:///mlruns/mlflow.db"
EXPERIMENT = "keras-seq"


def tracking_uri() -> str:
    """The store of runs."""
    return os.environ.get("MLFLOW_TRACKING_URI") or DATABASE


class Tracker(keras.callbacks.Callback):
    """Records one training run of a pipeline as a Keras callback.

    Args:
        pipeline: its `run_id` is set to the run's.
        corpus: what it learns.
    """

    def __init__(self, pipeline: Pipeline, corpus: Corpus) -> None:
        super().__init__()
        self.pipeline, self.corpus = pipeline, corpus
        self._failed = False
        self._run: Any = None

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        self._try(self._begin)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        figures = {name: float(value) for name, value in (logs or {}).items()}
        self._try(lambda: self._client.log_batch(self._run.info.run_id, _metrics(figures, epoch)))

    def finish(self) -> None:
        """Adds the pictures and the model, then ends the run."""
        self._try(self._log_artefacts)
        self.close("FINISHED")

    def close(self, status: str) -> None:
        """Ends the run: FINISHED or FAILED."""
        if self._run is not None:
            self._try(lambda: self._client.set_terminated(self._run.info.run_id, status))

    def _begin(self) -> None:
        self._client = _client()
        self._run = self._client.create_run(_experiment(self._client), run_name=self.pipeline.task)
        self.pipeline.run_id = self._run.info.run_id
        self._client.log_batch(self._run.info.run_id, params=_parameters(self.pipeline, self.corpus))

    def _log_artefacts(self) -> None:
        run = self._run.info.run_id
        with tempfile.TemporaryDirectory() as folder:
            training_curves(self.pipeline.history, Path(folder) / "curves.png")
            self._client.log_artifact(run, str(Path(folder) / "curves.png"))
            self.pipeline.save(Path(folder) / "pipeline")
            _log_model(run, Path(folder) / "pipeline")

    def _try(self, action: Callable[[], object]) -> None:
        if self._failed:
            return
        try:
            action()
        except Exception as error:
            self._failed = True
            logger.warning("MLflow failed, training goes on without it: %s", str(error).partition("\n")[0])


def log_figures(run_id: str | None, figures: Mapping[str, float], prefix: str = "test_") -> None:
    """Adds figures, as from `evaluate`, to a run that has ended; a failure is logged. None has no run."""
    if run_id is None:
        return
    try:
        _client().log_batch(run_id, _metrics({f"{prefix}{name}": value for name, value in figures.items()}, 0))
    except Exception as error:
        logger.warning("MLflow failed: %s", str(error).partition("\n")[0])


def _client() -> Any:
    import mlflow

    uri = tracking_uri()
    if uri == DATABASE:
        Path("mlruns").mkdir(exist_ok=True)
    return mlflow.MlflowClient(tracking_uri=uri)


def _experiment(client: Any) -> str:
    found = client.get_experiment_by_name(EXPERIMENT)
    if found is not None:
        return str(found.experiment_id)
    place = Path("mlruns/artifacts").absolute().as_uri() if tracking_uri() == DATABASE else None
    return str(client.create_experiment(EXPERIMENT, artifact_location=place))


def _metrics(figures: Mapping[str, float], step: int) -> list[Any]:
    import time

    from mlflow.entities import Metric

    now = int(time.time() * 1000)
    return [Metric(name, float(value), now, step) for name, value in figures.items()]


def _parameters(pipeline: Pipeline, corpus: Corpus) -> list[Any]:
    from mlflow.entities import Param

    values = {
        "task": pipeline.task,
        **dataclasses.asdict(pipeline.config),
        "corpus": corpus.name,
        "corpus_sha256": corpus.fingerprint,
        "corpus_licence": corpus.licence,
        **{f"{split}_examples": len(getattr(corpus, split)) for split in ("train", "valid", "test")},
    }
    return [Param(name, str(value)) for name, value in values.items()]


def _log_model(run: str, path: Path) -> None:
    """The model as MLflow serves it: a list of strings in, see `mlflow_model.py`."""
    import mlflow

    mlflow.set_tracking_uri(tracking_uri())
    with mlflow.start_run(run_id=run):
        mlflow.pyfunc.log_model(
            name="model",
            python_model=str(Path(__file__).with_name("mlflow_model.py")),
            artifacts={"pipeline": str(path)},
            pip_requirements=["keras-seq"],
        )
