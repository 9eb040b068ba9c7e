"""A surface by its recursion, its slope by finite differences, and descent with and without clipping."""

import itertools
import math

import numpy as np
import pytest

from keras_seq.layers.error_surface import descend, slope, surface

RNG = np.random.default_rng(2)


def by_hand(w, b, steps):
    x = 0.5
    for _ in range(steps):
        x = w / (1 + math.exp(-x)) + b
    return (1 / (1 + math.exp(-x)) - 0.7) ** 2


@pytest.mark.parametrize("steps", [0, 1, 2, 50])
def test_it_is_its_recursion(steps):
    w, b = RNG.uniform(-8, 8, 20), RNG.uniform(-4, 4, 20)
    expected = [by_hand(*pair, steps) for pair in zip(w, b, strict=True)]
    np.testing.assert_allclose(surface(w, b, steps), expected, rtol=1e-9)


def test_a_grid_is_each_of_its_points():
    w, b = np.array([[4.0, 5, 6]]), np.array([[-2.0], [-1]])
    expected = [[by_hand(x, y, 50) for x in w[0]] for y in b[:, 0]]
    np.testing.assert_allclose(surface(w, b), expected, rtol=1e-9)


@pytest.mark.parametrize("steps", [1, 5, 50])
def test_the_slope_is_the_finite_difference(steps):
    w, b, h = RNG.uniform(-4, 4, 20), RNG.uniform(-3, 3, 20), 1e-6
    by_w = (surface(w + h, b, steps) - surface(w - h, b, steps)) / (2 * h)
    by_b = (surface(w, b + h, steps) - surface(w, b - h, steps)) / (2 * h)
    np.testing.assert_allclose(slope(w, b, steps), np.stack([by_w, by_b], axis=-1), rtol=1e-4, atol=1e-8)


def test_descent_follows_the_slope():
    path = descend((1.0, -0.5), 0.3, 3)
    assert path.shape == (4, 2)
    for before, after in itertools.pairwise(path):
        np.testing.assert_allclose(after, before - 0.3 * slope(*before), rtol=1e-12)


def test_a_clipped_step_is_no_longer_than_allowed_and_goes_the_same_way():
    start, rate, most = (1.0, -0.5), 2.0, 0.01
    assert np.linalg.norm(slope(*start)) > most
    step = np.diff(descend(start, rate, 1, most), axis=0)[0]
    assert np.linalg.norm(step) == pytest.approx(rate * most)
    np.testing.assert_allclose(step / np.linalg.norm(step), -slope(*start) / np.linalg.norm(slope(*start)), rtol=1e-9)


def test_a_threshold_that_is_never_met_changes_nothing():
    np.testing.assert_array_equal(descend((1.0, -0.5), 0.3, 5, clip_norm=1e9), descend((1.0, -0.5), 0.3, 5))


def test_far_weights_overflow_nothing():
    with np.errstate(all="raise", under="ignore"):
        assert surface(1e4, -1e6) == pytest.approx(0.49)
