"""How pitches are chosen from their log-odds."""

import itertools

import numpy as np
import pytest

from keras_seq.datasets import InputError
from keras_seq.pipelines.config import configure
from keras_seq.pipelines.frame_generation import FrameDecoding, choose

LOG_ODDS = np.array([[3.0, -3.0, 0.5, -0.5, 1.0]])


def drawn(log_odds=LOG_ODDS, seed=0, **how):
    return choose(log_odds, FrameDecoding(**how), np.random.default_rng(seed))


def test_greedy_takes_what_is_rather_there_than_not():
    np.testing.assert_array_equal(drawn(method="greedy"), [[1, 0, 1, 0, 1]])


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_each_pitch_is_drawn_by_its_own_probability(temperature):
    many = drawn(np.tile(LOG_ODDS, (20_000, 1)), temperature=temperature)
    expected = 1 / (1 + np.exp(-LOG_ODDS[0] / temperature))
    np.testing.assert_allclose(many.mean(axis=0), expected, atol=5 * 0.5 / np.sqrt(20_000))
    together = (many[:, 2] & many[:, 4]).mean()
    assert together == pytest.approx(expected[2] * expected[4], abs=5 * 0.5 / np.sqrt(20_000))


def test_what_is_less_probable_than_the_threshold_never_sounds():
    many = drawn(np.tile(LOG_ODDS, (1000, 1)), temperature=5, threshold=0.5)
    np.testing.assert_array_equal(many.any(axis=0), [1, 0, 1, 0, 1])


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
@pytest.mark.parametrize("voices", [1, 2, 4, 5])
def test_voices_are_drawn_given_their_number(voices, temperature):
    many = drawn(np.tile(LOG_ODDS, (4000, 1)), voices=voices, temperature=temperature)
    every = np.array([y for y in itertools.product([0, 1], repeat=5) if sum(y) == voices])
    weights = np.exp(every @ LOG_ODDS[0] / temperature)
    expected = weights / weights.sum()
    found = (many[:, None] == every).all(axis=2).mean(axis=0)
    assert found.sum() == pytest.approx(1)
    np.testing.assert_allclose(found, expected, atol=5 * 0.5 / np.sqrt(4000))


def test_greedy_voices_are_the_most_probable():
    np.testing.assert_array_equal(drawn(method="greedy", voices=2), [[1, 0, 0, 0, 1]])
    np.testing.assert_array_equal(drawn(method="greedy", voices=4), [[1, 0, 1, 1, 1]])


@pytest.mark.parametrize("method", ["sample", "greedy"])
def test_voices_that_nothing_may_take_stay_silent(method):
    np.testing.assert_array_equal(drawn(method=method, voices=4, threshold=0.5), [[1, 0, 1, 0, 1]])
    np.testing.assert_array_equal(drawn(method=method, voices=9), [[1, 1, 1, 1, 1]])


def test_far_log_odds_stay_numbers():
    log_odds = np.array([[-1e4, 1e4, -1e4, 1e3, -2e4]])
    np.testing.assert_array_equal(drawn(log_odds, voices=2), [[0, 1, 0, 1, 0]])
    np.testing.assert_array_equal(drawn(log_odds, voices=4), [[1, 1, 1, 1, 0]])


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"top_k": 3}, "unknown hyperparameter 'top_k': did you mean"),
        ({"temperature": 0}, "expected at least 0.001"),
        ({"threshold": 1}, "expected less than 1"),
        ({"method": "beam"}, "expected one of sample, greedy"),
        ({"method": "greedy", "seed": 3}, "seed=3 with method=greedy: expected method=sample"),
        ({"method": "greedy", "temperature": 2}, "temperature=2.0 with method=greedy: expected method=sample"),
    ],
)
def test_an_unknown_way_is_refused(how, said):
    with pytest.raises(InputError, match=said):
        configure(FrameDecoding, how)
