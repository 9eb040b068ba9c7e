"""The same training again and again: with several seeds, or on the folds of a corpus; mean and deviation of the figures.

mean = Σ x[i] / n,  deviation = √(Σ (x[i] - mean)² / (n - 1)), that of a sample.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ..datasets import Corpus, InputError, folds
from .evaluation import Evaluation, is_count, written
from .tracking import log_figures

logger = logging.getLogger(__name__)


class Trained(Protocol):
    """What a training gives back: a pipeline, or anything that evaluates as one does."""

    run_id: str | None

    @property
    def evaluate(self) -> Callable[..., Evaluation]: ...


@dataclass(frozen=True)
class Run:
    """One training: its seed, or the number of its fold, its figures, and its run in MLflow, None where there is none."""

    number: int
    figures: Evaluation
    run_id: str | None = None


@dataclass(frozen=True)
class RepeatedRuns:
    """Several trainings of the same, with the mean and the sample deviation (n - 1) of each figure that all of them have.

    Args:
        unit: "seed" or "fold".
        split: the figures are of this one, "test", or "valid" where the corpus has no test split.
        runs: at least two.

    `str(runs)` is a table with a line for each.
    """

    unit: str
    split: str
    runs: list[Run]

    @property
    def mean(self) -> dict[str, float]:
        return {name: sum(values) / len(values) for name, values in self._figures()}

    @property
    def deviation(self) -> dict[str, float]:
        mean = self.mean
        return {
            name: math.sqrt(sum((value - mean[name]) ** 2 for value in values) / (len(values) - 1))
            for name, values in self._figures()
        }

    def _figures(self) -> Iterator[tuple[str, list[float]]]:
        """(name, its value in each run)."""
        first, *others = (run.figures for run in self.runs)
        for name in first:
            if all(name in figures for figures in others):
                yield name, [run.figures[name] for run in self.runs]

    def __str__(self) -> str:
        mean, deviation = self.mean, self.deviation
        names = [name for name in mean if not is_count(name)]
        rows = [["", *(name.replace("_", " ") for name in names)]]
        rows += [
            [f"{self.unit} {run.number}", *(written(name, run.figures[name]) for name in names)] for run in self.runs
        ]
        rows.append(["mean", *(f"{written(name, mean[name])} ± {written(name, deviation[name])}" for name in names)])
        first, *widths = (max(map(len, column)) for column in zip(*rows, strict=True))
        table = [
            f"{head:{first}}" + "".join(f"  {cell:{width}}" for cell, width in zip(cells, widths, strict=True))
            for head, *cells in rows
        ]
        ends = f"on {self.split}; mean ± sample deviation (n - 1) of {len(self.runs)} {self.unit}s"
        return "\n".join([*(line.rstrip() for line in table), ends, *self._notes()])

    def _notes(self) -> Iterator[str]:
        """What a reader must know of the figures, each once, with the runs that it is true of."""
        notes: dict[str, list[int]] = {}
        for run in self.runs:
            for note in run.figures.notes:
                notes.setdefault(note, []).append(run.number)
        for note, numbers in notes.items():
            yield note if len(numbers) == len(self.runs) else f"{self.unit} {', '.join(map(str, numbers))}: {note}"


def over_seeds(
    corpus: Corpus, train: Callable[[Corpus, int], Trained], seeds: Sequence[int] = (0, 1, 2), **measures: Any
) -> RepeatedRuns:
    """Trains once for each seed and evaluates on the test split, or on the validation split where there is no other.

    Args:
        corpus: the same for all.
        train: a training with a seed, as in the example.
        seeds: at least two different ones.
        **measures: what `evaluate` is told besides the examples, as in `also=["key-phrases"]`.

    Figures go to the log, and to the run in MLflow where there is one, as soon as they are there. Raises InputError for
    fewer than two seeds or one that stands twice.

    Example:
        runs = over_seeds(corpus, lambda corpus, seed: ks.pipelines.classification(corpus, seed=seed), seeds=range(3))
        runs.mean["accuracy"], runs.deviation["accuracy"]
    """
    check_seeds(seeds)
    split = "test" if len(corpus.test) else "valid"
    runs = [_run("seed", seed, train(corpus, seed), split, getattr(corpus, split), measures) for seed in seeds]
    return RepeatedRuns("seed", split, runs)


def cross_validate(
    corpus: Corpus, train: Callable[[Corpus, int], Trained], count: int = 10, seed: int = 0, **measures: Any
) -> RepeatedRuns:
    """Trains once for each fold of a corpus and evaluates on the fold's test part: every example is tested once.

    Args:
        corpus: its splits are joined, then cut; see `folds`.
        train: a training on a fold, which is told the fold's number too.
        count: how many folds, at least 3.
        seed: of the cut.
        **measures: as of `over_seeds`.

    Figures are handed on as by `over_seeds`; that nothing stays held out goes to the log. Raises InputError as `folds` does.

    Example: `cross_validate(corpus, lambda fold, number: ks.pipelines.classification(fold), 10).mean["accuracy"]`
    """
    parts = folds(corpus, count, seed)
    total = sum(map(len, (corpus.train, corpus.valid, corpus.test)))
    logger.warning("all %d examples joined, those held out too, and cut into %d folds (seed %d)", total, count, seed)
    runs = [_run("fold", i, train(fold, i), "test", fold.test, measures) for i, fold in enumerate(parts)]
    return RepeatedRuns("fold", "test", runs)


def check_seeds(seeds: Sequence[int]) -> None:
    """Raises InputError for fewer than two seeds or one that stands twice."""
    if twice := [seed for place, seed in enumerate(seeds) if seed in seeds[:place]]:
        raise InputError(f"seed {twice[0]} stands twice: expected different seeds")
    if len(seeds) < 2:
        raise InputError(f"{len(seeds)} seeds: expected at least 2, for a mean and its deviation")


def _run(unit: str, number: int, model: Trained, split: str, examples: Any, measures: Mapping[str, Any]) -> Run:
    figures = model.evaluate(examples, **measures)
    log_figures(model.run_id, figures, f"{split}_")
    said = (f"{name.replace('_', ' ')} {written(name, value)}" for name, value in figures.items() if not is_count(name))
    logger.info("%s %d, %s: %s", unit, number, split, ", ".join(said))
    return Run(number, figures, model.run_id)
