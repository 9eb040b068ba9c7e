"""Top-k through chunks against the backend's own."""

import importlib

import numpy as np
import pytest
import tensorflow as tf

top_k = importlib.import_module("keras_seq.layers.top_k").top_k

SIZES = [5, 1000, 1024, 4001, 8000, 9973]  # among them one of few chunks, and two that no chunk divides


def run(x, count, without=(), way="graph"):
    def find(x):
        return top_k(x, count, without)

    unknown = [tf.TensorSpec((None, x.shape[-1]))] if way == "unknown shape" else None
    find = tf.function(find, jit_compile=way == "xla", input_signature=unknown) if way != "eager" else find
    return [each.numpy() for each in find(tf.constant(x))]


def drawn(size, kind, rows=20):
    """Scores (20, V): random ones, some few values again and again, nearly all -inf, all -inf."""
    rng = np.random.default_rng(size)
    x = rng.normal(size=(rows, size)).astype("float32")
    if kind == "ties":
        x = rng.integers(0, 3, (rows, size)).astype("float32")
    if kind == "mostly -inf":
        x[rng.random((rows, size)) < 1 - 3 / size] = -np.inf
    if kind == "-inf":
        x[:] = -np.inf
    return x


@pytest.mark.parametrize("way", ["eager", "graph", "unknown shape", "xla"])
@pytest.mark.parametrize("count", [1, 5])
def test_it_is_the_operation_s(way, count):
    for size in SIZES:
        x = drawn(size, "random")
        for ours, theirs in zip(run(x, count, way=way), tf.math.top_k(x, count), strict=True):
            np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("kind", ["ties", "mostly -inf", "-inf"])
@pytest.mark.parametrize("size", SIZES)
def test_of_equal_ones_the_first_come_first(size, kind):
    x = drawn(size, kind)
    for ours, theirs in zip(run(x, 5), tf.math.top_k(x, 5), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("kind", ["random", "ties"])
@pytest.mark.parametrize("size", SIZES[1:])
def test_what_does_not_count_is_as_if_it_were_impossible(size, kind):
    x = drawn(size, kind)
    without = [0, 1, 2, 77, size - 1, *np.argsort(-x[0])[:4].tolist()]
    left = x.copy()
    left[:, without] = -np.inf
    for ours, theirs in zip(run(x, 4, without), tf.math.top_k(left, 4), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_where_too_few_count_the_rest_is_impossible():
    x = drawn(4000, "mostly -inf")
    x[:, 5:8] = [3, 2, 1]
    values, places = run(np.where(x == 3, 9, x), 5, without=[5, 6])
    assert 9 not in values
    assert not ((values > -np.inf) & ((places == 5) | (places == 6))).any()


def test_the_greatest_may_all_lie_in_one_chunk():
    x = np.zeros((1, 8000), "float32")
    x[0, 4000:4010] = np.arange(10) + 1
    assert run(x, 10)[1].tolist() == [list(range(4009, 3999, -1))]


def test_leading_axes_are_kept():
    x = drawn(1024, "random").reshape(4, 5, 1024)
    values, places = run(x, 3)
    assert values.shape == places.shape == (4, 5, 3)
    np.testing.assert_array_equal(values, np.take_along_axis(x, places, -1))
