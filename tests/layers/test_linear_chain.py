"""Sums and maxima over all paths against the paths themselves, one by one."""

import functools
import itertools

import numpy as np
import pytest
import tensorflow as tf

from keras_seq.layers import log_partition, marginals, path_score, viterbi

K = 3
INF = np.inf
RUNS = ("eager", "xla", "unknown shape")
FLOAT, BOOL, INT = tf.float64, tf.bool, tf.int32
UNKNOWN = [
    tf.TensorSpec((None, None, K), FLOAT),
    tf.TensorSpec((None, None), INT),
    tf.TensorSpec((None, None), BOOL),
    *(tf.TensorSpec(shape, FLOAT) for shape in [(K,), (K, K), (K,), (None,)]),
]


def everything(emissions, labels, mask, start, transitions, end, weights):
    """Each answer, and the gradients of Σ weights · log Z to emissions, start, transitions and end."""
    parameters = [emissions, start, transitions, end]
    with tf.GradientTape() as tape:
        tape.watch(parameters)
        total = log_partition(emissions, mask, start, transitions, end)
        loss = tf.reduce_sum(weights * total)
    best, score = viterbi(emissions, mask, start, transitions, end)
    return {
        "log Z": total,
        "gradient": tape.gradient(loss, parameters),
        "best": best,
        "best score": score,
        "marginals": marginals(emissions, mask, start, transitions, end),
        "score": path_score(emissions, labels, mask, start, transitions, end),
    }


RUN = {
    "eager": everything,
    "xla": tf.function(everything, jit_compile=True),
    "unknown shape": tf.function(everything, input_signature=UNKNOWN),
}

SUM = tf.function(log_partition, input_signature=[UNKNOWN[i] for i in (0, 2, 3, 4, 5)])


@pytest.fixture(name="problem", scope="module")
def problem_with_labels(problem):
    """The chain with labels to score and a weight for each row."""
    emissions, mask, *chain = problem
    rng = np.random.default_rng(8)
    labels = np.where(mask, 0, 99)  # what stands on padding is nobody's business
    return emissions, labels.astype("int32"), mask, *chain, rng.normal(size=len(mask))


@pytest.fixture(params=RUNS, scope="module")
def answer(request, problem):
    return RUN[request.param](*(tf.constant(x) for x in problem))


def rows(problem, paths):
    """For each row: its paths (N, T) and their scores (N,)."""
    emissions, _, mask, *chain, _ = problem
    return [paths(e, m, *chain) for e, m in zip(emissions, mask, strict=True)]


def test_log_partition_sums_over_all_paths(problem, answer, paths):
    expected = [np.logaddexp.reduce(scores) for _, scores in rows(problem, paths)]
    np.testing.assert_allclose(answer["log Z"], expected, rtol=1e-12, atol=1e-12)


def test_a_row_without_steps_has_one_empty_path(problem, answer):
    empty = ~problem[2].any(axis=1)
    assert (answer["log Z"].numpy()[empty] == 0).all()
    assert (answer["best score"].numpy()[empty] == 0).all()


def test_viterbi_finds_the_best_path(problem, answer, paths):
    for row, (labels, scores) in enumerate(rows(problem, paths)):
        np.testing.assert_array_equal(answer["best"][row], labels[np.argmax(scores)])
        assert answer["best score"][row].numpy() == pytest.approx(scores.max(), rel=1e-12)


def test_marginals_are_shares_of_paths(problem, answer, paths):
    for row, (labels, scores) in enumerate(rows(problem, paths)):
        share = np.exp(scores - np.logaddexp.reduce(scores))
        expected = (share[:, None, None] * (labels[..., None] == np.arange(K))).sum(axis=0) * problem[2][row][:, None]
        np.testing.assert_allclose(answer["marginals"][row], expected, atol=1e-12)


def test_marginals_sum_to_one_where_a_step_counts(problem, answer):
    np.testing.assert_allclose(answer["marginals"].numpy().sum(axis=-1), problem[2], atol=1e-12)


def test_path_score_is_its_definition(problem, answer, paths):
    for row, (labels, scores) in enumerate(rows(problem, paths)):
        zeros = np.flatnonzero((labels == 0).all(axis=1))[0]  # the path that `problem` asks for
        np.testing.assert_allclose(answer["score"][row], scores[zeros], rtol=1e-12)


def test_every_path_has_its_score(problem, paths):
    emissions, _, mask, *chain, _ = problem
    for row, (labels, scores) in enumerate(rows(problem, paths)):
        n = len(labels)
        ours = path_score(np.repeat(emissions[row][None], n, 0), labels, np.repeat(mask[row][None], n, 0), *chain)
        np.testing.assert_allclose(ours, scores, rtol=1e-12)


def test_gradient_equals_that_of_the_sum_over_paths(problem, answer, paths):
    emissions, _, mask, *chain, weights = problem
    parameters = [tf.constant(x) for x in (emissions, *chain)]
    with tf.GradientTape() as tape:
        tape.watch(parameters)
        loss = tf.reduce_sum(weights * enumerated(*parameters, mask, rows(problem, paths)))
    gradient = [tf.convert_to_tensor(g) for g in tape.gradient(loss, parameters, unconnected_gradients="zero")]
    for ours, expected in zip(answer["gradient"], gradient, strict=True):
        np.testing.assert_allclose(ours, expected, atol=1e-11)


def enumerated(emissions, start, transitions, end, mask, rows):
    """log Z (B,) in differentiable TensorFlow: every allowed path gathered and summed."""
    totals = []
    for row, (labels, scores) in enumerate(rows):
        steps, labels = np.flatnonzero(mask[row]), labels[scores > -INF]
        if len(steps) == 0:
            totals.append(tf.constant(0.0, FLOAT))
            continue
        score = tf.gather(start, labels[:, steps[0]]) + tf.gather(end, labels[:, steps[-1]])
        score += tf.add_n([tf.gather(emissions[row, t], labels[:, t]) for t in steps])
        for before, after in itertools.pairwise(steps):
            score += tf.gather_nd(transitions, np.stack([labels[:, before], labels[:, after]], axis=1))
        totals.append(tf.reduce_logsumexp(score))
    return tf.stack(totals)


def test_gradient_equals_finite_differences(problem):
    emissions, labels, mask, *chain, weights = problem
    parameters = [emissions, *chain]

    def loss(parameters):
        return float(np.sum(weights * SUM(parameters[0], mask, *parameters[1:])))

    gradients = RUN["unknown shape"](emissions, labels, mask, *chain, weights)["gradient"]
    for which, gradient in enumerate(gradients):
        for index in np.ndindex(*parameters[which].shape):
            if np.isfinite(parameters[which][index]):
                expected = slope(functools.partial(moved, loss, parameters, which, index))
                assert gradient.numpy()[index] == pytest.approx(expected, abs=1e-7)
            else:
                assert gradient.numpy()[index] == 0


def slope(f, step=1e-5):
    """Central difference at 0."""
    return (f(step) - f(-step)) / (2 * step)


def moved(loss, parameters, which, index, step):
    """The loss with one entry moved by `step`."""
    copies = [np.array(x) for x in parameters]
    copies[which][index] += step
    return loss(copies)


def detour():
    """O, B, I; I is reached only through B. B costs 200 at step 1 and I brings 500 at step 2; the last step is as strong.

    Three equal rows, of which the first alone weighs anything.
    """
    rng = np.random.default_rng(8)
    row = np.array([[0, -300, -300], [0, -200, 0], [0, 0, 500], rng.normal(size=K) * 50])
    start, transitions, end = np.array([0, 0, -INF]), rng.normal(size=(K, K)), rng.normal(size=K)
    transitions[0, 2] = -INF
    emissions, labels, mask = np.stack([row] * 3), np.zeros((3, 4), "int32"), np.ones((3, 4), bool)
    return emissions, labels, mask, start, transitions, end, np.array([1.0, 0, 0])


@pytest.fixture(params=RUNS, scope="module")
def strong(request):
    """The answers for the detour in the precision of a network: float32 emissions."""
    emissions, *rest = detour()
    inputs = (emissions.astype("float32").astype("float64"), *rest)
    return inputs, RUN[request.param](*(tf.constant(x) for x in inputs))


def test_strong_emissions_keep_the_sum_exact(strong, paths):
    problem, answer = strong
    assert answer["log Z"][0].numpy() == pytest.approx(np.logaddexp.reduce(rows(problem, paths)[0][1]), rel=1e-12)


def test_strong_emissions_keep_the_best_path(strong, paths):
    problem, answer = strong
    labels, scores = rows(problem, paths)[0]
    best = labels[np.argmax(scores)]
    assert best[:3].tolist() == [0, 1, 2]
    np.testing.assert_array_equal(answer["best"][0], best)


def test_strong_emissions_keep_the_marginals(strong, paths):
    problem, answer = strong
    labels, scores = rows(problem, paths)[0]
    share = np.exp(scores - np.logaddexp.reduce(scores))
    expected = (share[:, None, None] * (labels[..., None] == np.arange(K))).sum(axis=0)
    np.testing.assert_allclose(answer["marginals"][0], expected, atol=1e-10)


def test_strong_emissions_keep_the_gradient_of_transitions(strong, paths):
    problem, answer = strong
    labels, scores = rows(problem, paths)[0]
    share = np.exp(scores - np.logaddexp.reduce(scores))
    expected = np.zeros((K, K))
    for path, part in zip(labels, share, strict=True):
        np.add.at(expected, (path[:-1], path[1:]), part)
    assert expected[1, 2] > 0.99  # the dear passage is taken
    np.testing.assert_allclose(answer["gradient"][2], expected, atol=1e-10)


def test_padding_changes_nothing(problem):
    emissions, labels, mask, *chain, weights = problem
    pad = ((0, 0), (2, 3))
    wide = (np.pad(emissions, (*pad, (0, 0)), constant_values=1e3), np.pad(labels, pad), np.pad(mask, pad))
    short, long = RUN["unknown shape"](*problem), RUN["unknown shape"](*wide, *chain, weights)
    for name in ("log Z", "best score", "score"):
        np.testing.assert_allclose(long[name], short[name], rtol=1e-12, atol=1e-12)
    for name in ("best", "marginals"):
        np.testing.assert_allclose(long[name][:, 2:-3], short[name], atol=1e-12)
        assert (long[name].numpy()[:, :2] == 0).all()
        assert (long[name].numpy()[:, -3:] == 0).all()


def test_where_no_path_is_allowed_the_sum_is_empty():
    transitions = np.array([[-INF, 0], [-INF, -INF]])  # 0 -> 1 and no further
    zeros = np.zeros(2)
    total = log_partition(np.zeros((1, 3, 2)), np.ones((1, 3), bool), zeros, transitions, zeros)
    assert total.numpy().tolist() == [-INF]
