"""What the runs say: facts of the machine, a table for each workload, JSON, and a picture of the ratios."""

import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from types import ModuleType

from .race import Result

PACKAGES = ["keras-seq", "tensorflow", "keras", "torch", "numpy"]
COLOURS = {"keras": "tab:red", "keras-xla": "tab:orange", "torch": "tab:blue"}
COLOURS |= {"torch-packed": "tab:blue", "torch-padded": "tab:cyan"}
BUSY = 0.5  # load average from which a measurement is doubtful


def environment() -> dict[str, str]:
    """Processor, cores, device, versions and the load of the last minute."""
    facts = {"processor": processor(), "cores": str(len(os.sched_getaffinity(0))), "device": device()}
    facts |= {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            facts[package] = version(package)
        except PackageNotFoundError:
            facts[package] = "none"
    return facts | {"load": f"{os.getloadavg()[0]:.2f}"}


def introduction(facts: dict[str, str]) -> Iterator[str]:
    """The facts, and what they mean for the numbers that follow."""
    for name, value in facts.items():
        yield f"{name}: {value}"
    if facts["torch"] == "none":
        yield 'Without torch there is no comparison with it and no floor: pip install "keras-seq[benchmark]"'
    if float(facts["load"]) > BUSY:
        yield "This machine is busy; measure on an idle one."


def processor() -> str:
    """The model's name as Linux tells it; where it does not, the architecture."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def device() -> str:
    """The first GPU's name, or CPU."""
    if not shutil.which("nvidia-smi"):
        return "CPU"
    command = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
    names = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    return names[0] if names else "CPU"


def spread(values: list[float], digits: int = 2) -> str:
    """Median and range: 1.12 (1.05..1.20)."""
    return f"{median(values):.{digits}f} ({min(values):.{digits}f}..{max(values):.{digits}f})"


def table(result: Result) -> Iterator[str]:
    """The lines of one workload. Ratios are medians of the rounds' own ratios, not ratios of medians."""
    workload = result.workload
    yield f"\n{workload.name}: {workload.items} {workload.unit} a step"
    yield f"  {'contender':14}{'ms a step':>11}{workload.unit + '/s':>13}  {'min..max':13}{'ours / it':22}goal"
    for name in result.seconds:
        yield line(result, name)
    for failure in result.failures:
        yield f"  FAILED {failure}"
    if {"ours", "floor"} <= result.seconds.keys():
        yield f"  share of the practical floor: {spread(result.ratios('floor'))}"


def line(result: Result, name: str) -> str:
    """One contender."""
    rate = result.rate(name)
    middle = median(rate)
    moved = f"{min(rate) / middle:.2f}..{max(rate) / middle:.2f}"
    text = f"  {name:14}{1000 * result.step(name):>11.2f}{middle:>13,.0f}  {moved:13}"
    if name in ("ours", "floor") or "ours" not in result.seconds:
        return text.rstrip()
    return f"{text}{spread(result.ratios(name)):22}{verdict(result, name)}".rstrip()


def verdict(result: Result, name: str) -> str:
    """The goal and whether the median reaches it."""
    goal = result.workload.goals.get(name)
    if goal is None:
        return ""
    return f"{goal:.1f} {'met' if median(result.ratios(name)) >= goal else 'missed'}"


def to_json(result: Result) -> dict:
    """Everything measured, for a program to read."""
    ratios = {name: result.ratios(name) for name in result.seconds if "ours" in result.seconds}
    return {
        "workload": result.workload.name,
        "unit": result.workload.unit,
        "items_per_step": result.workload.items,
        "seconds_per_step": result.seconds,
        "ratios": {name: [min(values), median(values), max(values)] for name, values in ratios.items()},
        "goals": result.workload.goals,
        "computed": result.computed,
        "failures": result.failures,
    }


def plotting() -> ModuleType:
    """matplotlib's pyplot, without a screen; imported by those alone who want a picture."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    return pyplot


def furthest(bars: list[tuple[Result, str]]) -> float:
    """The largest ratio or goal; 1 at least."""
    ratios = [median(result.ratios(name)) for result, name in bars]
    return max([1.0, *ratios, *(result.workload.goals.get(name, 0.0) for result, name in bars)])


def picture(results: list[Result], facts: dict[str, str], path: str) -> None:
    """A bar for each ratio, a whisker for its range over the rounds, a black mark for its goal."""
    pyplot = plotting()
    bars = [(result, name) for result in results for name in result.seconds if name in COLOURS]
    bars = [(result, name) for result, name in bars if "ours" in result.seconds]
    figure, axes = pyplot.subplots(figsize=(9, 1.6 + 0.3 * len(bars)), layout="constrained")
    for row, (result, name) in enumerate(bars):
        ratios = result.ratios(name)
        middle = median(ratios)
        whisker = [[middle - min(ratios)], [max(ratios) - middle]]
        axes.barh(row, middle, xerr=whisker, color=COLOURS[name], height=0.7, error_kw={"ecolor": "0.35", "capsize": 2})
        if name in result.workload.goals:
            axes.plot([result.workload.goals[name]] * 2, [row - 0.45, row + 0.45], color="black", linewidth=2.5)
    axes.axvline(1, color="0.5", linewidth=0.8, zorder=0)
    axes.set_yticks(range(len(bars)), [f"{result.workload.name}  /  {name}" for result, name in bars])
    axes.invert_yaxis()
    axes.set_xlim(0, 1.2 * furthest(bars))  # a range may end outside: on a busy machine torch's does
    axes.margins(y=0.01)
    axes.set_xlabel("throughput of ours / theirs: median and range of the rounds; black: the goal")
    axes.set_title(f"{facts['processor']}, {facts['cores']} cores, {facts['device']}", fontsize=9)
    figure.savefig(path, dpi=120)
    pyplot.close(figure)
