"""What every task's pipeline does alike: learn a corpus, score, save, load, export."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, Self

import keras
import numpy as np
import tensorflow as tf

from ..datasets import Batches, Corpus, InputError
from .artefact import read_artefact, write_artefact
from .config import Config, configure
from .evaluation import Evaluation
from .pictures import training_curves
from .progress import ProgressBar
from .saved_model import write_saved_model
from .tracking import Tracker
from .training import BestWeights, NonFiniteLoss, ValidationScore

logger = logging.getLogger(__name__)

LEAST_RATE = 0.02  # of the first learning rate, at the end


class Training(NamedTuple):
    """How a network is trained.

    model: compiled; its `fit` gets `batches`, `steps` of them an epoch.
    evaluate: the figures on the validation split.
    before, after: callbacks that run at an epoch's end before it is scored, and after its weights were kept.
    """

    model: keras.Model
    batches: tf.data.Dataset
    steps: int
    evaluate: Callable[[], Evaluation]
    before: Sequence[keras.callbacks.Callback] = ()
    after: Sequence[keras.callbacks.Callback] = ()


class Pipeline:
    """Base of the tasks, with scikit-learn's habits: the constructor stores, `fit` learns and returns self.

    A task sets `task` and `config_type`, and writes the methods that raise NotImplementedError here.

    Args:
        **hyperparameters: fields of `config_type`; kept, frozen, in `config`.

    Raises InputError for an unknown hyperparameter, offering the nearest, or a value out of range.
    """

    task: ClassVar[str]
    config_type: ClassVar[type[Config]]

    def __init__(self, **hyperparameters: Any) -> None:
        self.config: Any = configure(self.config_type, hyperparameters)
        self.model: keras.Model | None = None
        self.corpus: dict[str, str] = {}
        self.history: dict[str, list[float]] = {}
        self.run_id: str | None = None

    # What a task writes.

    def learn(self, corpus: Corpus) -> None:
        """Takes vocabularies and labels from the training split."""
        raise NotImplementedError

    def documents(self) -> dict[str, Any]:
        """What `learn` found, as JSON."""
        raise NotImplementedError

    def restore(self, documents: dict[str, Any]) -> None:
        """Takes back what `documents` gave."""
        raise NotImplementedError

    def network(self) -> keras.Model:
        """The network, built."""
        raise NotImplementedError

    def losses(self, model: keras.Model) -> dict[str, Any]:
        """`loss` and `loss_weights` as `keras.Model.compile` takes them."""
        raise NotImplementedError

    def batches(self, examples: Any, seed: int | None = None) -> Batches:
        """The examples as numbers."""
        raise NotImplementedError

    def example(self, batch: dict[str, tf.Tensor]) -> tuple[Any, Any, Any]:
        """A batch as (inputs, targets, weights)."""
        raise NotImplementedError

    def score_batches(self, examples: Any, batches: Batches) -> Evaluation:
        """The figures of examples that are batched already."""
        raise NotImplementedError

    def criterion(self, evaluation: Evaluation) -> float:
        """The figure by which epochs are chosen; greater is better."""
        raise NotImplementedError

    def predict(self, texts: str | Sequence[str]) -> Any:
        """What the pipeline says of one raw string or of several."""
        raise NotImplementedError

    def serving(self) -> tf.Module:
        """A module whose `serve` takes `text` (B,) of string and returns named tensors with B rows."""
        raise NotImplementedError

    # What all tasks share.

    def fit(
        self,
        corpus: Corpus,
        tracking: str | None = "mlflow",
        progress: bool = True,
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> Self:
        """Learns the training split and keeps the epoch that scores best on the validation split.

        Args:
            corpus: with non-empty `train` and `valid`.
            tracking: "mlflow" records the run, in sqlite:///mlruns/mlflow.db unless MLFLOW_TRACKING_URI names another
                store; None records nothing. Tracking that fails is logged and never stops training.
            progress: a bar on a terminal, a line per epoch elsewhere.
            callbacks: further Keras callbacks.

        Raises InputError for an empty split, and TrainingError, with the epoch and step, when the loss is not finite.
        """
        if tracking not in ("mlflow", None):
            raise InputError(f"tracking={tracking!r}: expected 'mlflow' or None")
        for split in ("train", "valid"):
            if not len(getattr(corpus, split)):
                raise InputError(f"corpus {corpus.name}: no {split} examples, expected at least one")
        self.model, self.history, self.run_id = None, {}, None
        self.learn(corpus)
        self.corpus = {"name": corpus.name, "sha256": corpus.fingerprint, "licence": corpus.licence}
        tracker = Tracker(self, corpus) if tracking else None
        try:
            self._train(corpus, [*([tracker] if tracker else []), *callbacks], progress)
        except BaseException:
            if tracker:
                tracker.close("FAILED")
            raise
        if tracker:
            tracker.finish()
        return self

    def training(self, corpus: Corpus) -> Training:
        """How `model` learns the corpus."""
        model = self._trained()
        train, valid = self.batches(corpus.train, self.config.seed), self.batches(corpus.valid)
        model.compile(optimizer=self._optimizer(train.steps * self.config.epochs), **self.losses(model))
        return Training(
            model, train.stream().map(self.example), train.steps, lambda: self.score_batches(corpus.valid, valid)
        )

    def _train(self, corpus: Corpus, callbacks: list[keras.callbacks.Callback], progress: bool) -> None:
        self.model = self.network()
        work, epochs = self.training(corpus), self.config.epochs
        best = BestWeights(self.config.patience)
        score = ValidationScore(work.evaluate, self.criterion)
        started = time.monotonic()
        try:
            with ProgressBar(work.steps, epochs, progress, self.describe_criterion) as bar:
                history = work.model.fit(
                    work.batches,
                    steps_per_epoch=work.steps,
                    epochs=epochs,
                    shuffle=False,
                    verbose=0,
                    callbacks=[NonFiniteLoss(), *work.before, score, best, *work.after, *callbacks, bar],
                )
        finally:  # also where training broke off: the last good epoch, not the step that failed
            if not best.restore():
                self.model = None
        self.history = {name: [float(v) for v in values] for name, values in history.history.items()}
        seconds, found = time.monotonic() - started, self.describe_criterion(best.score)
        logger.info("best on validation: %s in epoch %d, %.0f s", found, best.epoch + 1, seconds)

    def pictures(self, folder: Path, corpus: Corpus) -> dict[str, float]:
        """Draws what tracking keeps of a run that has ended, as PNG files in a folder; figures that belong to them."""
        if "loss" in self.history:
            training_curves(self.history, folder / "curves.png")
        return {}

    def describe_criterion(self, value: float) -> str:
        """The criterion as people read it."""
        return f"{value:.2%}"

    def _optimizer(self, steps: int) -> keras.optimizers.Optimizer:
        return keras.optimizers.Adam(self._rate(steps), global_clipnorm=self.config.clip_norm or None)

    def _rate(self, steps: int, usual: float = 0.0) -> Any:
        """The learning rate, `usual` where the configuration has 0, or its schedule over so many steps."""
        rate = self.config.learning_rate or usual
        if self.config.decay == "cosine":
            return keras.optimizers.schedules.CosineDecay(rate, steps, alpha=LEAST_RATE)
        if self.config.decay == "linear":
            return keras.optimizers.schedules.PolynomialDecay(rate, steps, LEAST_RATE * rate)
        return rate

    def evaluate(self, examples: Any) -> Evaluation:
        """The figures of examples (a split of a corpus); raises InputError where there are none."""
        self._trained()
        if not len(examples):
            raise InputError("no examples to evaluate, expected at least one")
        return self.score_batches(examples, self.batches(examples))

    def save(self, path: str | Path) -> None:
        """Writes the pipeline to a directory, whole or not at all; raises InputError where it is not ours to write."""
        self._trained()
        manifest = {"task": self.task, "config": vars(self.config), "corpus": self.corpus, "run": self.run_id}
        weights = {name: np.asarray(variable) for name, variable in self.named_weights().items()}
        write_artefact(path, manifest, {"vocabulary": self.documents()}, {"weights": weights})

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """The pipeline that `save` wrote; raises InputError where the directory is not one of this task."""
        manifest, documents, tensors = read_artefact(path)
        if manifest["task"] != cls.task:
            raise InputError(f"{path}: a pipeline of task {manifest['task']}, expected {cls.task}")
        if "vocabulary" not in documents or "weights" not in tensors:
            raise InputError(f"{path}: no vocabulary or no weights, expected a directory that `save` wrote")
        pipeline = cls(**manifest["config"])
        pipeline.corpus, pipeline.run_id = manifest["corpus"], manifest["run"]
        return pipeline.rebuild(documents["vocabulary"], tensors["weights"], path)

    def rebuild(self, documents: dict[str, Any], weights: Mapping[str, np.ndarray], path: str | Path) -> Self:
        """Takes what `documents` and the weights' names gave; raises InputError, naming `path`, for other shapes."""
        self.restore(documents)
        self.model = self.network()
        for name, variable in self.named_weights().items():
            found = weights.get(name)
            if found is None or found.shape != tuple(variable.shape):
                got = "nothing" if found is None else f"shape {found.shape}"
                raise InputError(f"{path}: weight {name}: {got}, expected shape {tuple(variable.shape)}")
            variable.assign(found)
        return self

    def named_weights(self) -> dict[str, keras.Variable]:
        """What is saved, by name."""
        return {variable.path: variable for variable in self._trained().weights}

    def export(self, path: str | Path) -> Path:
        """Writes the next version of a SavedModel for TensorFlow Serving and returns its directory, `path`/N.

        One signature, `serving_default`: `text`, a vector of strings, in; padded strings and numbers, each with the batch
        as first dimension, out. Raises InputError where `path` holds anything but versions.
        """
        return write_saved_model(path, self._trained(), self.serving())

    def _trained(self) -> keras.Model:
        if self.model is None:
            raise InputError(f"{type(self).__name__} is not trained: expected fit() or load() before this")
        return self.model
