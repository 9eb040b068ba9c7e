"""What labelled examples are learnt with beyond the base: a rate that follows the validation score, averaged weights."""

from __future__ import annotations

from dataclasses import dataclass

import keras

from .config import TrainingConfig, option
from .pipeline import Training
from .weight_average import WeightAverage


@dataclass(frozen=True)
class SupervisedConfig(TrainingConfig):
    """The hyperparameters of training that labellers and classifiers share."""

    decay: str = option(
        "cosine",
        "of the learning rate: over all epochs, or by half on a plateau",
        ("cosine", "linear", "plateau", "none"),
    )
    averaging: str = option("none", "weights at evaluation: the last, or a moving average", ("none", "ema"))


def supervised_training(work: Training, config: SupervisedConfig) -> Training:
    """The same training with what `averaging` and `decay` do at an epoch's end."""
    if config.averaging == "ema":
        average = WeightAverage()
        work = work._replace(before=[*work.before, average, average.swap()], after=[average.swap(), *work.after])
    if config.decay == "plateau":
        work = work._replace(after=[*work.after, plateau()])
    return work


def plateau() -> keras.callbacks.Callback:
    """Halves the learning rate where three epochs have not bettered the validation score."""
    return keras.callbacks.ReduceLROnPlateau("valid_score", factor=0.5, patience=3, mode="max", min_delta=0)
