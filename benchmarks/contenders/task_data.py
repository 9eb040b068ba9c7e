"""What all contenders of a task are given: batches, start weights and settings, in files that NumPy reads."""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

ARRAYS, SETTINGS = "arrays.npz", "settings.json"

Batch = dict[str, np.ndarray]


@dataclass
class TaskData:
    """Of a task that trains; one that serves has texts alone.

    Args:
        batches: of one pass, as the pipeline cuts them, ids and labels padded to the length of the bucket.
        compared: those of them, by number, of which all contenders must compute the same.
        unpadded: the longest rows of one batch, cut to their own length: all ways of padding agree on them.
        weights: of the network at the start, in Keras' order.
        allowed: of a CRF: which label may come first, last, and after which other one.
        settings: hyperparameters, and the steps of the schedule of the learning rate.
        texts: a list for each call.
    """

    batches: list[Batch] = field(default_factory=list)
    compared: list[int] = field(default_factory=list)
    unpadded: Batch = field(default_factory=dict)
    weights: list[np.ndarray] = field(default_factory=list)
    allowed: Batch = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    texts: list[list[str]] = field(default_factory=list)

    def write(self, folder: str) -> None:
        """Into the files of a folder that exists."""
        arrays = {f"batch {i} {name}": value for i, batch in enumerate(self.batches) for name, value in batch.items()}
        arrays |= {f"unpadded - {name}": value for name, value in self.unpadded.items()}
        arrays |= {f"weight {i} -": value for i, value in enumerate(self.weights)}
        arrays |= {f"allowed - {name}": value for name, value in self.allowed.items()}
        np.savez(Path(folder) / ARRAYS, **arrays)
        (Path(folder) / SETTINGS).write_text(json.dumps([self.compared, self.settings, self.texts]))

    @classmethod
    def read(cls, folder: str) -> "TaskData":
        """What `write` wrote."""
        found: defaultdict[str, dict[Any, Any]] = defaultdict(dict)
        batches: defaultdict[int, Batch] = defaultdict(dict)
        with np.load(Path(folder) / ARRAYS) as arrays:
            for key in arrays.files:
                kind, number, name = key.split(" ", 2)
                if kind == "batch":
                    batches[int(number)][name] = arrays[key]
                else:
                    found[kind][int(number) if kind == "weight" else name] = arrays[key]
        compared, settings, texts = json.loads((Path(folder) / SETTINGS).read_text())
        weights = [value for _, value in sorted(found["weight"].items())]
        several = [batches[i] for i in sorted(batches)]
        return cls(several, compared, found["unpadded"], weights, found["allowed"], settings, texts)
