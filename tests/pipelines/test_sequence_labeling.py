"""The task in one call."""

import pytest

from keras_seq.datasets import InputError
from keras_seq.pipelines import SequenceLabeler, sequence_labeling


@pytest.fixture(scope="module")
def labeler(rule):
    options = {
        "cell": "elman",
        "units": 4,
        "embedding_dim": 3,
        "epochs": 1,
        "output": "softmax",
        "bidirectional": False,
    }
    return sequence_labeling(rule, tracking=None, progress=False, **options)


def test_it_gives_a_trained_labeler(labeler, rule):
    assert isinstance(labeler, SequenceLabeler)
    assert labeler.evaluate(rule.test)["sentences"] == len(rule.test)


def test_hyperparameters_reach_the_configuration(labeler):
    assert (labeler.config.cell, labeler.config.units, labeler.config.embedding_dim) == ("elman", 4, 3)


def test_a_mistake_is_told_before_any_work(rule):
    with pytest.raises(InputError, match="did you mean 'units'"):
        sequence_labeling(rule, unit=4)
