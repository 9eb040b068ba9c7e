"""What the command line's words about models and files mean: a saved model, an export, lines in and lines out."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from .datasets import InputError, lines, write_file
from .datasets.records import LONGEST
from .pipelines import LanguageModel, Pipeline, Translator, is_artefact, load
from .pipelines.served import served
from .pipelines.served_language_model import ServedLanguageModel

logger = logging.getLogger(__name__)

T = TypeVar("T")
CHUNK = 1000  # lines that are answered at once


def model_at(path: str) -> Any:
    """A saved pipeline, or an export of one; both have `predict`."""
    if not Path(path).is_dir():
        raise InputError(f"{path}: no such directory, expected a model or an export")
    ours = is_artefact(path) or (Path(path) / "pipeline.json").exists()
    return load(path) if ours else served(path)


def language_model_at(path: str, exports: bool = False) -> Any:
    """A saved language model, or an export of one where that will do; raises InputError for any other."""
    model = model_at(path) if exports else load(path)
    check_language_model(model, path)
    return model


def check_language_model(model: Any, path: str, expected: str = "a language model") -> None:
    """Raises InputError for any other model, which lies at `path`."""
    if not hasattr(model, "score") or isinstance(model, Translator):
        raise InputError(f"{path}: {what_it_is(model)}, expected {expected}")


def what_it_is(model: Any) -> str:
    """The task of a pipeline, or what an export tells of it."""
    return f"a pipeline of task {model.task}" if isinstance(model, Pipeline) else "an export of another task"


def of_text(model: Any) -> bool:
    """Whether a language model is one of text, not of music."""
    return isinstance(model, LanguageModel | ServedLanguageModel)


def check_writable(path: str | None) -> None:
    """Raises InputError where no file can be written; "-" is standard output."""
    if not path or path == "-":
        return
    if Path(path).is_dir():
        raise InputError(f"{path}: is a directory, expected a file to write to")
    if not (folder := Path(path).parent).is_dir():
        raise InputError(f"{path}: no directory {folder}, expected one to write to")


def source(path: str) -> str | BinaryIO:
    """What `lines` reads; "-" is standard input."""
    return sys.stdin.buffer if path == "-" else path


def texts_of(path: str) -> Iterator[str]:
    """The lines of a file or of standard input."""
    return (text for _, text in lines(source(path), LONGEST))


def single_text(path: str) -> Iterator[str]:
    """The one text that a picture shows; raises InputError for none or several."""
    return single(texts_of(path), "--png draws one text", ", or --html, which draws all")


def single(items: Iterable[T], what: str, otherwise: str = "") -> Iterator[T]:
    """The one item that a picture shows; raises InputError, which begins with `what`, for none or several."""
    found = list(islice(items, 2))
    if len(found) != 1:
        got = "none" if not found else "several"
        raise InputError(f"{what}, got {got}: expected one line{otherwise}")
    return iter(found)


def chunks(items: Iterable[T], path: str, size: int = CHUNK) -> Iterator[list[T]]:
    """Some at a time; one at a time from a person at a terminal, who waits for no second line."""
    rest = iter(items)
    while chunk := list(islice(rest, 1 if path == "-" and sys.stdin.isatty() else size)):
        yield chunk


def warn_of_cut(texts: int) -> None:
    """Logs how many texts were longer than a model reads, if any."""
    if texts:
        logger.warning("texts longer than the model reads, of which the beginning counts: %d", texts)


def write_lines(path: str, found: Iterable[str]) -> None:
    """To standard output as they come, or to a file that is written whole or not at all."""
    if path == "-":
        for line in found:
            print(line, flush=True)
    else:
        write_file(path, (f"{line}\n" for line in found))
