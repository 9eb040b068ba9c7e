"""The best paths against all paths, one by one."""

import numpy as np
import pytest
import tensorflow as tf

from keras_seq.layers import CRF, LabelSoftmax, best_paths, viterbi

K, N = 3, 5
INF = np.inf
UNKNOWN = [tf.TensorSpec((None, None, K), tf.float64), tf.TensorSpec((None, None), tf.bool)]


def best(run, emissions, mask, *chain):
    if run == "eager":
        return best_paths(emissions, mask, *chain, count=N)
    signature = UNKNOWN if run == "unknown shape" else None
    graph = tf.function(
        lambda e, m: best_paths(e, m, *chain, count=N), input_signature=signature, jit_compile=run == "xla"
    )
    return graph(tf.constant(emissions), tf.constant(mask))


@pytest.fixture(params=["eager", "unknown shape", "xla"], scope="module")
def answer(request, problem):
    return best(request.param, *problem)


def allowed(problem, paths):
    """For each row: its paths and scores, the best first, without those that are forbidden."""
    emissions, mask, *chain = problem
    for e, m in zip(emissions, mask, strict=True):
        labels, scores = paths(e, m, *chain)
        order = [i for i in np.argsort(-scores, kind="stable") if scores[i] > -INF]
        yield labels[order], scores[order]


def test_they_are_the_best_of_all_paths(problem, answer, paths):
    for row, (labels, scores) in enumerate(allowed(problem, paths)):
        count = min(N, len(scores))
        np.testing.assert_allclose(answer[1][row, :count], scores[:count], rtol=1e-12, atol=1e-12)
        np.testing.assert_array_equal(answer[0][row, :count], labels[:count])


def test_where_there_are_fewer_paths_the_rest_has_no_score(problem, answer, paths):
    for row, (_, scores) in enumerate(allowed(problem, paths)):
        assert (np.array(answer[1][row, len(scores) :]) == -INF).all()


def test_the_first_is_viterbi_s(problem, answer):
    labels, score = viterbi(*problem)
    np.testing.assert_array_equal(answer[0][:, 0], labels)
    np.testing.assert_allclose(answer[1][:, 0], score, rtol=1e-12)


def test_equal_scores_give_every_path_once():
    zeros = np.zeros
    labels, scores = best_paths(zeros((1, 3, 2)), np.ones((1, 3), bool), zeros(2), zeros((2, 2)), zeros(2), count=8)
    assert {tuple(path) for path in np.array(labels[0])} == {(a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1)}
    assert (np.array(scores) == 0).all()


@pytest.mark.parametrize("kind", [CRF, LabelSoftmax])
def test_a_layer_gives_log_probabilities(kind, mask):
    layer = kind(K)
    layer.build((None, None, 2))
    rng = np.random.default_rng(8)
    layer.set_weights([rng.normal(size=weight.shape) for weight in layer.weights])
    emissions = rng.normal(size=(*mask.shape, K)).astype("float32")
    labels, found = layer.best(emissions, mask, N)
    for row, m in enumerate(mask):
        count = min(N, K ** int(m.sum()))
        rows = (np.repeat(x[row][None], count, 0) for x in (emissions, mask))
        expected = layer.log_likelihood(next(rows), np.array(labels[row, :count]), next(rows))
        np.testing.assert_allclose(found[row, :count], expected, atol=1e-5)
        assert (np.diff(found[row, :count]) <= 0).all()
