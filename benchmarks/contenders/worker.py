"""The process of one contender: `python -m contenders.worker WORKLOAD CONTENDER`, the workload as JSON.

After three steps that warm it up it prints `ready` and what they computed; then, for each line `go N` that it reads, it runs N
steps and prints the seconds they took. What a framework prints goes to standard error.
"""

import json
import sys
import time
from collections.abc import Callable

from .workloads import Workload

WARM_UP = 3  # steps


def seconds(run: Callable[[int], float], n: int) -> float:
    """The time of n steps."""
    start = time.perf_counter()
    run(n)
    return time.perf_counter() - start


Clock = tuple[list[float], Callable[[int], float]]  # what the first steps computed, and the seconds of n steps


def clock(workload: Workload, contender: str) -> Clock:
    """What the first steps computed, and the clock of n steps. Each framework is imported where it is asked for."""
    if contender == "floor":
        from .floor import Floor

        return [], Floor(workload).seconds
    if contender.startswith("torch"):
        from .torch_steps import steps
    else:
        from .tensorflow_steps import steps
    run = steps(workload, contender)
    return [run(1) for _ in range(WARM_UP)], lambda n: seconds(run, n)


def listen(start: Callable[[dict, str], Clock]) -> None:
    """Answers the parent until it closes the pipe; `start` makes the clock from the command line's two words."""
    answers, sys.stdout = sys.stdout, sys.stderr
    computed, timed = start(json.loads(sys.argv[1]), sys.argv[2])
    print("ready", *computed, file=answers, flush=True)
    for line in sys.stdin:
        print(timed(int(line.removeprefix("go "))), file=answers, flush=True)


if __name__ == "__main__":
    listen(lambda given, contender: clock(Workload(**given), contender))
