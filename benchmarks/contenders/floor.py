"""The practical floor of a training step: what its large matrix products and its memory passes take, and nothing else.

Products. Each (m, k) @ (k, n) of the step is listed with its count. A projection of R rows is one product forward and two
backward (dx and dW; no dx where the input is data). A recurrent layer has T small products forward, T backward, and dU as one
product over all steps. All B·T positions count, padding too. A shape's time is the best that torch (MKL, cuBLAS) has reached
on this machine in any round, whichever operand is transposed.

Memory. Floats read and written by what is elementwise, at the bandwidth of `a + b -> c` on arrays of 32 MB:
each recurrent layer, of its T·B·H(G+1) gates and states: written and read forward, kept ones read and gradients written and
read backward (5 passes); softmax: logits read twice, gradients written (3); attention: tanh written and read, its gradient
written (3); update: clipped SGD reads w, and g twice, and writes w (4), Adam reads g, w, m, v and writes three of them (7).
SGD touches no more of an embedding than its rows, which are not counted; Adam passes through all of it.

Activations, gathers, dispatch and the order of the steps cost nothing here: no program reaches 1.
"""

import os
import time
from collections import Counter
from collections.abc import Callable
from math import prod

import torch

from . import workloads
from .workloads import GATES, SOURCE, Workload

Product = tuple[int, int, int]  # m, k, n

PASSES_OF_RECURRENCE = 5
PASSES_OF_SOFTMAX = 3
PASSES_OF_ATTENTION = 3
PASSES_OF_UPDATE = {"sgd": 4, "adam": 7}


def dense(rows: int, inputs: int, outputs: int, data: bool = False) -> Counter[Product]:
    """A projection: y = xW, dW = xᵀdy, and dx = dyWᵀ unless x is data."""
    products = Counter([(rows, inputs, outputs), (inputs, rows, outputs)])
    return products if data else products + Counter([(rows, outputs, inputs)])


def recurrent(workload: Workload, inputs: int, time: int, data: bool = False) -> Counter[Product]:
    """One layer in one direction: the projection of its inputs, h U, dz Uᵀ and dU."""
    rows, units = time * workload.batch, workload.units
    width = GATES[workload.cell] * units
    steps = Counter({(workload.batch, units, width): time, (workload.batch, width, units): time})
    return dense(rows, inputs, width, data) + steps + Counter([(units, rows, width)])


def products(workload: Workload) -> Counter[Product]:
    """The matrix products of a step, with their counts."""
    time, inputs, units, vocabulary = workload.time, workload.inputs, workload.units, workload.vocabulary
    rows = workload.batch * time
    first = recurrent(workload, inputs, time, data=workload.task == "tagger")
    if workload.task == "classifier":
        return first
    if workload.task == "tagger":
        return first + first + dense(rows, 2 * units, vocabulary)
    if workload.task == "language-model":
        deeper = (recurrent(workload, units, time) for _ in range(workload.layers - 1))
        return sum(deeper, first) + dense(rows, units, vocabulary)
    encoder = recurrent(workload, inputs, SOURCE)
    keys = dense(workload.batch * SOURCE, 2 * units, units)
    attention = dense(rows, units, units) + dense(rows, 2 * units, units)
    return encoder + encoder + keys + first + attention + dense(rows, units, vocabulary)


def floats(workload: Workload) -> int:
    """The floats that the memory passes of a step read and write."""
    units, rows = workload.units, workload.batch * workload.time
    layers = {"tagger": 2, "translation": 3}.get(workload.task, workload.layers)
    recurrence = PASSES_OF_RECURRENCE * layers * rows * units * (GATES[workload.cell] + 1)
    logits = 0 if workload.task == "classifier" else PASSES_OF_SOFTMAX * rows * workload.vocabulary
    attention = PASSES_OF_ATTENTION * rows * SOURCE * units if workload.task == "translation" else 0
    shapes = workloads.shapes(workload)[1 if workload.optimizer == "sgd" else 0 :]
    update = PASSES_OF_UPDATE[workload.optimizer] * sum(prod(shape) for shape in shapes)
    return recurrence + logits + attention + update


class Floor:
    """Measures anew at each call and keeps the best times: the floor sinks, and settles in a few rounds."""

    def __init__(self, workload: Workload):
        torch.set_num_threads(len(os.sched_getaffinity(0)))
        self.products = products(workload)
        self.floats = floats(workload)
        self.best: dict[Product, float] = {}
        self.second_per_float = float("inf")

    def seconds(self, n: int) -> float:
        """The floor of n steps."""
        for shape in self.products:
            self.best[shape] = min(self.best.get(shape, float("inf")), time_of_product(*shape))
        self.second_per_float = min(self.second_per_float, time_of_float())
        step = sum(count * self.best[shape] for shape, count in self.products.items())
        return n * (step + self.floats * self.second_per_float)


def device() -> str:
    return "cuda" if torch.cuda.is_available() else "cpu"


def time_of_product(m: int, k: int, n: int) -> float:
    """The best of both layouts of each operand."""
    a, b, c = (torch.ones(shape, device=device()) for shape in ((m, k), (k, n), (m, n)))
    layouts = [(x, y) for x in (a, a.T.contiguous().T) for y in (b, b.T.contiguous().T)]
    return min(best(lambda x=x, y=y: torch.mm(x, y, out=c)) for x, y in layouts)


def time_of_float() -> float:
    """Two floats are read and one is written for each sum."""
    a, b, c = (torch.ones(2**23, device=device()) for _ in range(3))
    return best(lambda: torch.add(a, b, out=c)) / (3 * 2**23)


def best(operation: Callable[[], object], budget: float = 0.02) -> float:
    """The shortest of the runs that fit into the budget of seconds, of three at least."""
    times: list[float] = []
    while len(times) < 3 or sum(times) < budget:
        start = time.perf_counter()
        operation()
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        times.append(time.perf_counter() - start)
    return min(times)
