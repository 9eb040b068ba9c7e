"""The command `keras-seq`. Exit codes: 0 done, 1 failed, 2 a mistake of the user's, said in one line."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from io import TextIOWrapper
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
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # as every file here, whatever the locale
    logging.basicConfig(format="%(message)s", level="WARNING", stream=sys.stderr)
    logging.getLogger("keras_seq").setLevel("INFO")
    with quiet_start():
        from .datasets import InputError
        from .pipelines import TrainingError
    try:
        _COMMANDS[arguments.command](arguments)
        sys.stdout.flush()  # here, where a reader that has gone is caught
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
    os.environ["KERAS_BACKEND"] = "tensorflow"  # the pipelines' text, data and export are its graphs
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
    corpus = _corpus(arguments, pipeline.config.seed)
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
    from .datasets import InputError, lines, write_file
    from .pipelines import ServedLabeler, is_artefact, load

    if Path(arguments.output).is_dir():
        raise InputError(f"{arguments.output}: is a directory, expected a file to write to")
    if not (folder := Path(arguments.output).parent).is_dir():
        raise InputError(f"{arguments.output}: no directory {folder}, expected one to write to")
    if not Path(arguments.model).is_dir():
        raise InputError(f"{arguments.model}: no such directory, expected a model or an export")
    ours = is_artefact(arguments.model) or (Path(arguments.model) / "pipeline.json").exists()
    model: Any = load(arguments.model) if ours else ServedLabeler(arguments.model)
    texts = (text for _, text in lines(sys.stdin.buffer if arguments.input == "-" else arguments.input))
    size = 1 if arguments.input == "-" and sys.stdin.isatty() else CHUNK
    results = _predictions(model, texts, size, arguments.json)
    if arguments.output == "-":
        for line in results:
            print(line, flush=True)
    else:
        write_file(arguments.output, (f"{line}\n" for line in results))


def _predictions(model: Any, texts: Iterable[str], size: int, as_json: bool) -> Iterator[str]:
    """One line for each text, `size` of them read ahead: a person at a terminal waits for no second line."""
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

    if arguments.name:
        find(arguments.name)  # raises where there is none
    for corpus in corpora():
        if arguments.name in (corpus.name, None):
            places = find(corpus.name)
            print(f"{corpus.name}: {corpus.title}\n  licence: {corpus.licence}\n  source: {corpus.source}")
            for file, place in places.items():
                print(f"  {file}: {place or 'not here; load downloads it'}")


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
        name = Path(arguments.train).name.encode("utf-8", "replace").decode()
        return name.partition(".")[0] or "corpus"
    return arguments.data or "ticket-desk"


def _corpus(arguments: Namespace, seed: int) -> Corpus:
    from .datasets import InputError, load, read_columns

    if arguments.data and arguments.train:
        raise InputError("--data and --train: expected one of them")
    if not arguments.train:
        _refuse(arguments, ("valid", "test", "tokens", *_COLUMNS), "without --train: expected a training file too")
        return load(_data_name(arguments))
    options = _given(arguments, (*_COLUMNS, "tokens"))
    name = _data_name(arguments)
    return read_columns(arguments.train, arguments.valid, arguments.test, **options, name=name, seed=seed)


def _examples(arguments: Namespace) -> Examples:
    """What `evaluate` compares with: a file of columns, or a split of a named corpus."""
    from .datasets import ColumnFile, InputError, load

    if bool(arguments.data) == bool(arguments.test):
        raise InputError("evaluate: expected either --data NAME or --test FILE")
    if arguments.test:
        _refuse(arguments, ("split",), "with --test: expected it with --data alone")
        return ColumnFile(arguments.test, **_given(arguments, _COLUMNS))
    _refuse(arguments, _COLUMNS, "with --data: expected it with --test FILE alone")
    examples: Examples = getattr(load(arguments.data), arguments.split or "test")
    return examples


_COLUMNS = ("scheme", "token_column", "tag_column", "strict")


def _given(arguments: Namespace, names: Iterable[str]) -> dict[str, Any]:
    """The options that the user wrote; the readers have the defaults."""
    return {name: value for name in names if (value := getattr(arguments, name)) is not None}


def _refuse(arguments: Namespace, names: Iterable[str], why: str) -> None:
    """Raises InputError for an option that would do nothing."""
    from .datasets import InputError

    for name in _given(arguments, names):
        raise InputError(f"--{name.replace('_', '-')} {why}")


def _json(evaluation: Evaluation) -> dict[str, Any]:
    rows = [asdict(row) for row in evaluation.report if row.label != "overall"]
    return {**evaluation, "labels": rows, "notes": evaluation.notes}


_COMMANDS = {"train": _train, "evaluate": _evaluate, "predict": _predict, "export": _export, "data": _data}


if __name__ == "__main__":
    raise SystemExit(main())
