"""What the runs of whole tasks say: a table for each, and JSON."""

from collections.abc import Iterator
from dataclasses import asdict
from statistics import median
from typing import Any

from .race import Result
from .report import spread, to_json


def table(result: Result) -> Iterator[str]:
    """The lines of one task. Ratios are medians of the rounds' own ratios, not ratios of medians."""
    task = result.workload
    what = f"{task.batches} calls of {task.batch}" if task.batch else f"{task.batches} batches"
    yield f"\n{task.name}, {task.corpus}: {task.sentences} sentences in {what}, {len(rounds(result))} rounds"
    yield f"  {'contender':14}{'ms a batch':>11}{'sentences/s':>13}  {'min..max':13}ours / it"
    for name in result.seconds:
        yield line(result, name)
    if {"ours-ids", "keras-ids"} <= result.seconds.keys():
        yield f"  networks alone, ours-ids / keras-ids: {spread(result.ratios('keras-ids', 'ours-ids'))}"
    for failure in result.failures:
        yield f"  FAILED {failure}"


def line(result: Result, name: str) -> str:
    """One contender."""
    rate, milliseconds = result.rate(name), 1000 * result.step(name) / result.workload.batches
    moved = f"{min(rate) / median(rate):.2f}..{max(rate) / median(rate):.2f}"
    text = f"  {name:14}{milliseconds:>11.2f}{median(rate):>13,.0f}  {moved:13}"
    if name == "ours" or "ours" not in result.seconds:
        return text.rstrip()
    return f"{text}{spread(result.ratios(name))}"


def rounds(result: Result) -> list[float]:
    """Those of any contender."""
    return next(iter(result.seconds.values()), [])


def facts(result: Result) -> dict[str, Any]:
    """Everything measured, for a program to read."""
    return {**to_json(result), "task": {**asdict(result.workload), "folder": ""}}
