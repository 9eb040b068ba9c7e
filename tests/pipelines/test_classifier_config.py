"""Hyperparameters of the classifier: what goes together."""

import pytest

from keras_seq.datasets import InputError
from keras_seq.pipelines import ClassifierConfig, describe
from keras_seq.pipelines.config import configure


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"long_texts": "split"}, "long_texts=split with max_length=0: expected the units of a piece"),
        ({"state_dropout": 0.2, "cell": "jordan"}, "state_dropout=0.2 with cell=jordan: expected cell=elman, gru or"),
        ({"weight_drop": 0.2, "cell": "jordan"}, "weight_drop=0.2 with cell=jordan: expected cell=elman, gru or lstm"),
        ({"threshold": 0.3}, "threshold=0.3 with calibration=temperature: expected calibration=none"),
        ({"train_vectors": False}, "train_vectors=false with no vectors: expected vectors=FILE or init_from=DIR"),
        ({"vectors": "a", "init_from": "b"}, "init_from with vectors: expected one of them"),
        ({"init_from": "b", "cell": "jordan"}, "init_from with cell=jordan: expected cell=elman, gru or lstm"),
        (
            {"init_from": "b", "min_count": 2},
            "min_count=2 with init_from: expected the vocabulary of the language model",
        ),
        ({"init_from": "b", "max_vocabulary": 2}, "max_vocabulary=2 with init_from: expected the vocabulary of the"),
        ({"bigram_units": 5}, "bigram_units=5 with bigrams=false: expected bigrams=true"),
        ({"max_bigrams": 5}, "max_bigrams=5 with bigrams=false: expected bigrams=true"),
        ({"max_ngrams": 5}, "max_ngrams=5 with ngrams=0: expected ngrams=2 or more"),
        ({"max_ngrams": 5, "ngrams": 1}, "max_ngrams=5 with ngrams=1: expected ngrams=2 or more"),
        ({"pooling": "sum"}, "pooling='sum': expected one of last, mean, max, attention"),
        ({"dropout": 1.0}, "dropout=1.0: expected less than 1"),
        ({"threshold": 0.0, "calibration": "none"}, "threshold=0.0: expected at least 1e-06"),
        ({"label_smoothing": 1.0}, "label_smoothing=1.0: expected less than 1"),
    ],
)
def test_what_does_not_go_together_is_one_line(options, message):
    with pytest.raises(InputError, match=message) as error:
        ClassifierConfig(**options)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "options",
    [
        {"long_texts": "split", "max_length": 5},
        {"threshold": 0.3, "calibration": "none"},
        {"train_vectors": False, "vectors": "a"},
        {"train_vectors": False, "init_from": "b"},
    ],
)
def test_what_does_is_taken(options):
    config = ClassifierConfig(**options)
    assert {name: getattr(config, name) for name in options} == options


def test_every_default_is_a_value_that_can_be_given():
    words = {name: default for name, default, _ in describe(ClassifierConfig)}
    assert configure(ClassifierConfig, words) == ClassifierConfig()
