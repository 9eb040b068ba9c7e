"""How does the cost of a training step grow with time, batch, units and layers?

    python benchmarks/scaling.py --picture scaling.png

One of the four varies at a time around B 32, T 50, H 128 (the inputs are as wide), one LSTM layer: a language model with a
vocabulary so small (100) that recurrence is what costs. Contenders and turns are those of `recurrence.py`. The slope is that
of log milliseconds over log size, fitted by least squares: 1 is proportional, below 1 something fixed is paid off, 2 is
quadratic, as matrix products in H are.
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
from contenders import race, report
from contenders.workloads import Workload

BASE = Workload("base", "language-model", "lstm", batch=32, time=50, inputs=128, units=128, vocabulary=100)
SIZES = {
    "time": [12, 25, 50, 100, 200],
    "batch": [8, 16, 32, 64, 128],
    "units": [32, 64, 128, 256, 512],
    "layers": [1, 2, 4],
}
QUICK_SIZES = {"time": [3, 6], "layers": [1, 2]}
CONTENDERS = ["ours", "keras", "torch"]

Curves = dict[str, dict[str, list[float]]]  # what varies -> contender -> milliseconds at each size


def workload(varied: str, size: int) -> Workload:
    """The base with one size changed."""
    changes = {varied: size, "inputs": size} if varied == "units" else {varied: size}
    return replace(BASE, name=f"{varied}-{size}", **changes)


def curve_point(point: Workload, names: list[str], rounds: int, seconds: float) -> race.Result:
    """One size; ends the program where a contender fails or computes something else."""
    result = race.race(point, names, rounds, seconds)
    if result.failures:
        raise SystemExit(f"{point.name}: {'; '.join(result.failures)}")
    return result


def measure(sizes: dict[str, list[int]], rounds: int, seconds: float) -> Curves:
    """The median milliseconds of a step; the base is measured once for all four."""
    done: dict[tuple[int, ...], race.Result] = {}
    curves: Curves = {}
    names = race.installed(CONTENDERS)
    for varied, row in sizes.items():
        curves[varied] = {name: [] for name in names}
        for size in row:
            point = workload(varied, size)
            key = (point.time, point.batch, point.units, point.layers)
            if key not in done:
                done[key] = curve_point(point, names, rounds, seconds)
            for name in names:
                curves[varied][name].append(1000 * done[key].step(name))
        print("\n".join(table(varied, row, curves[varied])), flush=True)
    return curves


def slope(sizes: list[int], milliseconds: list[float]) -> float:
    """The exponent p of the power law milliseconds = c · sizeᵖ that fits best."""
    return float(np.polyfit(np.log(sizes), np.log(milliseconds), 1)[0])


def table(varied: str, sizes: list[int], curves: dict[str, list[float]]) -> list[str]:
    """Milliseconds of a step, a line for each contender."""
    lines = [f"\n{varied:10}" + "".join(f"{size:>10}" for size in sizes) + f"{'slope':>10}"]
    for name, milliseconds in curves.items():
        cells = "".join(f"{value:>10.2f}" for value in milliseconds)
        lines.append(f"  {name:8}{cells}{slope(sizes, milliseconds):>10.2f}")
    return lines


def picture(sizes: dict[str, list[int]], curves: Curves, facts: dict[str, str], path: str) -> None:
    """A panel for each size that varies, both axes logarithmic, the slope in the legend."""
    pyplot = report.plotting()
    figure, panels = pyplot.subplots(
        1, len(sizes), figsize=(3.4 * len(sizes), 3.4), layout="constrained", squeeze=False
    )
    for panel, (varied, row) in zip(panels[0], sizes.items(), strict=True):
        for name, milliseconds in curves[varied].items():
            colour = report.COLOURS.get(name, "black")
            panel.loglog(row, milliseconds, "o-", color=colour, label=f"{name}: {slope(row, milliseconds):.2f}")
        panel.set_xticks(row, [str(size) for size in row])
        panel.minorticks_off()
        lowest, highest = (pick(map(pick, curves[varied].values())) for pick in (min, max))
        ticks = [n * 10**power for power in range(5) for n in (1, 2, 5) if lowest / 1.5 < n * 10**power < highest * 1.5]
        panel.set_yticks(ticks, [str(tick) for tick in ticks])
        panel.set_xlabel(varied)
        panel.legend(title="slope", fontsize=8)
    panels[0][0].set_ylabel("milliseconds a training step")
    figure.suptitle(f"{facts['processor']}, {facts['cores']} cores, {facts['device']}", fontsize=9)
    figure.savefig(path, dpi=120)
    pyplot.close(figure)


def main() -> None:
    """Prints a table for each size that varies."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="few small sizes: a test of this program")
    parser.add_argument("--output", metavar="FILE.json")
    parser.add_argument("--picture", metavar="FILE.png", default="scaling.png")
    given = parser.parse_args()
    facts = report.environment()
    print("\n".join(report.introduction(facts)))
    sizes = QUICK_SIZES if given.quick else SIZES
    rounds, seconds = (2, 0.05) if given.quick else (given.rounds, 0.5)
    curves = measure(sizes, rounds, seconds)
    if given.output:
        measured = {"environment": facts, "sizes": sizes, "milliseconds": curves}
        Path(given.output).write_text(json.dumps(measured, indent=1) + "\n")
    picture(sizes, curves, facts, given.picture)


if __name__ == "__main__":
    main()
