"""A run in MLflow: hyperparameters, the corpus with its hash, figures of every epoch, pictures, and the model.

The store is sqlite:///mlruns/mlflow.db, its artefacts lie under mlruns/artifacts; MLFLOW_TRACKING_URI names another store.
Tracking that fails is logged once and never stops training.
"""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import logging
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras

from ..datasets import Corpus

if TYPE_CHECKING:
    from .pipeline import Pipeline

logger = logging.getLogger(__name__)

DATABASE = "mlruns/mlflow.db"
EXPERIMENT = "keras-seq"


def tracking_uri() -> str:
    """The store of runs: the one that MLFLOW_TRACKING_URI names, else mlruns/mlflow.db of the working folder, whole path.

    MLflow keeps one open store for each address, so a relative one would mean the first folder of a process for ever.
    """
    return os.environ.get("MLFLOW_TRACKING_URI") or _default_uri()


def _default_uri() -> str:
    return f"sqlite:///{Path(DATABASE).absolute()}"


class Tracker(keras.callbacks.Callback):
    """Records one training run of a pipeline as a Keras callback.

    Args:
        pipeline: its `run_id` is set to the run's.
        corpus: what it learns.
    """

    def __init__(self, pipeline: Pipeline, corpus: Corpus) -> None:
        super().__init__()
        self.pipeline, self.corpus = pipeline, corpus
        self._warned = False

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        self._begin_safely()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        figures = {name: float(value) for name, value in (logs or {}).items()}
        self._try(lambda run: self._client.log_batch(run, _metrics(figures, epoch)))

    def finish(self) -> None:
        """Adds the pictures and the model, then ends the run."""
        self._try(self._log_pictures)
        self._try(self._log_pipeline)
        self.close("FINISHED")

    def close(self, status: str) -> None:
        """Ends the run: FINISHED or FAILED."""
        self._try(lambda run: self._client.set_terminated(run, status))

    def _begin_safely(self) -> None:
        try:
            with _alone():
                self._client = _client()
                experiment = _experiment(self._client)
            self.pipeline.run_id = self._client.create_run(experiment, run_name=self.pipeline.task).info.run_id
        except Exception as error:
            self._warn(error)
        self._try(lambda run: self._client.log_batch(run, params=_parameters(self.pipeline, self.corpus)))

    def _log_pictures(self, run: str) -> None:
        """Whatever was drawn, even if the next one could not be."""
        with tempfile.TemporaryDirectory() as folder:
            try:
                figures = self.pipeline.pictures(Path(folder), self.corpus)
                self._client.log_batch(run, _metrics(figures, 0))
            finally:
                for picture in sorted(Path(folder).glob("*.png")):
                    self._client.log_artifact(run, str(picture))

    def _log_pipeline(self, run: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            self.pipeline.save(Path(folder) / "pipeline")
            _log_model(run, Path(folder) / "pipeline")

    def _try(self, action: Callable[[str], object]) -> None:
        """Hands the run's id to an action; nothing where the run could not be begun."""
        if self.pipeline.run_id is None:
            return
        try:
            action(self.pipeline.run_id)
        except Exception as error:
            self._warn(error)

    def _warn(self, error: Exception) -> None:
        if not self._warned:
            self._warned = True
            logger.warning("MLflow failed, training goes on without it: %s", str(error).partition("\n")[0])


def log_figures(run_id: str | None, figures: Mapping[str, float], prefix: str = "test_") -> None:
    """Adds figures, as from `evaluate`, to a run that has ended; a failure is logged. None has no run."""
    if run_id is None:
        return
    try:
        _client().log_batch(run_id, _metrics({f"{prefix}{name}": value for name, value in figures.items()}, 0))
    except Exception as error:
        logger.warning("MLflow failed: %s", str(error).partition("\n")[0])


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One process at a time makes the database: two that begin together would each make its tables."""
    if tracking_uri() != _default_uri():
        yield
        return
    Path("mlruns").mkdir(exist_ok=True)
    with Path("mlruns/.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _client() -> Any:
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")  # nothing leaves the machine unless the user says so
    import mlflow

    logging.getLogger("mlflow.store.db.utils").setLevel("WARNING")  # it tells of each table that it makes
    return mlflow.MlflowClient(tracking_uri=tracking_uri())


def _experiment(client: Any) -> str:
    found = client.get_experiment_by_name(EXPERIMENT)
    if found is not None:
        return str(found.experiment_id)
    place = Path("mlruns/artifacts").absolute().as_uri() if tracking_uri() == _default_uri() else None
    return str(client.create_experiment(EXPERIMENT, artifact_location=place))


def _metrics(figures: Mapping[str, float], step: int) -> list[Any]:
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

    with _no_bars(), _store(mlflow), mlflow.start_run(run_id=run, nested=True):
        mlflow.pyfunc.log_model(
            name="model",
            python_model=str(Path(__file__).with_name("mlflow_model.py")),
            artifacts={"pipeline": str(path)},
            pip_requirements=["keras-seq"],
        )


@contextlib.contextmanager
def _no_bars() -> Iterator[None]:
    """MLflow draws no bars of copied files, as it does wherever tqdm is installed, unless the user's environment says so."""
    name = "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"
    if name in os.environ:
        yield
        return
    os.environ[name] = "false"
    try:
        yield
    finally:
        os.environ.pop(name, None)


@contextlib.contextmanager
def _store(mlflow: Any) -> Iterator[None]:
    """MLflow's current store is ours for a while; then it is the user's again, in the environment too."""
    before, name = mlflow.get_tracking_uri(), "MLFLOW_TRACKING_URI"
    kept = os.environ.get(name)
    mlflow.set_tracking_uri(tracking_uri())
    try:
        yield
    finally:
        mlflow.set_tracking_uri(before)
        if kept is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = kept
