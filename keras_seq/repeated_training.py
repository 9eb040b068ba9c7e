"""`keras-seq train --seeds` and `--folds`: the same training again and again, a saved model for each."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .corpus_options import refuse
from .datasets import Corpus, InputError, folds
from .pipelines import (
    Baseline,
    Pipeline,
    RepeatedRuns,
    check_free,
    classification_baselines,
    cross_validate,
    labeling_baselines,
    mean_baselines,
    over_seeds,
    translation_baselines,
)
from .pipelines.repeated import check_seeds

BASELINES = {
    "sequence-labeling": labeling_baselines,
    "classification": classification_baselines,
    "translation": translation_baselines,
}


def check_repeated(arguments: Namespace, kind: type[Pipeline], values: Mapping[str, Any]) -> None:
    """Raises InputError for options that contradict each other, or that the task has no use for."""
    if arguments.task not in BASELINES:
        foreign = [name for name in ("folds", "baseline") if getattr(arguments, name)]
        refuse(arguments, foreign, f"with {arguments.task}: expected it with {' or '.join(BASELINES)}")
    if arguments.seeds is None:
        return
    if arguments.folds is not None:
        raise InputError("--seeds and --folds: expected one of them")
    if "seed" in values:
        raise InputError(
            f"--seeds and {'--set seed=...' if arguments.seed is None else '--seed'}: expected one of them"
        )
    check_seeds(arguments.seeds)
    for seed in arguments.seeds:
        kind(**values, seed=seed)  # raises for one that is out of range


def train_repeatedly(
    arguments: Namespace,
    kind: type[Pipeline],
    values: Mapping[str, Any],
    corpus: Corpus,
    output: Path,
    tracking: str | None,
    measures: Mapping[str, Any],
) -> RepeatedRuns:
    """Trains with each seed, or on each fold; models go to `output`/seed-N or `output`/fold-N."""
    unit = "fold" if arguments.folds else "seed"
    for number in range(arguments.folds) if arguments.folds else arguments.seeds:
        check_free(output / f"{unit}-{number}")

    def learn(part: Corpus, number: int) -> Pipeline:
        own = {} if arguments.folds else {"seed": number}
        pipeline = kind(**values, **own).fit(part, tracking=tracking)
        pipeline.save(output / f"{unit}-{number}")
        return pipeline

    if arguments.folds:
        return cross_validate(corpus, learn, arguments.folds, getattr(kind(**values).config, "seed", 0), **measures)
    return over_seeds(corpus, learn, arguments.seeds, **measures)


def simple_models(arguments: Namespace, corpus: Corpus, config: Any) -> list[Baseline]:
    """What simple models reach on the corpus, or on the same folds of it, the mean over them; all that the network learns."""
    models: Callable[..., list[Baseline]] = BASELINES[arguments.task]
    more: dict[str, Any] = {"config": config} if arguments.task == "translation" else {}
    if arguments.task == "sequence-labeling":
        borders = ["borders"] if config.criterion == "borders" else []
        more = {"also": [*(arguments.also or ()), *borders], "joint": config.joint}
    if not arguments.folds:
        return models(corpus, **more)
    return mean_baselines([models(fold, **more) for fold in folds(corpus, arguments.folds, config.seed)])
