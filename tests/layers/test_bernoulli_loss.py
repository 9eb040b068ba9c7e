"""Independent yes-or-no outputs: the loss against its definition, pitch by pitch."""

import keras
import numpy as np
import pytest

from keras_seq.layers.bernoulli_loss import BernoulliLoss, bernoulli_nll

B, T, P = 3, 4, 5


@pytest.fixture
def numbers():
    """(0 or 1 (B, T, P), log-odds (B, T, P))."""
    draw = np.random.default_rng(0)
    return draw.integers(2, size=(B, T, P)), draw.normal(scale=3, size=(B, T, P)).astype(np.float32)


def by_hand(targets, log_odds):
    """-Σ_p log p(y_p), (B, T)."""
    p = 1 / (1 + np.exp(-log_odds.astype(np.float64)))
    return -np.log(np.where(targets == 1, p, 1 - p)).sum(axis=-1)


def test_it_is_the_sum_over_outputs_of_their_surprise(numbers):
    np.testing.assert_allclose(bernoulli_nll(*numbers), by_hand(*numbers), rtol=1e-5)


def test_half_of_each_output_costs_log_2(numbers):
    np.testing.assert_allclose(bernoulli_nll(numbers[0], np.zeros((B, T, P), np.float32)), P * np.log(2), rtol=1e-6)


@pytest.mark.parametrize(("target", "log_odds", "nll"), [(1, 1e4, 0), (0, -1e4, 0), (1, -1e4, 1e4), (0, 1e4, 1e4)])
def test_certain_outputs_cost_what_they_must_and_stay_numbers(target, log_odds, nll):
    assert float(bernoulli_nll(np.array([[target]]), np.array([[log_odds]], np.float32))[0]) == nll


def test_the_mean_counts_vectors_by_their_weight(numbers):
    weights = np.array([[1, 1, 1, 1], [1, 1, 0, 0], [0, 0, 0, 0]], np.float32)
    expected = (by_hand(*numbers) * weights).sum() / 6
    assert float(BernoulliLoss()(*numbers, sample_weight=weights)) == pytest.approx(expected, rel=1e-5)


def test_it_survives_serialisation():
    loss = BernoulliLoss(name="mine")
    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert type(copy) is BernoulliLoss
    assert copy.get_config() == loss.get_config()
    assert (copy.name, copy.reduction) == ("mine", "mean_with_sample_weight")
