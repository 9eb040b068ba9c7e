"""Weights by which rare labels count as much as common ones."""

import numpy as np

from keras_seq.pipelines.class_weights import balanced, balanced_answers


def test_balanced_weights_make_labels_alike():
    rows = np.array([[1, 0, 0]] * 6 + [[0, 1, 0]] * 3 + [[0, 0, 1]], np.uint8)
    weights = balanced(rows)
    np.testing.assert_allclose(weights[[0, 6, 9]], [10 / (3 * 6), 10 / (3 * 3), 10 / 3], rtol=1e-6)
    np.testing.assert_allclose(weights @ rows, [10 / 3] * 3, rtol=1e-6)


def test_of_several_labels_yes_and_no_weigh_alike():
    rows = np.array([[1, 0, 1]] * 2 + [[0, 0, 1]] * 6, np.uint8)
    np.testing.assert_allclose(balanced_answers(rows), [[8 / 12, 0.5, 0], [8 / 4, 0, 0.5]], rtol=1e-6)
