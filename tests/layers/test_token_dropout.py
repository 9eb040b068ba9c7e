"""A share of the tokens is read as unknown while training."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_seq.layers import TokenDropout

IDS = np.full((100, 200), 7)


def dropped(layer, ids=IDS):
    return np.array(layer(ids, training=True))


def test_the_share_is_the_rate():
    share = (dropped(TokenDropout(0.3, seed=1)) == 1).mean()
    assert share == pytest.approx(0.3, abs=6 * np.sqrt(0.3 * 0.7 / IDS.size))  # six standard deviations


def test_what_is_not_dropped_stays():
    assert set(np.unique(dropped(TokenDropout(0.3, seed=1)))) == {1, 7}


def test_padding_stays():
    ids = np.where(np.arange(200) < 100, IDS, 0)
    assert (dropped(TokenDropout(0.9, seed=1), ids)[:, 100:] == 0).all()


@pytest.mark.parametrize("training", [{}, {"training": False}])
def test_nothing_is_dropped_but_while_training(training):
    np.testing.assert_array_equal(TokenDropout(0.9)(IDS, **training), IDS)


def test_a_rate_of_zero_drops_nothing():
    np.testing.assert_array_equal(dropped(TokenDropout(0)), IDS)


def test_one_seed_gives_the_same_draws():
    np.testing.assert_array_equal(dropped(TokenDropout(0.5, seed=1)), dropped(TokenDropout(0.5, seed=1)))


@pytest.mark.parametrize("other", [2, None])
def test_another_seed_gives_other_draws(other):
    assert (dropped(TokenDropout(0.5, seed=1)) != dropped(TokenDropout(0.5, seed=other))).any()


def test_each_call_draws_anew():
    layer = TokenDropout(0.5, seed=1)
    assert (dropped(layer) != dropped(layer)).any()


def test_it_drops_under_xla():
    layer = TokenDropout(0.3, seed=1)
    compiled = tf.function(lambda ids: layer(ids, training=True), jit_compile=True)
    share = (compiled(tf.constant(IDS)).numpy() == 1).mean()
    assert share == pytest.approx(0.3, abs=6 * np.sqrt(0.3 * 0.7 / IDS.size))


def test_a_symbolic_id_stays_a_whole_number():
    assert TokenDropout(0.3)(keras.Input((None,), dtype="int32")).dtype == "int32"


@pytest.mark.parametrize("rate", [-0.1, 1, 1.5])
def test_a_wrong_rate_is_one_line(rate):
    with pytest.raises(ValueError, match=rf"^TokenDropout: rate={rate}, expected 0 <= rate < 1$"):
        TokenDropout(rate)
