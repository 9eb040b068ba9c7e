"""`keras-seq train`, `mix` and `evaluate`: from a corpus to a model, and its figures."""

from __future__ import annotations

import dataclasses
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .corpus_options import corpus_of, data_name, examples_of, given, refuse
from .datasets import InputError
from .model_options import check_writable, language_model_at
from .pipelines import (
    PIPELINES,
    Classifier,
    Pipeline,
    SequenceLabeler,
    Translator,
    assignments,
    check_free,
    confusion_matrix,
    describe,
    load,
    mixture,
    pipeline_type,
)
from .pipelines.labeling_measures import check_measures
from .repeated_training import check_repeated, simple_models, train_repeatedly
from .reports import report, report_evaluation, report_repeated
from .translation_options import pairs_of

SUFFIXES = {"classification": "classifier"}  # of the default output: a corpus may be learnt by two tasks


def train(arguments: Namespace) -> None:
    """Learns, saves, and reports on the test split, once; or again and again, with several seeds or on folds."""
    words = [word for word in arguments.set if word != "help"]
    values = _hyperparameters(words, arguments.seed)
    kind = pipeline_type(arguments.task, values)
    if words != arguments.set:
        return _list_hyperparameters(arguments.task, kind)
    _offer_other_kind(arguments.task, kind, values)
    if not issubclass(kind, SequenceLabeler):
        _refuse_measures(arguments, arguments.task)
    check_repeated(arguments, kind, values)
    pipeline = kind(**values)
    own, seed = getattr(pipeline.config, "kind", ""), getattr(pipeline.config, "seed", 0)
    output = check_free(arguments.output or _default_output(arguments, arguments.task, own))
    corpus = corpus_of(arguments, arguments.task, seed, own)
    measures = given(arguments, ("also",))
    check_measures(measures.get("also", ()), corpus.tagging)
    simple = simple_models(arguments, corpus, pipeline.config) if arguments.baseline else None
    tracking = None if arguments.no_tracking else "mlflow"
    if arguments.folds or arguments.seeds:
        runs = train_repeatedly(arguments, kind, values, corpus, output, tracking, measures)
        return report_repeated(runs, output, arguments.json, simple)
    pipeline.fit(corpus, tracking=tracking)
    pipeline.save(output)
    return report(pipeline, corpus, output, arguments.json, simple, **measures)


def mix(arguments: Namespace) -> None:
    """Two saved language models as one."""
    if not (arguments.data or arguments.train):
        raise InputError("mix: expected --data NAME or --train FILE, the corpus that the models learnt")
    first, second = (language_model_at(path) for path in (arguments.first, arguments.second))
    output = check_free(arguments.output or _default_output(arguments, first.task, "mixture"))
    corpus = corpus_of(arguments, first.task, 0)
    model = mixture(first, second, corpus)
    model.save(output)
    report(model, corpus, output, arguments.json)


def evaluate(arguments: Namespace) -> None:
    """The figures of a saved model."""
    for path in (arguments.confusion, arguments.reliability):
        check_writable(path)
    pipeline = load(arguments.model)
    _check_measures(arguments, pipeline)
    if isinstance(pipeline, Translator):
        examples = pairs_of(arguments, pipeline)
    else:
        examples = examples_of(arguments, pipeline.task, getattr(pipeline.config, "kind", ""))
    evaluation = pipeline.evaluate(examples, **given(arguments, ("also",)))
    if arguments.confusion:
        unit = "texts" if pipeline.task == "classification" else "tokens"
        confusion_matrix(evaluation.confusion, arguments.confusion, what=unit)
    if arguments.reliability and isinstance(pipeline, Classifier):
        pipeline.reliability(examples, arguments.reliability)
    report_evaluation(evaluation, arguments.json, arguments.errors, arguments.by_length)


def _check_measures(arguments: Namespace, pipeline: Pipeline) -> None:
    """Raises InputError for what cannot be told of such a model."""
    expected = "expected it with sequence-labeling or classification"
    if pipeline.task == "language-model":
        refuse(arguments, ("errors",), f"with language-model: {expected} or translation")
    if not isinstance(pipeline, SequenceLabeler | Classifier):
        refuse(arguments, ("confusion",), f"with {pipeline.task}: {expected}")
    if not isinstance(pipeline, Translator):
        refuse(arguments, ("by_length",), f"with {pipeline.task}: expected it with translation alone")
    elif pipeline.config.output == "tree":
        refuse(arguments, ("by_length",), "with output=tree: expected a translator of texts")
    if isinstance(pipeline, Classifier) and pipeline.labels.several:
        refuse(arguments, ("confusion",), "with a model of several labels a text: expected one of one label each")
    if not isinstance(pipeline, Classifier):
        refuse(arguments, ("reliability",), f"with {pipeline.task}: expected it with classification alone")
    if not isinstance(pipeline, SequenceLabeler):
        _refuse_measures(arguments, pipeline.task)


def _refuse_measures(arguments: Namespace, task: str) -> None:
    refuse(arguments, ("also",), f"with {task}: expected it with sequence-labeling alone")


def _default_output(arguments: Namespace, task: str, kind: str) -> Path:
    parts = data_name(arguments, task), kind or SUFFIXES.get(task, "")
    return Path("models") / "-".join(filter(None, parts))


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
