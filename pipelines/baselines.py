"""What simple models reach on a corpus, so that a reader sees what a network earns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..datasets import Corpus, InputError, LabeledSequence, Parallel, Text
from .baseline import Baseline
from .classification_baselines import classification_baselines
from .evaluation import Evaluation, written
from .labeling_baselines import labeling_baselines
from .labeling_measures import REACHES
from .translation_baselines import translation_baselines

BASELINES = {
    Text: classification_baselines,
    LabeledSequence: labeling_baselines,
    Parallel: translation_baselines,
}
BORDERS = tuple(f"border_f1_within_{reach}" for reach in REACHES)
SHOWN = ("f1", "accuracy", "label_accuracy", "micro_f1", "macro_f1", "f1_at_5", "f1_at_10", "bleu", "chrf", *BORDERS)


def baselines(corpus: Corpus, progress: bool = True, **more: Any) -> list[Baseline]:
    """The simple models of the task that the examples are for: of `Text` classification, of `LabeledSequence` labelling,
    of `Parallel` translation.

    Args:
        corpus: with labels, or translations; all of it is held in memory.
        progress: shows a bar on a terminal.
        **more: of labelling, what else is measured, see `labeling_baselines`; of translation `config`, which names the
            languages.

    Raises InputError for other examples, and for those without labels.

    Example: `print(baseline_table(baselines(ks.datasets.load("atis"))))`
    """
    if corpus.kind not in BASELINES:
        kinds = " or ".join(kind.__name__ for kind in BASELINES)
        raise InputError(f"corpus {corpus.name}: no baseline for {corpus.kind.__name__}, expected examples of {kinds}")
    models: Callable[..., list[Baseline]] = BASELINES[corpus.kind]
    return models(corpus, progress, **more)


def mean_baselines(found: Sequence[Sequence[Baseline]]) -> list[Baseline]:
    """Those of several corpora, as of folds, as one for each model.

    Args:
        found: the same models of each corpus, in one order.

    Figures and the number of features are means, seconds sums; of a name what was chosen for one corpus is left out.

    Example: `mean_baselines([baselines(fold) for fold in ks.datasets.folds(corpus, 10)])`
    """
    return [
        Baseline(
            f"{models[0].name.partition(',')[0]}, mean of {len(models)}",
            _mean([model.valid for model in models]),
            _mean([model.test for model in models]),
            round(sum(model.features for model in models) / len(models)),
            sum(model.seconds for model in models),
        )
        for models in zip(*found, strict=True)
    ]


def _mean(several: Sequence[Evaluation]) -> Evaluation:
    """Of the figures that all of them have."""
    names = [name for name in several[0] if all(name in each for each in several)]
    return Evaluation({name: sum(each[name] for each in several) / len(several) for name in names})


def baseline_table(found: Sequence[Baseline]) -> str:
    """A line for each model, for people: figures on validation and test, features, seconds."""
    names = [name for name in SHOWN if any(name in model.valid or name in model.test for model in found)]
    head = ["", *(f"{split} {name.replace('_', ' ')}" for name in names for split in ("valid", "test"))]
    rows = [[*head, "features", "seconds"]]
    for model in found:
        figures = ((name, split.get(name)) for name in names for split in (model.valid, model.test))
        cells = ["-" if figure is None else written(name, figure) for name, figure in figures]
        rows.append([model.name, *cells, f"{model.features:,}", f"{model.seconds:.1f}"])
    first, *others = (max(map(len, column)) for column in zip(*rows, strict=True))
    return "\n".join(
        f"{row[0]:{first}}" + "".join(f"  {cell:>{width}}" for cell, width in zip(row[1:], others, strict=True))
        for row in rows
    )
