"""What the command line's words about data mean: a corpus by name, or files of a user's own."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from .data_arguments import TASKS
from .datasets import (
    ColumnFile,
    ConlluFile,
    Corpus,
    Examples,
    InputError,
    LabeledLines,
    PairLines,
    ParallelFiles,
    SegmentedFile,
    TextFile,
    load,
    read_columns,
    read_conllu,
    read_frames,
    read_labeled,
    read_pairs,
    read_parallel,
    read_segmented,
    read_text,
)


class FileFormat(NamedTuple):
    """How files of one format are read.

    options: of the command line -> what the readers call them.
    corpus: reads three splits.
    examples: reads one split.
    parallel: whether a split is several files, one for each language, and not one file.
    """

    options: Mapping[str, str]
    corpus: Callable[..., Corpus]
    examples: Callable[..., Examples]
    parallel: bool = False


COLUMNS = {name: name for name in ("scheme", "token_column", "tag_column", "strict", "tokens")}
CONLLU = {"tag_column": "column", "tokens": "tokens"}
LABELED = {
    "text_column": "text",
    "label_column": "label",
    "header": "header",
    "separator": "separator",
    "tokens": "tokens",
}
TEXT = {name: name for name in ("blank_lines", "tokens")}
PARALLEL = {name: name for name in ("tokens", "target_tokens")}
TABLES = ("tsv", "csv", "jsonl")
PAIRS = {"source_column": "source", "target_column": "target", "header": "header", **PARALLEL}

# The formats of each task's files; where a single file may have several, `--format` names one.
FORMATS = {
    "sequence-labeling": {
        "columns": FileFormat(COLUMNS, read_columns, ColumnFile),
        "conllu": FileFormat(CONLLU, read_conllu, ConlluFile),
        "segmented": FileFormat({}, read_segmented, SegmentedFile),
    },
    "classification": {"labeled": FileFormat(LABELED, read_labeled, LabeledLines)},
    "language-model": {"text": FileFormat(TEXT, read_text, TextFile)},
    "translation": {
        "parallel": FileFormat(PARALLEL, read_parallel, ParallelFiles, parallel=True),
        "pairs": FileFormat(PAIRS, read_pairs, PairLines),
    },
    "autoencoder": {"text": FileFormat({"tokens": "tokens"}, partial(read_text, contiguous=False), TextFile)},
}


def data_name(arguments: Namespace, task: str) -> str:
    """The corpus' name, or that of its first training file without endings."""
    if arguments.train:
        name = Path(arguments.train[0]).name.encode("utf-8", "replace").decode()
        return name.partition(".")[0] or "corpus"
    return arguments.data or TASKS[task]


def corpus_of(arguments: Namespace, task: str, seed: int, kind: str = "") -> Corpus:
    """What a task learns; raises InputError for options that would do nothing."""
    if arguments.data and arguments.train:
        raise InputError("--data and --train: expected one of them")
    refuse_foreign(arguments, task)
    files = ("valid", "test", *_options(task))
    if not arguments.train:
        refuse(arguments, files, "without --train: expected a training file too")
        return load(data_name(arguments, task))
    name = data_name(arguments, task)
    if kind == "frames":
        refuse(arguments, files, "with kind=frames: expected one JSON file with train, valid and test")
        return read_frames(_files(arguments, "train", False), name=name, seed=seed)
    found = _format(arguments, task, arguments.train)
    splits = (_files(arguments, split, found.parallel) for split in ("train", "valid", "test"))
    return found.corpus(*splits, **_reader_options(arguments, found), name=name, seed=seed)


def examples_of(arguments: Namespace, task: str, kind: str = "") -> Examples:
    """What `evaluate` compares with: files such as the task learns from, or a split of a named corpus."""
    return corpus_and_examples(arguments, task, kind)[1]


def corpus_and_examples(
    arguments: Namespace, task: str, kind: str = "", split: str = "test"
) -> tuple[Corpus | None, Examples]:
    """The same after the named corpus, None where files were given.

    `split` names the option of the files, and is the split of the corpus where none is named.
    """
    paths = getattr(arguments, split)
    if bool(arguments.data) == bool(paths):
        raise InputError(f"{arguments.command}: expected either --data NAME or --{split} FILE")
    refuse_foreign(arguments, task)
    if not paths:
        refuse(arguments, _options(task), f"with --data: expected it with --{split} FILE alone")
        corpus = load(arguments.data)
        return corpus, getattr(corpus, getattr(arguments, "split", None) or split)
    refuse(arguments, ("split",), f"with --{split}: expected it with --data alone")
    if kind == "frames":
        raise InputError(f"--{split} with a model of music: expected --data NAME")
    found = _format(arguments, task, paths)
    return None, found.examples(_files(arguments, split, found.parallel), **_reader_options(arguments, found))


def given(arguments: Namespace, names: Iterable[str]) -> dict[str, Any]:
    """The options that the user wrote; what reads them has the defaults."""
    return {name: value for name in names if (value := getattr(arguments, name, None)) is not None}


def refuse(arguments: Namespace, names: Iterable[str], why: str) -> None:
    """Raises InputError for an option that would do nothing."""
    for name in given(arguments, names):
        raise InputError(f"--{name.replace('_', '-')} {why}")


def refuse_foreign(arguments: Namespace, task: str) -> None:
    """Raises InputError for an option of other tasks' files."""
    own, options = _options(task), {each: _options(each) for each in FORMATS}
    for name in dict.fromkeys(name for each in options.values() for name in each if name not in own):
        owners = [other for other, each in options.items() if name in each]
        expected = f"{owners[0]} alone" if len(owners) == 1 else " or ".join(owners)
        refuse(arguments, [name], f"with {task}: expected it with {expected}")


def _options(task: str) -> list[str]:
    """The options of a task's files, whatever their format."""
    formats = FORMATS[task].values()
    several = ["format"] if sum(not each.parallel for each in formats) > 1 else []
    return list(dict.fromkeys([*several, *(name for each in formats for name in each.options)]))


def _files(arguments: Namespace, split: str, parallel: bool) -> Any:
    """What the reader of a split takes: its files, or the one; raises InputError for several where one is expected."""
    paths = getattr(arguments, split)
    if paths is None or parallel:
        return paths
    if len(paths) > 1:
        raise InputError(f"--{split} {' '.join(paths)}: expected one file, got {len(paths)}")
    return paths[0]


def _format(arguments: Namespace, task: str, paths: Sequence[str]) -> FileFormat:
    """The format that was named, or that the first file's ending or the number of files tells.

    Raises InputError for options of the others, and for one file of text where its translation is wanted too.
    """
    may_be_parallel = any(each.parallel for each in FORMATS[task].values())
    parallel = may_be_parallel and len(paths) > 1
    formats = {name: each for name, each in FORMATS[task].items() if each.parallel == parallel}
    ending = Path(paths[0].lower().removesuffix(".gz")).suffix.removeprefix(".")
    if may_be_parallel and not parallel and ending not in TABLES:
        raise InputError(
            f"{paths[0]}: expected a second file, parallel to it, or one file of pairs that ends in .tsv, .csv or .jsonl"
        )
    name = getattr(arguments, "format", None) or (ending if ending in formats else next(iter(formats)))
    where = f"{len(paths)} files" if parallel else f"--format {name}"
    for option in _options(task):
        having = [other for other, each in FORMATS[task].items() if option in each.options]
        if option != "format" and name not in having:
            refuse(arguments, [option], f"with {where}: expected it with {' or '.join(having)}")
    _check_tag_column(arguments, name)
    return formats[name]


def _check_tag_column(arguments: Namespace, name: str) -> None:
    """Raises InputError for a number where columns have names, and for a name where they have numbers."""
    column = getattr(arguments, "tag_column", None)
    if name == "columns" and isinstance(column, str):
        raise InputError(f"--tag-column {column} with --format columns: expected a number from 0")
    if name == "conllu" and isinstance(column, int):
        raise InputError(f"--tag-column {column} with --format conllu: expected upos or xpos")


def _reader_options(arguments: Namespace, found: FileFormat) -> dict[str, Any]:
    return {found.options[name]: value for name, value in given(arguments, found.options).items()}
