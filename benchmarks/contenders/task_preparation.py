"""Writes what all contenders of a task are given: `python -m contenders.task_preparation TASK`, the task as JSON.

Prints what the task then is, as JSON.
"""

import json
import sys
from dataclasses import asdict, replace

import numpy as np

from keras_seq.pipelines.pipeline import LEAST_RATE

from . import task_pipelines
from .task_data import Batch, TaskData
from .tasks import Task

ALONG_TIME = {"labeler": ["words", "labels"], "classifier": ["ids"]}  # ids first
STEPS = 3  # of training, that are compared


def prepare(task: Task) -> Task:
    """The task with what is in one pass; its data are in its folder."""
    data = served(task) if task.batch else trained(task)
    data.write(task.folder)
    sentences = sum(int(batch["weight"].sum()) for batch in data.batches) + sum(map(len, data.texts))
    return replace(task, sentences=sentences, batches=len(data.batches) + len(data.texts))


def served(task: Task) -> TaskData:
    """Texts as they come, so many a call."""
    strings = task_pipelines.texts(task)
    return TaskData(texts=[strings[i : i + task.batch] for i in range(0, len(strings), task.batch)])


def trained(task: Task) -> TaskData:
    """The batches of one epoch, and the network before it."""
    pipeline = task_pipelines.untrained(task, "ours")
    batches = pipeline.batches(task_pipelines.corpus(task).train, pipeline.config.seed)
    cut, along_time = list(batches.epoch(0)), ALONG_TIME[task.pipeline]
    padding = [np.mean(batch[along_time[0]] == 0) for batch in cut]
    compared = [int(i) for i in np.argsort(padding)[::-1][:STEPS]]  # masks are what networks may differ in
    steps = {"schedule_steps": batches.steps * pipeline.config.epochs, "least_rate": LEAST_RATE}
    return TaskData(
        cut,
        compared,
        unpadded(cut[compared[0]], along_time),
        pipeline.model.get_weights(),
        allowed(pipeline.model.layers[-1]),
        vars(pipeline.config) | steps | {"ids": along_time[0]},
    )


def unpadded(batch: Batch, along_time: list[str]) -> Batch:
    """The longest rows of a batch, cut to their length; `along_time` are the columns with a value per token, ids first."""
    lengths = (batch[along_time[0]] != 0).sum(axis=1)
    longest = lengths == lengths.max()
    cut = {name: batch[name][:, : lengths.max()] for name in along_time}
    return {name: value[longest] for name, value in (batch | cut).items()}


def allowed(output: object) -> Batch:
    """The constraints of a CRF; nothing of another layer, or of a CRF without any."""
    names = ("transitions", "start", "end")
    tables = {name: getattr(output, f"allowed_{name}", None) for name in names}
    return {name: np.array(table, bool) for name, table in tables.items() if table is not None}


def main() -> None:
    """Standard output is for the answer alone."""
    answer, sys.stdout = sys.stdout, sys.stderr
    print(json.dumps(asdict(prepare(Task(**json.loads(sys.argv[1]))))), file=answer)


if __name__ == "__main__":
    main()
