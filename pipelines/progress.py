"""What a person sees while a pipeline trains: a bar on a terminal, a line per epoch in a log."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, Self, TypeVar

import keras
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn, track

T = TypeVar("T")


def steps(work: Collection[T], what: str, shown: bool = True) -> Iterable[T]:
    """`work`, with a bar on standard error while it is gone through, if that is a terminal."""
    console = Console(stderr=True)
    hidden = not (shown and console.is_terminal)
    return track(work, what, len(work), console=console, transient=True, disable=hidden)


@contextlib.contextmanager
def counter(what: str, total: int | None, shown: bool = True) -> Iterator[Callable[[int], None]]:
    """A function that is told of each so many that are done, with a bar on standard error, if that is a terminal.

    Args:
        what: is done.
        total: how many there are; None where nobody knows.
        shown: False shows nothing.
    """
    console = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    hidden = not (shown and console.is_terminal)
    with Progress(*columns, console=console, transient=True, disable=hidden) as bar:
        task = bar.add_task(what, total=total)
        yield lambda count: bar.advance(task, count)


class ProgressBar(keras.callbacks.Callback):
    """Steps, loss and the best validation score so far, on standard error; a context manager that leaves no bar behind.

    Args:
        steps: steps of an epoch.
        epochs: epochs of the run.
        shown: False shows nothing.
        describe: how a validation score is written.
    """

    def __init__(
        self, steps: int, epochs: int, shown: bool = True, describe: Callable[[float], str] = "{:.2%}".format
    ) -> None:
        super().__init__()
        self.steps, self.epochs, self.shown, self.describe = steps, epochs, shown, describe
        self._console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[figures]}"),
            console=self._console,
            disable=not (shown and self._console.is_terminal),
        )
        self._task = self._bar.add_task("training", total=steps * epochs, figures="")
        self._best: float | None = None

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._bar.update(self._task, description=f"epoch {epoch + 1}/{self.epochs}")

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        figures = f"loss {(logs or {})['loss']:.3f}  best valid {self._describe_best()}"
        self._bar.update(self._task, advance=1, figures=figures)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        logs = logs or {}
        score = logs["valid_score"]
        self._best = score if self._best is None else max(self._best, score)
        if self.shown and not self._console.is_terminal:
            figures = f"loss {logs['loss']:.4f}  valid {self.describe(score)}  best {self._describe_best()}"
            self._console.print(f"epoch {epoch + 1:3}/{self.epochs}  {figures}", highlight=False)

    def _describe_best(self) -> str:
        return "-" if self._best is None else self.describe(self._best)
