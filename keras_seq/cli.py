"""The command `keras-seq`. Exit codes: 0 done, 1 failed, 2 a mistake of the user's, said in one line."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .arguments import parser

if TYPE_CHECKING:
    from .datasets import Corpus, Examples
    from .pipelines import Evaluation

CHUNK = 1000  # lines predicted at once


def main(words: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    arguments = parser().parse_args(words)
    logging.basicConfig(format="%(message)s", level="WARNING", stream=sys.stderr)
    logging.getLogger("keras_seq").setLevel("INFO")
    with quiet_start():
        from .datasets import InputError
        from .pipelines import TrainingError
    try:
        _COMMANDS[arguments.command](arguments)
    except InputError as error:
        return _fail(str(error), 2)
    except BrokenPipeError:  # the reader of our output has gone, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (OSError, TrainingError) as error:
        return _fail(str(error), 1)
    except KeyboardInterrupt:
        return _fail("interrupted", 130)
    return 0


@contextlib.contextmanager
def quiet_start() -> Iterator[None]:
    """Imports of TensorFlow without the lines that its C++ libraries write to standard error, whatever the log level."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.stderr.flush()
    kept, silent = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(silent)


def _fail(message: str, code: int) -> int:
    sys.stderr.write(f"keras-seq: {' '.join(message.split())}\n")
    return code


def _train(arguments: Namespace) -> None:
    from .pipelines import PIPELINES, check_free, log_figures, tracking_uri

    kind = PIPELINES[arguments.task]
    if arguments.set == ["help"]:
        return _list_hyperparameters(kind.config_type)
    pipeline = kind(**_hyperparameters(arguments))
    output = check_free(arguments.output or Path("models") / _data_name(arguments))
    corpus = _corpus(arguments)
    pipeline.fit(corpus, tracking=None if arguments.no_tracking else "mlflow")
    pipeline.save(output)
    split = "test" if len(corpus.test) else "valid"
    evaluation = pipeline.evaluate(getattr(corpus, split))
    log_figures(pipeline.run_id, evaluation, f"{split}_")
    if arguments.json:
        return print(json.dumps({**_json(evaluation), "split": split, "model": str(output), "run": pipeline.run_id}))
    print(f"{split} split, {len(getattr(corpus, split))} sentences\n{evaluation}\nmodel: {output}")
    if pipeline.run_id:
        print(f"run: {pipeline.run_id}; look at it with: mlflow ui --backend-store-uri {tracking_uri()}")
    return None


def _evaluate(arguments: Namespace) -> None:
    from .pipelines import load

    pipeline = load(arguments.model)
    evaluation = pipeline.evaluate(_examples(arguments))
    print(json.dumps(_json(evaluation)) if arguments.json else evaluation)


def _predict(arguments: Namespace) -> None:
    from .datasets import lines, write_file
    from .pipelines import ServedLabeler, is_artefact, load

    model: Any = load(arguments.model) if is_artefact(arguments.model) else ServedLabeler(arguments.model)
    texts = (text for _, text in lines(sys.stdin.buffer if arguments.input == "-" else arguments.input))
    results = _predictions(model, texts, arguments.json)
    if arguments.output == "-":
        for line in results:
            print(line, flush=True)
    else:
        write_file(arguments.output, "".join(f"{line}\n" for line in results))


def _predictions(model: Any, texts: Iterable[str], as_json: bool) -> Iterator[str]:
    """One line for each text. Standard input is answered line by line on a terminal, in chunks otherwise."""
    size = 1 if sys.stdin.isatty() else CHUNK
    rest = iter(texts)
    while chunk := list(islice(rest, size)):
        for result in model.predict(chunk):
            yield json.dumps(result.as_dict(), ensure_ascii=False) if as_json else f"{result.text}\t{result}"


def _export(arguments: Namespace) -> None:
    from .pipelines import load

    version = load(arguments.model).export(arguments.serving)
    print(f"exported: {version}\ntry it: echo TEXT | keras-seq predict {arguments.serving}")


def _data(arguments: Namespace) -> None:
    from .datasets import corpora, find

    names = [arguments.name] if arguments.name else [corpus.name for corpus in corpora()]
    for corpus in corpora():
        if corpus.name in names:
            places = find(corpus.name)
            print(f"{corpus.name}: {corpus.title}\n  licence: {corpus.licence}\n  source: {corpus.source}")
            print("\n".join(f"  {file}: {place or 'not here; load downloads it'}" for file, place in places.items()))


def _list_hyperparameters(kind: Any) -> None:
    from .pipelines import describe

    rows = describe(kind)
    width, second = (max(len(row[column]) for row in rows) for column in (0, 1))
    print("\n".join(f"{name:{width}}  {default:{second}}  {meaning}" for name, default, meaning in rows))


def _hyperparameters(arguments: Namespace) -> dict[str, Any]:
    from .datasets import InputError
    from .pipelines import assignments

    values: dict[str, Any] = assignments(arguments.set)
    if arguments.seed is not None:
        if "seed" in values:
            raise InputError("--seed and --set seed=...: expected one of them")
        values["seed"] = arguments.seed
    return values


def _data_name(arguments: Namespace) -> str:
    """The corpus' name, or that of its training file without endings."""
    if arguments.train:
        return Path(arguments.train).name.partition(".")[0]
    return arguments.data or "ticket-desk"


def _corpus(arguments: Namespace) -> Corpus:
    from .datasets import InputError, load, read_columns

    if arguments.data and arguments.train:
        raise InputError("--data and --train: expected one of them")
    if not arguments.train:
        if stray := [f"--{name}" for name in ("valid", "test") if getattr(arguments, name)]:
            raise InputError(f"{stray[0]} without --train: expected a training file too")
        return load(_data_name(arguments))
    return read_columns(
        arguments.train,
        arguments.valid,
        arguments.test,
        **_columns(arguments),
        tokens=arguments.tokens,
        name=_data_name(arguments),
        seed=arguments.seed or 0,
    )


def _columns(arguments: Namespace) -> dict[str, Any]:
    names = ("scheme", "token_column", "tag_column", "strict")
    return {name: getattr(arguments, name) for name in names}


def _examples(arguments: Namespace) -> Examples:
    """What `evaluate` compares with: a file of columns, or a split of a named corpus."""
    from .datasets import ColumnFile, InputError, load

    if bool(arguments.data) == bool(arguments.test):
        raise InputError("evaluate: expected either --data NAME or --test FILE")
    if arguments.test:
        return ColumnFile(arguments.test, **_columns(arguments))
    examples: Examples = getattr(load(arguments.data), arguments.split)
    return examples


def _json(evaluation: Evaluation) -> dict[str, Any]:
    report = {row.label: {"f1": row.f1, "precision": row.precision, "recall": row.recall} for row in evaluation.report}
    return {**evaluation, "labels": report, "notes": evaluation.notes}


_COMMANDS = {"train": _train, "evaluate": _evaluate, "predict": _predict, "export": _export, "data": _data}


if __name__ == "__main__":
    raise SystemExit(main())
