"""How long does the first training step of a tagger take, in which XLA compiles? Once for each shape of a batch.

    python benchmarks/compile_time.py
    python benchmarks/compile_time.py --lengths 16 64 --output compile_time.json

Each contender has a process of its own. The step is that of `recurrence.py`, at batches of each padded length in turn; the time
is that of the first step less that of the third.
"""

import argparse
import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from contenders.workloads import WORKLOADS

NAMES = ["bilstm-tagger", "bigru-tagger"]
CONTENDERS = ["ours", "ours-xla", "keras-xla"]


def seconds(name: str, contender: str, lengths: list[int]) -> list[float]:
    """What compiling takes at each length, in this process."""
    from contenders.tensorflow_steps import steps

    found = []
    workload = next(each for each in WORKLOADS if each.name == name)
    for length in lengths:
        run, times = steps(replace(workload, time=length), contender), []
        for _ in range(3):
            start = time.perf_counter()
            run(1)
            times.append(time.perf_counter() - start)
        found.append(times[0] - times[2])
    return found


def elsewhere(*arguments: str) -> list[float]:
    """The same, in a process of its own."""
    command = [sys.executable, __file__, "--only", *arguments]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout)


def main() -> None:
    """Prints a row for each network and contender."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--lengths", nargs="+", type=int, default=[16, 32, 64], metavar="T")
    parser.add_argument("--output", metavar="FILE.json")
    parser.add_argument("--only", nargs=2, metavar=("WORKLOAD", "CONTENDER"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.only:
        print(json.dumps(seconds(*given.only, given.lengths)))
        return
    lengths = [str(length) for length in given.lengths]
    print(f"{'seconds':15}{'':11}" + "".join(f"T = {length:<6}" for length in lengths))
    rows = []
    for name in NAMES:
        for contender in CONTENDERS:
            found = elsewhere(name, contender, "--lengths", *lengths)
            rows.append({"workload": name, "contender": contender, "seconds": dict(zip(lengths, found, strict=True))})
            print(f"{name:15}{contender:11}" + "".join(f"{each:<10.1f}" for each in found), flush=True)
    if given.output:
        Path(given.output).write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
