"""Hyperparameters that would do nothing are mistakes."""

import pytest

from keras_seq.datasets import InputError
from keras_seq.pipelines import RecurrentLanguageModel, WindowLanguageModel


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"condition": True}, "condition=true with context=stream: expected context=sentence"),
        ({"cell": "jordan"}, "cell=jordan: expected layers=1, softmax=full and weight_drop=0"),
        ({"cell": "jordan", "layers": 1, "weight_drop": 0.1}, "cell=jordan: expected layers=1"),
        ({"cell": "gru", "activation": "relu"}, "activation=relu with cell=gru: expected cell=elman or jordan"),
        ({"recurrent_start": "identity"}, "recurrent_start=identity with cell=lstm: expected cell=elman or jordan"),
        ({"tied": True, "softmax": "adaptive"}, "softmax=adaptive: expected tied=false and precision=float32"),
        ({"decay_factor": 0.25}, "decay_factor=0.25 with decay=cosine: expected decay=plateau"),
        ({"context": "sentence", "steps": 20}, "steps=20 with context=sentence: expected context=stream"),
        ({"learning_rate": 0.1}, "learning_rate=0.1 with optimizer=auto: expected optimizer=sgd or adam too"),
        ({"layers": 1, "layer_dropout": 0.5}, "layer_dropout=0.5 with layers=1: expected at least 2 layers"),
        ({"cell": "rnn"}, "hyperparameter cell='rnn': expected one of "),
        ({"weight_drop": 1.0}, "hyperparameter weight_drop=1.0: expected less than 1"),
        ({"unitz": 3}, "unknown hyperparameter 'unitz': did you mean 'units'?"),
        ({"kind": "nnlm"}, "hyperparameter kind='nnlm': expected one of rnn"),
    ],
)
def test_a_mistake_is_one_line(options, message):
    with pytest.raises(InputError) as error:
        RecurrentLanguageModel(**options)
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "options",
    [
        {"decay": "plateau", "decay_factor": 0.25},
        {"context": "sentence", "condition": True},
        {"cell": "elman", "activation": "relu", "recurrent_start": "identity"},
        {"cell": "jordan", "layers": 1, "recurrent_start": "identity"},
        {"recurrent_start": "glorot_uniform"},
        {"layers": 1, "layer_dropout": 0.0},
        {"optimizer": "adam", "learning_rate": 0.01, "context": "stream", "steps": 20},
    ],
)
def test_where_they_do_something_they_are_kept(options):
    config = RecurrentLanguageModel(**options).config
    assert {name: getattr(config, name) for name in options} == options


def test_a_window_has_at_least_one_word():
    with pytest.raises(InputError, match="hyperparameter order=1: expected at least 2"):
        WindowLanguageModel(order=1)


@pytest.mark.parametrize(
    ("options", "name", "rate"),
    [
        ({}, "SGD", 20.0),
        ({"cell": "elman"}, "Adam", 0.002),
        ({"optimizer": "adam"}, "Adam", 0.002),
        ({"optimizer": "sgd", "learning_rate": 0.5}, "SGD", 0.5),
    ],
)
def test_the_optimizer_is_the_cell_s_usual_one_and_its_rate_as_well(options, name, rate):
    optimizer = RecurrentLanguageModel(**options, decay="none")._optimizer(10)
    assert (type(optimizer).__name__, float(optimizer.learning_rate)) == (name, pytest.approx(rate))
