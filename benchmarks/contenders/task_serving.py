"""Answers: of an export run by a Session, as a server runs it; of `predict`; and of networks alone, from ids to ids.

`ours` takes strings and gives tokens, labels and probabilities. What `keras.Model.export` writes knows no strings: `keras-ids`
is given the ids and gives those of the best labels, nothing else, and `ours-ids` is our network exported in the same way.
"""

import tempfile
from collections.abc import Callable, Iterable
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from keras_seq.pipelines.saved_model import SavedModelSession

from . import task_pipelines
from .task_data import TaskData
from .tasks import Task

Serve = Callable[[Any], Any]


def passes(task: Task, contender: str) -> tuple[list[float], Callable[[int], None]]:
    """The mean number of the labels given, and a function that answers all texts n times."""
    library = "keras" if contender.startswith("keras") else "ours"
    pipeline = task_pipelines.untrained(task, library)
    calls: list[Any] = TaskData.read(task.folder).texts
    if contender.endswith("-ids"):
        calls = [ids(pipeline, texts) for texts in calls]
        serve, read = ids_session(pipeline.model), of_ids(pipeline)
    elif contender == "predict":
        serve, read = pipeline.predict, of_objects
    else:
        serve, read = strings_session(pipeline), of_strings
    found = [label for call in calls for label in read(call, serve(call))]

    def run(n: int) -> None:
        for _ in range(n):
            for call in calls:
                serve(call)

    return [mean_number(pipeline, found)], run


def ids(pipeline: Any, texts: list[str]) -> dict[str, np.ndarray]:
    """The features of each token, padded to the longest text of the call."""
    if hasattr(pipeline, "encoder"):
        found = pipeline.encoder(pipeline.tokenizer(texts).text)
    else:
        found = {"ids": pipeline.text(texts)}
    return {name: value.to_tensor().numpy() for name, value in found.items()}


def strings_session(pipeline: Any) -> Serve:
    """The pipeline's export."""
    with tempfile.TemporaryDirectory() as folder:
        return SavedModelSession(pipeline.export(folder))


class BestLabels(keras.Layer):
    """The best label of each token, by the layer that scores them, or of each text."""

    def __init__(self, output: keras.Layer, **kwargs: Any):
        super().__init__(**kwargs)
        self.output_layer = output

    def call(self, scores, tokens):
        if hasattr(self.output_layer, "decode"):
            return self.output_layer.decode(scores, ops.not_equal(tokens, 0))[0]
        return ops.argmax(scores, axis=-1)


def ids_session(model: keras.Model) -> Serve:
    """The network with its best labels, exported by Keras and run by a Session."""
    output = model.layers[-1]
    several = isinstance(model.output, dict)
    scores, tokens = (model.output["labels"], model.input["words"]) if several else (model.output, model.input)
    whole = keras.Model(model.input, BestLabels(output)(scores, tokens))
    with tempfile.TemporaryDirectory() as folder:
        whole.export(folder, verbose=False)
        session = tf.compat.v1.Session(graph=tf.Graph())
        with session.graph.as_default():
            meta = tf.compat.v1.saved_model.loader.load(session, ["serve"], folder)
    signature = meta.signature_def["serving_default"]
    inputs = [info.name for _, info in sorted(signature.inputs.items())]
    (labels,) = (info.name for info in signature.outputs.values())

    def serve(features: dict[str, np.ndarray]) -> np.ndarray:
        values = (features[name] for name in sorted(features))
        return session.run(labels, dict(zip(inputs, values, strict=True)))

    return serve


def of_strings(call: list[str], found: dict[str, np.ndarray]) -> list[str]:
    """The labels in the outputs of our export."""
    if "label" in found:
        return [label.decode() for label in found["label"]]
    rows = zip(found["labels"], found["lengths"], strict=True)
    return [label.decode() for row, length in rows for label in row[:length]]


def of_objects(call: list[str], found: Iterable[Any]) -> list[str]:
    """The labels in what `predict` returns."""
    return [label for text in found for label in (getattr(text, "labels", None) or [text.label])]


def of_ids(pipeline: Any) -> Callable[[dict[str, np.ndarray], np.ndarray], list[str]]:
    """The labels of ids, without padding."""
    names = getattr(pipeline.labels, "iob2", pipeline.labels.names)

    def read(features: dict[str, np.ndarray], found: np.ndarray) -> list[str]:
        kept = found[features["words"] != 0] if "words" in features else found
        return [names[i] for i in kept]

    return read


def mean_number(pipeline: Any, labels: list[str]) -> float:
    """The mean place of the labels given among all labels, from 1: two networks that differ tell different ones."""
    names = list(dict.fromkeys(getattr(pipeline.labels, "iob2", pipeline.labels.names)))
    return float(np.mean([1 + names.index(label) for label in labels]))
