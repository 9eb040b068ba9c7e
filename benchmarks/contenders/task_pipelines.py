"""The pipelines of the tasks, untrained: ours as they are, and the same with the recurrent layers of Keras."""

import functools
import random
from dataclasses import replace
from typing import Any

import keras

import keras_seq as ks

from .tasks import Task

# What is drawn at random while training: left out where contenders are compared.
NOISE = {"labeler": ["input_dropout", "dropout", "token_dropout"], "classifier": ["dropout", "token_dropout"]}


def with_keras_layers(model: keras.Model) -> keras.Model:
    """The same network, with Keras' own layers in place of our recurrent ones and the same weights."""
    clone = keras.models.clone_model(model, clone_function=_replaced)
    clone.set_weights(model.get_weights())
    return clone


def _replaced(layer: keras.Layer) -> keras.Layer:
    if not isinstance(layer, ks.layers.Bidirectional):
        return type(layer).from_config(layer.get_config())
    if type(layer.cell) is not ks.layers.LSTMCell or layer.dropout is not None:
        raise ValueError(f"{layer.name}: expected an LSTM without noise of its own, which is what Keras' layer is")
    lstm = keras.layers.LSTM(layer.cell.units, return_sequences=layer.return_sequences)
    return keras.layers.Bidirectional(lstm, name=layer.name)


class KerasLabeler(ks.pipelines.SequenceLabeler):
    """The labeller on `keras.layers.Bidirectional(keras.layers.LSTM)`; embedding, CRF and loss are ours."""

    def network(self) -> keras.Model:
        return with_keras_layers(super().network())


class KerasClassifier(ks.pipelines.Classifier):
    """The classifier likewise; embedding and pooling are ours."""

    def network(self) -> keras.Model:
        return with_keras_layers(super().network())


PIPELINES = {
    ("labeler", "ours"): ks.pipelines.SequenceLabeler,
    ("labeler", "keras"): KerasLabeler,
    ("classifier", "ours"): ks.pipelines.Classifier,
    ("classifier", "keras"): KerasClassifier,
}

load = functools.cache(ks.datasets.load)


def untrained(task: Task, library: str, noise: bool = True) -> Any:
    """The pipeline with all of its training split's vocabulary and the network at its start."""
    quiet = {} if noise else dict.fromkeys(NOISE[task.pipeline], 0.0)
    pipeline = PIPELINES[task.pipeline, library](**task.hyperparameters, **quiet)
    pipeline.learn(load(task.corpus))
    pipeline.model = pipeline.network()
    return pipeline


def drawn(examples: Any, count: int) -> list[Any]:
    """So many of the examples, or all where there are fewer: always the same."""
    whole = list(examples)
    return random.Random(0).sample(whole, min(count, len(whole)))


def corpus(task: Task) -> ks.datasets.Corpus:
    """What a pass of training reads; nothing is validated."""
    whole = load(task.corpus)
    return replace(whole, train=drawn(whole.train, task.texts), valid=drawn(whole.valid, 1))


def texts(task: Task) -> list[str]:
    """What is served: strings of the test split, or of the validation split where there is no test."""
    whole = load(task.corpus)
    blank = "" if whole.tokens == "char" else " "
    examples = drawn(whole.test or whole.valid, task.texts)
    return [getattr(example, "text", None) or blank.join(example.tokens) for example in examples]
