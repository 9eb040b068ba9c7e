"""What `train`, `mix` and `evaluate` print: tables for people, one line of JSON for programs."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .datasets import Corpus, Frames
from .pipelines import (
    Baseline,
    Evaluation,
    LabelingError,
    NgramLanguageModel,
    Pipeline,
    RepeatedRuns,
    TranslationError,
    baseline_table,
    error_listing,
    length_table,
    log_figures,
    tracking_uri,
)
from .pipelines.strict_json import to_json

UNITS = {"classification": "texts", "translation": "pairs"}  # what examples of a task are called


def report(
    pipeline: Pipeline,
    corpus: Corpus,
    output: Path,
    as_json: bool,
    simple: Sequence[Baseline] | None = None,
    **measures: Any,
) -> None:
    """The figures of the test split, of the validation split where there is none; what was written, and where."""
    split = "test" if len(corpus.test) else "valid"
    examples = getattr(corpus, split)
    evaluation = pipeline.evaluate(examples, **measures)
    log_figures(pipeline.run_id, evaluation, f"{split}_")
    orders = pipeline.sparsity(examples) if isinstance(pipeline, NgramLanguageModel) else []
    if as_json:
        more = {**({"orders": orders} if orders else {}), **_plain_baselines(simple)}
        print(to_json({**plain(evaluation), **more, "split": split, "model": str(output), "run": pipeline.run_id}))
        return
    unit = "pieces" if corpus.kind is Frames else UNITS.get(pipeline.task, "sentences")
    print(f"{split} split, {len(examples)} {unit}\n{evaluation}")
    if orders:
        print(_table(orders, split))
    _print_rest(simple, f"model: {output}")
    if pipeline.run_id:
        print(f"run: {pipeline.run_id}; look at it with: {_look()}")


def report_repeated(runs: RepeatedRuns, output: Path, as_json: bool, simple: Sequence[Baseline] | None = None) -> None:
    """The figures of each run with their mean and deviation."""
    places = {run.number: str(output / f"{runs.unit}-{run.number}") for run in runs.runs}
    if as_json:
        rows = [
            {
                runs.unit: run.number,
                **plain(run.figures),
                "split": runs.split,
                "model": places[run.number],
                "run": run.run_id,
            }
            for run in runs.runs
        ]
        print(to_json({"runs": rows, "mean": runs.mean, "deviation": runs.deviation, **_plain_baselines(simple)}))
        return
    print(runs)
    _print_rest(simple, f"models: {', '.join(places.values())}")
    if any(run.run_id for run in runs.runs):
        print(f"runs: look at them with: {_look()}")


def report_evaluation(evaluation: Evaluation, as_json: bool, errors: int | None, by_length: bool | None = None) -> None:
    """The figures, with so many of the errors, all of them for 0, and those by length, where they are asked for."""
    wrong = [] if errors is None else list(evaluation.errors[: errors or None])
    if as_json:
        lengths = {"lengths": [dataclasses.asdict(bucket) for bucket in evaluation.lengths]} if by_length else {}
        more = {} if errors is None else {"errors": [dataclasses.asdict(error) for error in wrong]}
        print(to_json({**plain(evaluation), **lengths, **more}))
        return
    print(evaluation)
    if by_length:
        print(f"\n{length_table(evaluation.lengths)}")
    if errors is not None:
        shown = f", the first {len(wrong)}" if len(wrong) < len(evaluation.errors) else ""
        print(f"\nnot right: {len(evaluation.errors)}{shown}")
    if wrong and isinstance(wrong[0], LabelingError):
        print(f"\n{error_listing(error for error in wrong if isinstance(error, LabelingError))}")
    elif wrong and isinstance(wrong[0], TranslationError):
        print("\n" + "\n\n".join(map(str, wrong)))
    elif wrong:
        print("\n".join(["right\tgiven\tprobability\ttext", *map(str, wrong)]))


def plain(evaluation: Evaluation) -> dict[str, Any]:
    """The figures for JSON; a note says of each that is no finite number, and will be null, what it was."""
    rows = [dataclasses.asdict(row) for row in evaluation.report if row.label != "overall"]
    odd = [f"{name}: {value}" for name, value in evaluation.items() if abs(value) == float("inf") or value != value]
    notes = [*evaluation.notes, *(f"{what}, null in JSON" for what in odd)]
    return {**evaluation, **({"labels": rows} if evaluation.report else {}), "notes": notes}


def _plain_baselines(simple: Sequence[Baseline] | None) -> dict[str, Any]:
    if simple is None:
        return {}
    return {
        "baselines": [
            {
                "name": model.name,
                "valid": dict(model.valid),
                "test": dict(model.test),
                "features": model.features,
                "seconds": model.seconds,
            }
            for model in simple
        ]
    }


def _print_rest(simple: Sequence[Baseline] | None, where: str) -> None:
    if simple is not None:
        print(f"\nwhat simple models reach\n{baseline_table(simple)}\n")
    print(where)


def _look() -> str:
    return f"mlflow ui --backend-store-uri {tracking_uri()}"


def _table(orders: Sequence[Mapping[str, float]], split: str) -> str:
    """What an n-gram model keeps, and what of a text it has never seen."""
    title = f"order       types         bytes  unseen in {split}"
    lines = [
        f"{row['order']:5}  {row['types']:10,}  {row['bytes']:12,}  {row['unseen']:{len(split) + 10}.2%}"
        for row in orders
        if row["types"]
    ]
    longer = [f"no n-grams of orders {len(lines) + 1} to {len(orders)}"] if len(lines) < len(orders) else []
    return "\n".join([title, *lines, *longer])
