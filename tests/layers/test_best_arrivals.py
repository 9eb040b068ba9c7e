"""Arrivals of which some are forbidden, against the maximum over all of them in NumPy."""

import numpy as np
import pytest
import tensorflow as tf

from keras_seq.datasets.tag_schemes import constraints
from keras_seq.layers import viterbi
from keras_seq.layers.best_arrivals import best_arrivals

LABELS = ["O", *(f"{letter}-{number}" for number in range(16) for letter in "BIES")]
K = len(LABELS)


def scheme():
    """What may follow what among the tags of 16 classes."""
    return constraints(LABELS, "BIOES").transitions


def table(kind):
    """(K, K) of bool."""
    rng = np.random.default_rng(3)
    return {
        "scheme": scheme(),
        "few everywhere": rng.random((K, K)) < 0.03,  # some targets cannot be reached at all
        "one by one": np.eye(K, dtype=bool),
        "nothing": np.zeros((K, K), bool),
        "everything": np.ones((K, K), bool),
        "half": rng.random((K, K)) < 0.5,
    }[kind]


@pytest.mark.parametrize("kind", ["scheme", "few everywhere", "one by one", "nothing", "everything", "half"])
def test_is_the_maximum_over_all(kind):
    rng = np.random.default_rng(4)
    allowed = table(kind)
    transitions, scores = np.where(allowed, rng.normal(size=(K, K)), -np.inf), rng.normal(size=(7, K))
    expected = (scores[:, :, None] + transitions).max(axis=1)
    np.testing.assert_array_equal(best_arrivals(tf.constant(transitions), allowed)(tf.constant(scores)), expected)


def test_viterbi_is_the_same_to_the_last_bit():
    rng = np.random.default_rng(5)
    allowed = scheme()
    chain = rng.normal(size=K), np.where(allowed, rng.normal(size=(K, K)), -np.inf), rng.normal(size=K)
    emissions, mask = rng.normal(size=(6, 9, K)), rng.random((6, 9)) < 0.8
    dense, sparse = (viterbi(emissions, mask, *chain, allowed=given) for given in (None, allowed))
    for expected, found in zip(dense, sparse, strict=True):
        np.testing.assert_array_equal(found, expected)
