"""What the command line's words about data mean: a corpus by name, or files of a user's own."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .arguments import TASKS
from .datasets import ColumnFile, Corpus, Examples, InputError, TextFile, load, read_columns, read_frames, read_text

COLUMNS = ("scheme", "token_column", "tag_column", "strict")
TEXT = ("blank_lines",)
FILES = ("valid", "test", "tokens", *COLUMNS, *TEXT)
# The options of files that a task has no use for, and the task that has.
_FOREIGN = {"sequence-labeling": (TEXT, "language-model"), "language-model": (COLUMNS, "sequence-labeling")}


def data_name(arguments: Namespace, task: str) -> str:
    """The corpus' name, or that of its training file without endings."""
    if arguments.train:
        name = Path(arguments.train).name.encode("utf-8", "replace").decode()
        return name.partition(".")[0] or "corpus"
    return arguments.data or TASKS[task]


def corpus_of(arguments: Namespace, task: str, seed: int, kind: str = "") -> Corpus:
    """What a task learns; raises InputError for options that would do nothing."""
    if arguments.data and arguments.train:
        raise InputError("--data and --train: expected one of them")
    refuse_foreign(arguments, task)
    if not arguments.train:
        refuse(arguments, FILES, "without --train: expected a training file too")
        return load(data_name(arguments, task))
    name = data_name(arguments, task)
    if kind == "frames":
        refuse(arguments, FILES, "with kind=frames: expected one JSON file with train, valid and test")
        return read_frames(arguments.train, name=name, seed=seed)
    files = arguments.train, arguments.valid, arguments.test
    if task == "language-model":
        return read_text(*files, **given(arguments, ("tokens", *TEXT)), name=name, seed=seed)
    return read_columns(*files, **given(arguments, ("tokens", *COLUMNS)), name=name, seed=seed)


def examples_of(arguments: Namespace, task: str, kind: str = "") -> Examples:
    """What `evaluate` compares with: a file of columns or of text, or a split of a named corpus."""
    if bool(arguments.data) == bool(arguments.test):
        raise InputError("evaluate: expected either --data NAME or --test FILE")
    refuse_foreign(arguments, task)
    if not arguments.test:
        refuse(arguments, (*COLUMNS, *TEXT), "with --data: expected it with --test FILE alone")
        examples: Examples = getattr(load(arguments.data), arguments.split or "test")
        return examples
    refuse(arguments, ("split",), "with --test: expected it with --data alone")
    if kind == "frames":
        raise InputError("--test with a model of music: expected --data NAME")
    if task == "language-model":
        return TextFile(arguments.test, **given(arguments, TEXT))
    return ColumnFile(arguments.test, **given(arguments, COLUMNS))


def given(arguments: Namespace, names: Iterable[str]) -> dict[str, Any]:
    """The options that the user wrote; what reads them has the defaults."""
    return {name: value for name in names if (value := getattr(arguments, name, None)) is not None}


def refuse(arguments: Namespace, names: Iterable[str], why: str) -> None:
    """Raises InputError for an option that would do nothing."""
    for name in given(arguments, names):
        raise InputError(f"--{name.replace('_', '-')} {why}")


def refuse_foreign(arguments: Namespace, task: str) -> None:
    """Raises InputError for an option of another task's files."""
    names, owner = _FOREIGN[task]
    refuse(arguments, names, f"with {task}: expected it with {owner} alone")
