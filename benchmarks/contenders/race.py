"""Contenders take turns: each in a process of its own, one running at a time, every round all of them once."""

import importlib.util
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median

from .tasks import Task
from .worker import WARM_UP
from .workloads import Workload

ENVIRONMENT = {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3", "TF_FORCE_GPU_ALLOW_GROWTH": "true"}
TOLERANCE = 1e-3  # of what the first steps compute, relative to Keras
MASKED = ("tagger", "classifier")


class ContenderFailed(Exception):
    """A contender's process ended before it answered."""


def contenders(workload: Workload) -> list[str]:
    """Who can run a workload; the first is the one that all others are compared with."""
    if workload.task == "decoding":
        return ["ours", "ours-no-xla", "torch"]
    if workload.task == "saved-model":
        return ["ours", "keras"]
    names = ["ours", "ours-xla" if workload.trains else "ours-no-xla", "keras", "keras-xla"]
    names += ["torch-packed", "torch-padded"] if workload.task in MASKED else ["torch"]
    return [*names, "floor"] if workload.trains else names


def installed(names: Sequence[str]) -> list[str]:
    """Those of the contenders that can run here; without torch there is no floor either."""
    if importlib.util.find_spec("torch"):
        return list(names)
    return [name for name in names if not name.startswith("torch") and name != "floor"]


class Worker:
    """The parent's end of a contender's process, which runs the module that `workload.worker` names."""

    def __init__(self, workload: Workload | Task, contender: str, folder: str):
        self.contender = contender
        self.log = Path(folder) / contender
        command = [sys.executable, "-m", workload.worker, json.dumps(asdict(workload)), contender]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd=Path(__file__).parents[1],
                env=ENVIRONMENT | os.environ,
            )

    def answer(self) -> str:
        """The next line; raises ContenderFailed, with the exit code and the last line of the log."""
        line = self.process.stdout.readline()
        if line:
            return line.strip()
        log = self.log.read_text().strip().splitlines() or ["no message"]
        raise ContenderFailed(f"{self.contender}, exit code {self.process.wait()}: {log[-1]}")

    def ready(self) -> list[float]:
        """Waits for the warm-up; what its steps computed."""
        return [float(value) for value in self.answer().split()[1:]]

    def seconds(self, steps: int) -> float:
        """The time of so many steps."""
        print("go", steps, file=self.process.stdin, flush=True)
        return float(self.answer())

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


@dataclass
class Result:
    """Seconds of a step, round by round, and what went wrong."""

    workload: Workload | Task
    seconds: dict[str, list[float]] = field(default_factory=dict)
    computed: dict[str, list[float]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def rate(self, contender: str) -> list[float]:
        """Tokens or sentences a second, of each round."""
        return [self.workload.items / seconds for seconds in self.seconds[contender]]

    def ratios(self, contender: str, ours: str = "ours") -> list[float]:
        """The throughput of ours, or of another one that is named, by the contender's, of each round."""
        pairs = zip(self.seconds[contender], self.seconds[ours], strict=True)
        return [theirs / our_own for theirs, our_own in pairs]

    def step(self, contender: str) -> float:
        """The median time of a step."""
        return median(self.seconds[contender])


def race(
    workload: Workload | Task,
    names: Sequence[str],
    rounds: int,
    budget: float,
    check: Callable[[Result], list[str]] | None = None,
) -> Result:
    """Every contender once a round, about `budget` seconds each; the order is drawn anew for each round.

    `check` says who computed something else than it should before the first round; `disagreements` where it is None.
    """
    result = Result(workload)
    draw = random.Random(0)
    with running(workload, names, result) as workers:
        result.failures += (check or disagreements)(result)
        steps = {worker: steps_within(worker, budget) for worker in workers}
        for _ in range(rounds):
            for worker in draw.sample(workers, len(workers)):
                taken = worker.seconds(steps[worker]) / steps[worker]
                result.seconds.setdefault(worker.contender, []).append(taken)
    result.seconds = {name: result.seconds[name] for name in names if name in result.seconds}
    return result


@contextmanager
def running(workload: Workload | Task, names: Sequence[str], result: Result) -> Iterator[list[Worker]]:
    """The workers that are ready. They start at the same time, and are idle when the first is measured."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        workers = []
        for name in names:
            workers.append(Worker(workload, name, folder))
            stack.callback(workers[-1].close)
        ready = []
        for worker in workers:
            try:
                result.computed[worker.contender] = worker.ready()
                ready.append(worker)
            except ContenderFailed as failure:
                result.failures.append(str(failure))
        yield ready


def steps_within(worker: Worker, budget: float) -> int:
    """How many steps fit into the budget of seconds."""
    return max(1, round(budget / min(worker.seconds(1) for _ in range(WARM_UP))))


def disagreements(result: Result) -> list[str]:
    """Who did not compute what Keras (ours, where Keras does not run) computed from the same weights.

    Three training steps must agree, so gradients and updates too; of torch the first alone, as its LSTM trains a second bias.
    A padded tagger of torch computes something else by design and is not compared.
    """
    reference = "keras" if "keras" in result.computed else "ours"
    expected = result.computed.get(reference, [])
    wrong = []
    for name, values in result.computed.items():
        if name == "torch-padded" and result.workload.task == "tagger":
            continue
        count = 1 if name.startswith("torch") else WARM_UP
        pairs = list(zip(values[:count], expected, strict=False))
        if not all(abs(value - other) <= TOLERANCE * abs(other) for value, other in pairs):  # NaN is wrong too
            wrong.append(f"{name} computes {values[:count]}, {reference} {expected[:count]}")
    return wrong
