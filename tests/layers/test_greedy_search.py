"""Greedy search against a loop in NumPy over a table of probabilities."""

import numpy as np
import pytest
import tensorflow as tf

from keras_seq.layers import END_ID, beam_search, greedy_search

V, L = 6, 8
WAYS = ["eager", "graph", "unknown shape", "xla"]


def table(rows, seed=0):
    """log p(w | u, v) for each row, (B, V, V, V): random for each pair of tokens before it."""
    drawn = np.random.default_rng(seed).dirichlet(np.full(V, 0.5), (rows, V, V))
    return np.log(drawn + 1e-9).astype("float32")


def step(log_p):
    """The step of such a table; it looks at the token before last, one of V positions."""

    def step(tokens, state):
        pair = tf.stack([state, tokens], axis=-1)
        return tf.gather_nd(log_p, pair, batch_dims=1), tf.one_hot(state, V), tokens

    return step


def searched(log_p, way="graph", search=greedy_search, **options):
    def run(log_p):
        rows = tf.shape(log_p)[0] if log_p.shape[0] is None else log_p.shape[0]
        return search(step(log_p), tf.zeros((rows, 1), tf.int32), **{"length": L, **options})

    if way != "eager":
        unknown = [tf.TensorSpec((None, V, V, V))]
        run = tf.function(run, jit_compile=way == "xla", input_signature=unknown if way == "unknown shape" else None)
    found = run(tf.constant(log_p))
    return type(found)(*(None if x is None else x.numpy() for x in found))


def looped(log_p, limit=L, banned=()):
    """The tokens of one row, their log p, and the token before last at each step."""
    u, v, tokens, total, seen = 0, 0, [], 0.0, []
    while len(tokens) < limit and v != END_ID:
        scores = np.where(np.isin(np.arange(V), banned), -np.inf, log_p[u, v])
        u, v, seen = v, int(scores.argmax()), [*seen, u]
        tokens, total = [*tokens, v], total + scores[v]
    return tokens, total, seen


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("banned", [(), (0, 1), (END_ID,)])
def test_it_is_the_loop(way, banned):
    log_p = table(20)
    found = searched(log_p, way, banned=banned, keep_weights=True)
    assert found.tokens.shape == (20, 1, L)
    for row in range(20):
        tokens, total, seen = looped(log_p[row], banned=banned)
        count = len(tokens)
        assert found.tokens[row, 0].tolist() == tokens + [0] * (L - count)
        assert found.lengths[row, 0] == count
        assert found.finished[row, 0] == (tokens[-1] == END_ID)
        assert found.log_p[row, 0] == pytest.approx(total, rel=1e-5)
        np.testing.assert_array_equal(found.weights[row, 0], [*np.eye(V)[seen], *np.zeros((L - count, V))])
    np.testing.assert_array_equal(found.scores, found.log_p)


def test_it_is_a_beam_of_one_that_never_ends():
    greedy, beam = (
        searched(table(9), search=search, banned=(END_ID,), **more)
        for search, more in ((greedy_search, {}), (beam_search, {"beams": 1}))
    )
    np.testing.assert_array_equal(greedy.tokens, beam.tokens)


@pytest.mark.parametrize("way", ["eager", "graph", "unknown shape"])
def test_each_row_may_have_its_limit(way):
    log_p, limits = table(20), np.arange(20) % 5 + 1
    found = searched(log_p, way, length=tf.constant(limits), banned=(0,))
    assert found.tokens.shape == (20, 1, 5)
    for row, limit in enumerate(limits):
        tokens, _, _ = looped(log_p[row], limit, banned=(0,))
        assert found.tokens[row, 0].tolist() == tokens + [0] * (5 - len(tokens))
        assert found.lengths[row, 0] == len(tokens)


def test_a_limit_of_a_scalar_tensor():
    found = searched(table(3), length=tf.constant(4))
    np.testing.assert_array_equal(found.tokens, searched(table(3), length=4).tokens)


def test_the_end_comes_where_nothing_can_follow():
    found = searched(np.full((2, V, V, V), -np.inf, "float32"))
    assert found.tokens[:, 0, 0].tolist() == [END_ID, END_ID]
    assert found.lengths.tolist() == [[1], [1]]
    assert found.log_p.tolist() == [[-np.inf], [-np.inf]]


def test_it_stops_when_all_rows_have_ended():
    asked, inner = [], step(tf.constant(table(4)))

    def counted(tokens, state):
        asked.append(len(asked))
        return inner(tokens, state)

    found = greedy_search(counted, tf.zeros((4, 1), tf.int32), length=99)
    assert len(asked) == found.lengths.numpy().max() < 99


def test_no_length_is_refused():
    with pytest.raises(ValueError, match="length=0: expected at least 1"):
        searched(table(1), length=0)


def test_weights_of_a_step_that_has_none_are_refused():
    def bare(tokens, state):
        return tf.zeros((1, 1, V)), None, state

    with pytest.raises(ValueError, match="keep_weights=True, but the step gives no attention weights"):
        greedy_search(bare, tf.zeros((1, 1)), length=3, keep_weights=True)
