"""Sampling against the probabilities that are drawn from."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_seq.layers import END_ID, greedy_search, sample

V, L = 6, 8
A, B, C = 3, 4, 5
ROWS = 20_000


def pairs(seed=0):
    """p(w | u, v), (V, V, V): random for each pair of tokens before it."""
    return np.random.default_rng(seed).dirichlet(np.full(V, 0.5), (V, V))


def step(p):
    """The step of such a table; it looks at the token before last."""
    log_p = tf.math.log(tf.constant(p, tf.float32))

    def step(tokens, state):
        return tf.gather_nd(log_p, tf.stack([state, tokens], axis=-1)), tf.one_hot(state, V), tokens

    return step


def drawn(p, rows=ROWS, length=1, seed=1, way="graph", **options):
    """What is drawn, as NumPy arrays."""
    generator = keras.random.SeedGenerator(seed)

    def run(start):
        return sample(step(p), start, length=length, seed_generator=generator, **options)

    if way != "eager":
        unknown = [tf.TensorSpec((None, 1), tf.int32)]
        run = tf.function(run, jit_compile=way == "xla", input_signature=unknown if way == "unknown shape" else None)
    found = run(tf.zeros((rows, 1), tf.int32))
    return type(found)(*(None if x is None else x.numpy() for x in found))


def shares(p, **options):
    """The share of each first token."""
    return np.bincount(drawn(p, **options).tokens[:, 0, 0], minlength=V) / ROWS


def one_step(*probabilities):
    """These probabilities of the end, A, B, C after everything."""
    return np.tile([0, 0, *probabilities], (V, V, 1))


def chi_square(found, expected, count):
    """The statistic of Pearson's test; what is impossible must not have occurred."""
    possible = expected > 0
    assert (found[~possible] == 0).all()
    return count * ((found - expected)[possible] ** 2 / expected[possible]).sum()


FAR = 30.0  # chi-square of at most 5 degrees of freedom exceeds it once in 65 000 times


@pytest.mark.parametrize("way", ["eager", "graph", "unknown shape", "xla"])
def test_tokens_are_drawn_from_the_model(way):
    p = pairs()
    found = drawn(p, length=2, way=way)
    first, second = found.tokens[:, 0].T
    assert chi_square(np.bincount(first, minlength=V) / ROWS, p[0, 0], ROWS) < FAR
    for word in np.delete(np.arange(V), END_ID):
        after = second[first == word]
        assert chi_square(np.bincount(after, minlength=V) / len(after), p[0, word], len(after)) < FAR
    assert (second[first == END_ID] == 0).all()


@pytest.mark.parametrize(
    "options", [{}, {"top_k": 150}, {"top_p": 0.5}, {"top_p": 0.97}, {"top_p": 0.97, "top_k": 700}]
)
def test_of_many_tokens_each_is_drawn_as_often_as_it_should(options):
    size = 1000
    p = np.random.default_rng(2).permutation(1.0 / (np.arange(size) + 5))  # the nucleus of 0.97 has more than 800
    p[END_ID] = p.max()
    p /= p.sum()
    ranked = np.sort(p)[::-1]
    kept = min(options.get("top_k", size), (ranked.cumsum() - ranked < options.get("top_p", 1)).sum())
    expected = np.where(p >= ranked[kept - 1], p, 0)
    expected /= expected.sum()

    def step(tokens, state):
        return tf.broadcast_to(tf.math.log(tf.constant(p, tf.float32)), (ROWS, 1, size)), None, state

    seed = keras.random.SeedGenerator(5)
    found = sample(step, tf.zeros((ROWS, 1)), length=1, seed_generator=seed, **options).tokens[:, 0, 0]
    statistic = chi_square(np.bincount(found, minlength=size) / ROWS, expected, ROWS)
    assert statistic < kept + 5 * np.sqrt(2 * kept)  # its mean and five standard deviations


@pytest.mark.parametrize("temperature", [0.5, 2.0])
def test_temperature_takes_the_root(temperature):
    expected = pairs()[0, 0] ** (1 / temperature)
    assert chi_square(shares(pairs(), temperature=temperature), expected / expected.sum(), ROWS) < FAR


@pytest.mark.parametrize("options", [{"top_k": 1}, {"temperature": 1e-3}, {"top_p": 1e-6}])
def test_without_chance_it_is_greedy(options):
    found = drawn(pairs(3), rows=1, length=L, **options)
    greedy = greedy_search(step(pairs(3)), tf.zeros((1, 1), tf.int32), length=L)
    np.testing.assert_array_equal(found.tokens, greedy.tokens)
    np.testing.assert_allclose(found.log_p, greedy.log_p, rtol=1e-6)


@pytest.mark.parametrize(("top_k", "kept"), [(1, {A}), (2, {A, C}), (3, {END_ID, A, C}), (9, {END_ID, A, B, C})])
def test_top_k_keeps_the_k_most_probable(top_k, kept):
    assert {*np.flatnonzero(shares(one_step(0.2, 0.4, 0.1, 0.3), top_k=top_k))} == kept


@pytest.mark.parametrize(
    ("top_p", "kept"), [(1e-6, {A}), (0.39, {A}), (0.41, {A, C}), (0.9, {END_ID, A, C}), (1.0, {END_ID, A, B, C})]
)
def test_the_nucleus_is_the_fewest_that_reach_its_share(top_p, kept):
    assert {*np.flatnonzero(shares(one_step(0.2, 0.4, 0.1, 0.3), top_p=top_p))} == kept


@pytest.mark.parametrize(("top_p", "kept"), [(0.35, {A}), (0.5, {A, C})])
def test_the_nucleus_has_its_share_of_all_and_not_of_the_k_most_probable(top_p, kept):
    assert {*np.flatnonzero(shares(one_step(0.2, 0.4, 0.1, 0.3), top_k=2, top_p=top_p))} == kept


@pytest.mark.parametrize("options", [{"top_k": 2}, {"top_p": 0.6}])
def test_what_is_kept_keeps_its_proportions(options):
    expected = np.array([0, 0, 0, 4, 0, 3]) / 7
    assert chi_square(shares(one_step(0.2, 0.4, 0.1, 0.3), **options), expected, ROWS) < FAR


def test_what_is_banned_is_never_drawn():
    expected = np.array([0, 0, 2, 4, 0, 3]) / 9
    assert chi_square(shares(one_step(0.2, 0.4, 0.1, 0.3), banned=(B,)), expected, ROWS) < FAR


def test_log_p_is_the_model_s():
    p = pairs()
    found = drawn(p, rows=50, length=L, temperature=1.7, top_p=0.9)
    for tokens, count, log_p in zip(found.tokens[:, 0], found.lengths[:, 0], found.log_p[:, 0], strict=True):
        before = [0, 0, *tokens[:count]]
        expected = sum(np.log(p[tuple(before[t : t + 3])]) for t in range(count))
        assert log_p == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("options", [{}, {"top_k": 2}])
def test_the_end_comes_where_nothing_can_follow(options):
    found = drawn(one_step(0, 0, 0, 0), rows=3, length=4, **options)
    assert found.tokens[:, 0].tolist() == [[END_ID, 0, 0, 0]] * 3


def test_a_seed_repeats_them():
    one, again, other = (drawn(pairs(), rows=30, length=L, seed=seed).tokens.tolist() for seed in (1, 1, 2))
    assert one == again
    assert one != other


def test_another_call_draws_anew():
    generator = keras.random.SeedGenerator(1)
    one, other = (
        sample(step(pairs()), tf.zeros((30, 1), tf.int32), length=L, seed_generator=generator).tokens.numpy().tolist()
        for _ in range(2)
    )
    assert one != other


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"temperature": 0}, "temperature=0: expected above 0"),
        ({"top_k": -1}, "top_k=-1: expected at least 0"),
        ({"top_p": 0.0}, "top_p=0.0: expected above 0 and at most 1"),
        ({"top_p": 1.1}, "top_p=1.1: expected above 0 and at most 1"),
    ],
)
def test_mistakes_are_one_line(options, message):
    with pytest.raises(ValueError, match=message):
        drawn(pairs(), rows=1, **options)
