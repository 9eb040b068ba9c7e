"""Which whole tasks are run, and by whom; without any framework."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

TRAINERS = ["ours", "ours-xla", "keras", "keras-xla", "torch-packed", "torch-padded"]
SERVERS = ["ours", "predict", "ours-ids", "keras-ids"]

# Of what the contenders compute first, relative to Keras: the loss of a batch without padding, then those of the first
# training steps. The second of these comes after an update, in which Adam makes much of the last digits of small gradients.
TOLERANCES = [1e-4, 1e-4, 1e-3, 1e-3]


@dataclass(frozen=True)
class Task:
    """A pipeline with its default network on a corpus: some passes of training, or of answering.

    Args:
        name: in the table.
        pipeline: "labeler" or "classifier".
        corpus: the name that `ks.datasets.load` knows.
        texts: of one pass, drawn by seed: of the training split, or where it serves of the test split.
        batch: the texts of one call where it serves; 0 where it trains, with the pipeline's own batches.
        hyperparameters: what is not the default.
        folder: where its data lie.
        sentences, batches: of one pass, as the preparation found.
    """

    name: str
    pipeline: str
    corpus: str = ""
    texts: int = 2048
    batch: int = 0
    hyperparameters: dict[str, Any] = field(default_factory=dict)
    folder: str = ""
    sentences: int = 0
    batches: int = 0
    worker: ClassVar[str] = "contenders.task_worker"  # the module that runs it
    unit: ClassVar[str] = "sentences"
    goals: ClassVar[dict[str, float]] = {}

    @property
    def items(self) -> int:
        """What throughput counts, of one pass."""
        return self.sentences

    def tiny(self) -> "Task":
        """The same in a size that tests the program and measures nothing."""
        small = {"units": 8, "embedding_dim": 8}
        texts = 4 if self.batch == 1 else 24
        return replace(self, texts=texts, batch=min(self.batch, 8), hyperparameters=self.hyperparameters | small)


TASKS = [
    Task("labeler", "labeler"),
    Task("labeler-softmax", "labeler", hyperparameters={"output": "softmax"}),
    Task("classifier", "classifier"),
    Task("labeler-serving-1", "labeler", texts=64, batch=1),
    Task("labeler-serving-64", "labeler", texts=256, batch=64),
    Task("classifier-serving-1", "classifier", texts=64, batch=1),
    Task("classifier-serving-64", "classifier", texts=256, batch=64),
]


def contenders(task: Task) -> list[str]:
    """Who can run a task."""
    return SERVERS if task.batch else TRAINERS


def disagreements(computed: Mapping[str, Sequence[float]]) -> list[str]:
    """Who did not compute what Keras (ours, where Keras does not run) computed from the same weights.

    torch's padded BiLSTM begins in the padding by design: of it only the batch without padding is compared.
    """
    reference = next((name for name in ("keras", "keras-ids", "ours") if name in computed), None)
    if reference is None:
        return []
    wrong = []
    for name, values in computed.items():
        count = 1 if name == "torch-padded" else len(computed[reference])
        mine, theirs = list(values[:count]), list(computed[reference][:count])
        near = [abs(a - b) <= share * abs(b) for a, b, share in zip(mine, theirs, TOLERANCES, strict=False)]
        if len(mine) != count or not all(near):  # NaN is wrong too
            wrong.append(f"{name} computes {mine}, {reference} {theirs}")
    return wrong
