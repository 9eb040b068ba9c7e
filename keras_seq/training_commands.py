"""`keras-seq train`, `mix` and `evaluate`: from a corpus to a model, and its figures."""

from __future__ import annotations

import dataclasses
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .corpus_options import corpus_of, data_name, examples_of
from .datasets import Corpus, Frames, InputError
from .model_options import language_model_at
from .pipelines import (
    PIPELINES,
    Evaluation,
    NgramLanguageModel,
    Pipeline,
    assignments,
    check_free,
    describe,
    load,
    log_figures,
    mixture,
    pipeline_type,
    tracking_uri,
)
from .pipelines.strict_json import to_json


def train(arguments: Namespace) -> None:
    """Learns, saves, and reports on the test split, once."""
    words = [word for word in arguments.set if word != "help"]
    values = _hyperparameters(words, arguments.seed)
    kind = pipeline_type(arguments.task, values)
    if words != arguments.set:
        return _list_hyperparameters(arguments.task, kind)
    _offer_other_kind(arguments.task, kind, values)
    pipeline = kind(**values)
    own = getattr(pipeline.config, "kind", "")
    output = check_free(arguments.output or _default_output(arguments, arguments.task, own))
    corpus = corpus_of(arguments, arguments.task, pipeline.config.seed if hasattr(pipeline.config, "seed") else 0, own)
    pipeline.fit(corpus, tracking=None if arguments.no_tracking else "mlflow")
    pipeline.save(output)
    _report(pipeline, corpus, output, arguments.json)
    return None


def mix(arguments: Namespace) -> None:
    """Two saved language models as one."""
    if not (arguments.data or arguments.train):
        raise InputError("mix: expected --data NAME or --train FILE, the corpus that the models learnt")
    first, second = (language_model_at(path) for path in (arguments.first, arguments.second))
    output = check_free(arguments.output or _default_output(arguments, first.task, "mixture"))
    corpus = corpus_of(arguments, first.task, 0)
    model = mixture(first, second, corpus)
    model.save(output)
    _report(model, corpus, output, arguments.json)


def evaluate(arguments: Namespace) -> None:
    """The figures of a saved model."""
    pipeline = load(arguments.model)
    found = pipeline.evaluate(examples_of(arguments, pipeline.task, getattr(pipeline.config, "kind", "")))
    print(to_json(_plain(found)) if arguments.json else found)


def _report(pipeline: Pipeline, corpus: Corpus, output: Path, as_json: bool) -> None:
    """The figures of the test split, of the validation split where there is none; what was written, and where."""
    split = "test" if len(corpus.test) else "valid"
    examples = getattr(corpus, split)
    evaluation = pipeline.evaluate(examples)
    log_figures(pipeline.run_id, evaluation, f"{split}_")
    orders = pipeline.sparsity(examples) if isinstance(pipeline, NgramLanguageModel) else []
    if as_json:
        more = {"orders": orders} if orders else {}
        print(to_json({**_plain(evaluation), **more, "split": split, "model": str(output), "run": pipeline.run_id}))
        return
    print(f"{split} split, {len(examples)} {'pieces' if corpus.kind is Frames else 'sentences'}\n{evaluation}")
    if orders:
        print(_table(orders, split))
    print(f"model: {output}")
    if pipeline.run_id:
        print(f"run: {pipeline.run_id}; look at it with: mlflow ui --backend-store-uri {tracking_uri()}")


def _table(orders: list[dict[str, float]], split: str) -> str:
    """What an n-gram model keeps, and what of a text it has never seen."""
    title = f"order       types         bytes  unseen in {split}"
    lines = [
        f"{row['order']:5}  {row['types']:10,}  {row['bytes']:12,}  {row['unseen']:{len(split) + 10}.2%}"
        for row in orders
        if row["types"]
    ]
    longer = [f"no n-grams of orders {len(lines) + 1} to {len(orders)}"] if len(lines) < len(orders) else []
    return "\n".join([title, *lines, *longer])


def _plain(evaluation: Evaluation) -> dict[str, Any]:
    """The figures for JSON; a note says of each that is no finite number, and will be null, what it was."""
    rows = [dataclasses.asdict(row) for row in evaluation.report if row.label != "overall"]
    odd = [f"{name}: {value}" for name, value in evaluation.items() if abs(value) == float("inf") or value != value]
    notes = [*evaluation.notes, *(f"{what}, null in JSON" for what in odd)]
    return {**evaluation, **({"labels": rows} if evaluation.report else {}), "notes": notes}


def _default_output(arguments: Namespace, task: str, kind: str) -> Path:
    return Path("models") / "-".join(part for part in (data_name(arguments, task), kind) if part)


def _hyperparameters(words: list[str], seed: int | None) -> dict[str, Any]:
    values: dict[str, Any] = assignments(words)
    if seed is not None:
        if "seed" in values:
            raise InputError("--seed and --set seed=...: expected one of them")
        values["seed"] = seed
    return values


def _list_hyperparameters(task: str, kind: type[Pipeline]) -> None:
    rows = describe(kind.config_type)
    width, second = (max(len(row[column]) for row in rows) for column in (0, 1))
    print("\n".join(f"{name:{width}}  {default:{second}}  {meaning}" for name, default, meaning in rows))
    if others := [name for name, other in PIPELINES[task].items() if other is not kind and name != "mixture"]:
        print(
            f"kind can also be {', '.join(others)}: --set kind={others[-1]} help lists the hyperparameters of that kind"
        )


def _offer_other_kind(task: str, kind: type[Pipeline], values: Mapping[str, Any]) -> None:
    """Raises InputError for a hyperparameter that only other kinds have, where the user named no kind."""
    if "kind" in values:
        return
    fields = {name: _fields(other) for name, other in PIPELINES[task].items() if name != "mixture"}
    for name in [name for name in values if name not in _fields(kind)]:
        if owners := [f"kind={other}" for other in fields if name in fields[other]]:
            raise InputError(f"{name}: the default kind has no such hyperparameter, expected {' or '.join(owners)} too")


def _fields(kind: type[Pipeline]) -> set[str]:
    return {field.name for field in dataclasses.fields(kind.config_type)}
