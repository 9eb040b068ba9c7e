"""Training of ours and of Keras: the steps that `fit` runs, over a stream of batches.

`fit` itself would add its start, which is the same for every model, to each turn. The model is compiled as the pipeline does
it: its optimizer, schedule and losses; without XLA around it on a CPU, which is Keras' default.
"""

import itertools
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from . import task_pipelines
from .task_data import Batch, TaskData
from .tasks import Task

AHEAD = 8  # batches; as in the pipelines' own stream


def passes(task: Task, contender: str) -> tuple[list[float], Callable[[int], float]]:
    """What was computed first, and a function that trains n passes and returns the last loss."""
    library, _, compiler = contender.partition("-")
    data, jit = TaskData.read(task.folder), compiler == "xla"
    return losses(*made(task, library, jit, noise=False), data), training(*made(task, library, jit, noise=True), data)


def made(task: Task, library: str, jit: bool, noise: bool) -> tuple[Any, Any]:
    """The pipeline, and how it trains."""
    pipeline = task_pipelines.untrained(task, library, noise)
    work = pipeline.training(task_pipelines.corpus(task))
    if jit:
        work.model.jit_compile = True
    return pipeline, work


def example(pipeline: Any, batch: Batch) -> Any:
    """(inputs, targets, weights) of a batch."""
    tensors = pipeline.example({name: tf.constant(value) for name, value in batch.items()})
    return keras.tree.map_structure(np.asarray, tensors)


def losses(pipeline: Any, work: Any, data: TaskData) -> list[float]:
    """The loss of the batch without padding, then those of the first training steps; nothing is drawn at random."""
    model: keras.Model = work.model
    first = model.test_on_batch(*example(pipeline, data.unpadded), return_dict=True)
    batches = [example(pipeline, data.batches[number]) for number in data.compared]
    steps = [model.train_on_batch(*batch, return_dict=True) for batch in batches]
    return [float(logs["loss"]) for logs in (first, *steps)]


def training(pipeline: Any, work: Any, data: TaskData) -> Callable[[int], float]:
    """One pass warms up: after it every shape has been compiled."""
    model: keras.Model = work.model
    examples = [example(pipeline, batch) for batch in data.batches]
    stream = tf.data.Dataset.from_generator(
        lambda: itertools.cycle(examples), output_signature=work.batches.element_spec
    ).prefetch(AHEAD)
    model.fit(stream, steps_per_epoch=len(examples), shuffle=False, verbose=0)
    iterator = iter(stream)

    def run(n: int) -> float:
        for _ in range(n * len(examples)):
            logs = model.train_function(iterator)
        return float(logs["loss"])

    return run
