"""What is run: sizes, batches and start weights, the same numbers for every contender, without any framework."""

from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np

GATES = {"lstm": 4, "gru": 3}


@dataclass(frozen=True)
class Workload:
    """One row of the table. Letters as everywhere: B batch, T time, D input, H hidden, V vocabulary or labels.

    `masked` draws lengths from T/5 to T, by seed; the longest is T. `goals` are ratios of throughput, ours by the contender's.
    """

    name: str
    task: str
    cell: str
    batch: int
    time: int
    inputs: int
    units: int
    vocabulary: int
    layers: int = 1
    beam: int = 1
    masked: bool = False
    goals: dict[str, float] = field(default_factory=dict)
    worker: ClassVar[str] = "contenders.worker"  # the module that runs it

    @property
    def unit(self) -> str:
        """What throughput counts."""
        return "tokens" if self.trains else "sentences"

    @property
    def trains(self) -> bool:
        return self.task in ("language-model", "tagger", "classifier", "translation")

    @property
    def optimizer(self) -> str:
        return "sgd" if self.task == "language-model" else "adam"

    @property
    def items(self) -> int:
        """Tokens that are not padding, or sentences, of one step."""
        return int(lengths(self).sum()) if self.trains else self.batch

    def tiny(self) -> "Workload":
        """The same in a size that tests the program and measures nothing."""
        small = {"batch": min(self.batch, 4), "time": 6, "units": 8, "vocabulary": 100}
        return replace(self, **small, inputs=8, goals={})


WORKLOADS = [
    Workload("lm-200", "language-model", "lstm", 20, 35, 200, 200, 10_000, 2, goals={"torch": 1.1, "keras": 1.7}),
    Workload("lm-650", "language-model", "lstm", 20, 35, 650, 650, 10_000, 2, goals={"torch": 1.0, "keras": 1.8}),
    Workload(
        "bilstm-tagger", "tagger", "lstm", 32, 50, 100, 128, 20, masked=True,
        goals={"torch-packed": 2.5, "torch-padded": 1.2, "keras": 2.0},
    ),
    Workload(
        "bigru-tagger", "tagger", "gru", 32, 50, 100, 128, 20, masked=True,
        goals={"torch-packed": 2.2, "torch-padded": 1.6, "keras": 1.8},
    ),
    Workload(
        "classifier", "classifier", "lstm", 64, 200, 128, 128, 20_000, masked=True,
        goals={"torch-packed": 1.0, "torch-padded": 1.0, "keras": 1.4},
    ),
    Workload("translation", "translation", "gru", 64, 20, 256, 256, 8_000, goals={"torch": 1.2, "keras": 1.5}),
    Workload("inference", "inference", "lstm", 1, 30, 100, 128, 20, goals={"torch": 1.0}),
    Workload("saved-model", "saved-model", "lstm", 1, 30, 100, 128, 20, goals={"keras": 1.5}),
    Workload("greedy-1", "decoding", "gru", 1, 25, 256, 256, 8_000, goals={"torch": 1.4}),
    Workload("greedy-16", "decoding", "gru", 16, 25, 256, 256, 8_000, goals={"torch": 1.6}),
    Workload("greedy-64", "decoding", "gru", 64, 25, 256, 256, 8_000, goals={"torch": 1.1}),
    Workload("beam-16", "decoding", "gru", 16, 25, 256, 256, 8_000, beam=5, goals={"torch": 1.2}),
    Workload("beam-64", "decoding", "gru", 64, 25, 256, 256, 8_000, beam=5, goals={"torch": 1.2}),
]  # fmt: skip

SOURCE = 20  # S: source tokens of a sentence that is translated
CLASSES = 2  # what the classifier chooses between; its vocabulary is that of the input


def lengths(workload: Workload) -> np.ndarray:
    """Tokens of each sequence (B,), the longest first, as `pack_padded_sequence` likes it best."""
    drawn = np.full(workload.batch, workload.time)
    if workload.masked:
        drawn[1:] = np.random.default_rng(1).integers(workload.time // 5, workload.time + 1, workload.batch - 1)
    return -np.sort(-drawn)


def mask(workload: Workload) -> np.ndarray:
    """(B, T) of bool; False is padding, on the right."""
    return np.arange(workload.time) < lengths(workload)[:, None]


def batch(workload: Workload) -> dict[str, np.ndarray]:
    """The one batch of a workload: `inputs`, `labels` where it trains, and the `mask` or the `source` where it has one."""
    draw = np.random.default_rng(2)
    shape = (workload.batch, workload.time)

    def ids(count: int, shape: tuple[int, ...], first: int = 0) -> np.ndarray:
        return draw.integers(first, count, shape, dtype=np.int32)

    if workload.task == "decoding":
        return {"inputs": draw.normal(0, 0.5, (workload.batch, SOURCE, workload.units)).astype(np.float32)}
    if workload.task == "classifier":
        tokens = ids(workload.vocabulary, shape, first=1) * mask(workload)
        return {"inputs": tokens.astype(np.int32), "labels": ids(CLASSES, shape[:1])}
    if workload.task in ("tagger", "inference", "saved-model"):
        features = draw.normal(size=(*shape, workload.inputs)).astype(np.float32)
        return {"inputs": features, "labels": ids(workload.vocabulary, shape), "mask": mask(workload)}
    both = {"inputs": ids(workload.vocabulary, shape), "labels": ids(workload.vocabulary, shape)}
    if workload.task == "translation":
        both["source"] = ids(workload.vocabulary, (workload.batch, SOURCE))
    return both


def weights(workload: Workload) -> list[np.ndarray]:
    """Start weights in the layout of `keras.layers`, uniform in ±0.1, in the order of `shapes`."""
    draw = np.random.default_rng(3)
    return [draw.uniform(-0.1, 0.1, shape).astype(np.float32) for shape in shapes(workload)]


def shapes(workload: Workload) -> list[tuple[int, ...]]:
    """Shapes of all weights: embeddings, recurrent layers (left before right), attention, projection."""
    vocabulary, inputs, units = workload.vocabulary, workload.inputs, workload.units
    embedding = [(vocabulary, inputs)]
    if workload.task == "language-model":
        deeper = cell_shapes(workload, units) * (workload.layers - 1)
        return embedding + cell_shapes(workload, inputs) + deeper + dense_shapes(units, vocabulary)
    if workload.task == "classifier":
        return embedding + cell_shapes(workload, inputs) + dense_shapes(units, CLASSES)
    if workload.task == "translation":
        encoder = embedding + cell_shapes(workload, inputs) * 2 + [(2 * units, units)]
        return encoder + decoder_shapes(workload)
    if workload.task == "decoding":
        return decoder_shapes(workload)
    return cell_shapes(workload, inputs) * 2 + dense_shapes(2 * units, vocabulary)


def decoder_shapes(workload: Workload) -> list[tuple[int, ...]]:
    """Embedding, cell, Wq, v, Wc, projection: see `TranslationModel`."""
    units = workload.units
    attention = [(units, units), (units, 1), (2 * units, units)]
    embedding = [(workload.vocabulary, workload.inputs)]
    return embedding + cell_shapes(workload, workload.inputs) + attention + dense_shapes(units, workload.vocabulary)


def cell_shapes(workload: Workload, inputs: int) -> list[tuple[int, ...]]:
    """Kernel, recurrent kernel, bias; a GRU has two biases, as its reset gate comes after the product."""
    width = GATES[workload.cell] * workload.units
    return [(inputs, width), (workload.units, width), (width,) if workload.cell == "lstm" else (2, width)]


def dense_shapes(inputs: int, outputs: int) -> list[tuple[int, ...]]:
    return [(inputs, outputs), (outputs,)]
