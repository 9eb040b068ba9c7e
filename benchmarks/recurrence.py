"""How fast is recurrence? Ours beside `keras.layers` and torch, in whole training steps, inference and decoding.

    python benchmarks/recurrence.py
    python benchmarks/recurrence.py --workloads lm-200 bigru-tagger --contenders ours keras torch torch-packed floor
    python benchmarks/recurrence.py --quick --output quick.json --picture quick.png

Every contender has a process of its own, makes the same weights and the same batch, and warms up with three steps; what
these compute must agree, or the exit code is 1. Then the contenders take turns, one running at a time: a round is each of
them once, for about 0.7 seconds. Machines drift, so only ratios within a round mean anything: reported is the median of the
rounds' ratios with their range. Throughput counts tokens that are not padding. Measure on an idle machine: torch collapses
when another process takes a core.

Contenders: `ours` trains with its defaults (the recurrent layers compile their own passes, nothing else is compiled), and
infers and decodes with `jit_compile`; `ours-xla` compiles the whole training step, `ours-no-xla` nothing. `keras` is
`keras.layers` with its defaults in a custom `tf.function` step, `keras-xla` the same with `jit_compile`. `torch` packs or
pads where sequences differ in length. Language models train with SGD and the global norm clipped at 5, everything else with
Adam. `saved-model` is an export that TensorFlow has loaded back. `floor` is no program, but the least that a training step's
products and memory passes take here: see `contenders/floor.py`.

`--quick` takes tiny sizes to test this program in about a minute: a workload for each task and the contenders that differ in
more than a compiler's flag, unless others are named. Its numbers say nothing.
A GPU, where there is one, is used by all.
"""

import argparse
import json
from pathlib import Path

from contenders import race, report
from contenders.workloads import WORKLOADS, Workload

SECONDS = 0.7  # of a contender's turn
NAMES = [workload.name for workload in WORKLOADS]
CONTENDERS = list(dict.fromkeys(name for workload in WORKLOADS for name in race.contenders(workload)))
QUICK = ["lm-200", "bigru-tagger", "classifier", "translation", "inference", "saved-model", "greedy-1", "beam-16"]
QUICK_CONTENDERS = ["ours", "keras", "torch", "torch-packed", "torch-padded", "floor"]


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--workloads", nargs="+", choices=NAMES, metavar="NAME", help=f"of {', '.join(NAMES)}")
    parser.add_argument(
        "--contenders", nargs="+", choices=CONTENDERS, metavar="NAME", help=f"of {', '.join(CONTENDERS)}"
    )
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--quick", action="store_true", help="tiny sizes, two rounds: a test of this program")
    parser.add_argument("--output", metavar="FILE.json")
    parser.add_argument("--picture", metavar="FILE.png")
    return parser.parse_args()


def chosen(given: argparse.Namespace) -> list[Workload]:
    """The workloads to run."""
    names = given.workloads or (QUICK if given.quick else NAMES)
    workloads = [workload for workload in WORKLOADS if workload.name in names]
    return [workload.tiny() for workload in workloads] if given.quick else workloads


def run(workload: Workload, given: argparse.Namespace) -> race.Result:
    """One workload among the contenders that were asked for and are installed."""
    asked = given.contenders or (QUICK_CONTENDERS if given.quick else CONTENDERS)
    names = [name for name in race.contenders(workload) if name in asked]
    rounds, seconds = (2, 0.05) if given.quick else (given.rounds, SECONDS)
    return race.race(workload, race.installed(names), rounds, seconds)


def main() -> int:
    """Prints a table for each workload as soon as it is measured."""
    given = arguments()
    facts = report.environment()
    print("\n".join(report.introduction(facts)))
    results = []
    for workload in chosen(given):
        results.append(run(workload, given))
        print("\n".join(report.table(results[-1])), flush=True)
    if given.output:
        measured = {"environment": facts, "results": [report.to_json(result) for result in results]}
        Path(given.output).write_text(json.dumps(measured, indent=1) + "\n")
    if given.picture:
        report.picture(results, facts, given.picture)
    return int(any(result.failures for result in results))


if __name__ == "__main__":
    raise SystemExit(main())
