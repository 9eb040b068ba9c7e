"""Each score by its definition, pair by pair; and what the scale of the cosine is for."""

import math

import numpy as np
import pytest

from keras_seq.layers import SCORES, Attention

RNG = np.random.default_rng(8)
Q, D, UNITS = 3, 3, 4


def cosine(s, h, log_scale):
    lengths = np.linalg.norm(s) * np.linalg.norm(h)
    return math.exp(log_scale) * (s @ h) / lengths if lengths else 0.0


DEFINITIONS = {
    "cosine": cosine,
    "dot": lambda s, h: s @ h,
    "general": lambda s, h, kernel: s @ kernel.T @ h,
    "additive": lambda s, h, w, u, v: v[:, 0] @ np.tanh(s @ w + h @ u),
}


def built(name, units=None, **options):
    """A score with random weights."""
    score = SCORES[name](units, **options)
    score.build((None, None, Q), (None, None, D))
    score.set_weights([RNG.normal(size=w.shape) for w in score.weights])
    return score


@pytest.mark.parametrize("name", SCORES)
def test_it_is_its_definition(name):
    score = built(name, UNITS if name == "additive" else None, dtype="float64")
    queries, memory = RNG.normal(size=(2, 5, Q)), RNG.normal(size=(2, 4, D))
    queries[1, 2] = memory[0, 1] = 0  # a vector without a direction
    expected = [
        [[DEFINITIONS[name](s, h, *score.get_weights()) for h in memory[b]] for s in queries[b]] for b in range(2)
    ]
    np.testing.assert_allclose(score(queries, score.keys(memory)), expected, atol=1e-12)


def covered(name, s, h, share, *weights):
    """With u κ: added to the score, in the additive one within the tanh."""
    *weights, u = weights
    if name == "additive":
        w, v, vector = weights
        return vector[:, 0] @ np.tanh(s @ w + h @ v + u * share)
    return DEFINITIONS[name](s, h, *weights) + u[0] * share


@pytest.mark.parametrize("name", SCORES)
def test_with_coverage_it_reads_how_much_attention_a_step_has_had(name):
    score = built(name, UNITS if name == "additive" else None, coverage=True, dtype="float64")
    queries, memory, shares = RNG.normal(size=(2, 5, Q)), RNG.normal(size=(2, 4, D)), RNG.random((2, 5, 4))
    expected = [
        [
            [covered(name, s, h, shares[b, t, j], *score.get_weights()) for j, h in enumerate(memory[b])]
            for t, s in enumerate(queries[b])
        ]
        for b in range(2)
    ]
    np.testing.assert_allclose(score(queries, score.keys(memory), shares), expected, atol=1e-12)


@pytest.mark.parametrize("name", SCORES)
def test_coverage_begins_as_if_there_were_none(name):
    covers, plain = (SCORES[name](seed=4, coverage=coverage) for coverage in (True, False))
    for score in (covers, plain):
        score.build((None, None, Q), (None, None, D))
    queries, memory = (RNG.normal(size=(1, n, 3)).astype("float32") for n in (5, 4))
    shares = RNG.random((1, 5, 4)).astype("float32")
    found, expected = covers(queries, covers.keys(memory), shares), plain(queries, plain.keys(memory))
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_the_additive_score_is_as_wide_as_the_memory_unless_told():
    score = SCORES["additive"]()
    score.build((None, None, 7), (None, None, 5))
    assert [tuple(w.shape) for w in score.weights] == [(7, 5), (5, 5), (5, 1)]


# Twenty positions: the first is what the query asks for, at cosine 1, the others are all `cosine` away from it.
POSITIONS = 20


def largest_weight(scale, cosine):
    """What a softmax gives the first of them."""
    return math.exp(scale) / (math.exp(scale) + (POSITIONS - 1) * math.exp(scale * cosine))


def positions(cosine):
    return np.array([[[1, 0]] + [[cosine, math.sqrt(1 - cosine**2)]] * (POSITIONS - 1)])


def weight_of_the_first(cosine, scale=None):
    attention = Attention("cosine", return_weights=True)
    attention.build((None, 2), (None, None, 2))
    if scale is not None:
        attention.set_weights([np.log(scale)])
    return float(attention(np.array([[5.0, 0.0]]), positions(cosine))[1][0, 0])


def test_a_cosine_without_a_scale_stays_flat():
    assert largest_weight(1, -1) == pytest.approx(0.28, abs=0.001)
    assert weight_of_the_first(-1, scale=1.0) == pytest.approx(largest_weight(1, -1), rel=1e-5)


@pytest.mark.parametrize(("cosine", "least"), [(-1, 0.9999), (0, 0.999), (0.5, 0.88)])
def test_ours_starts_with_a_scale_that_can_choose(cosine, least):
    assert least < weight_of_the_first(cosine) == pytest.approx(largest_weight(10, cosine), rel=1e-5)


def test_the_scale_learns_and_stays_positive():
    score = built("cosine")
    for log_scale in (-20.0, 0.0, 5.0):
        score.set_weights([np.array(log_scale)])
        x = np.array([[[3.0, 4.0, 0.0]]])
        assert score(x, score.keys(x)).numpy().item() == pytest.approx(math.exp(log_scale), rel=1e-5)
    assert len(score.trainable_weights) == 1


def test_a_cosine_survives_lengths_whose_squares_half_precision_cannot_hold():
    score = built("cosine", dtype="float16")
    score.set_weights([np.array(0.0)])
    queries, memory = np.full((1, 1, 3), 1000.0), np.full((1, 2, 3), 0.001)
    np.testing.assert_allclose(score(queries, score.keys(memory.astype("float16"))), [[[1, 1]]], atol=2e-3)
