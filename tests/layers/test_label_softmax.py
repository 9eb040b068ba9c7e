"""Each label on its own equals the CRF whose chain says nothing."""

import numpy as np
import pytest

from keras_seq.layers import CRF, LabelSoftmax

RNG = np.random.default_rng(10)
K = 3


@pytest.fixture
def emissions(mask):
    return RNG.normal(size=(*mask.shape, K)).astype("float32")


@pytest.fixture(scope="module")
def crf():
    """A CRF whose transitions, start and end are zero, as they are at first."""
    layer = CRF(K)
    layer.build((None, None, 2))
    return layer


def softmax(x):
    return np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True)


def test_emissions_are_an_affine_map():
    layer, x = LabelSoftmax(K), RNG.normal(size=(2, 3, 2)).astype("float32")
    layer.build(x.shape)
    layer.bias.assign([1, 2, 3])
    np.testing.assert_allclose(layer(x), x @ layer.kernel.numpy() + [1, 2, 3], rtol=1e-5, atol=1e-6)


def test_the_log_likelihood_sums_log_softmax(emissions, mask):
    labels = np.where(mask, RNG.integers(0, K, mask.shape), -1)
    chosen = np.take_along_axis(np.log(softmax(emissions)), np.maximum(labels, 0)[..., None], axis=2)[..., 0]
    expected = (chosen * mask).sum(axis=1)
    np.testing.assert_allclose(LabelSoftmax(K).log_likelihood(emissions, labels, mask), expected, atol=1e-5)


def test_its_log_likelihood_is_that_of_a_crf_without_transitions(emissions, mask, crf):
    labels = np.where(mask, RNG.integers(0, K, mask.shape), -1)
    ours = LabelSoftmax(K).log_likelihood(emissions, labels, mask)
    np.testing.assert_allclose(ours, crf.log_likelihood(emissions, labels, mask), atol=1e-5)


def test_it_decodes_like_a_crf_without_transitions(emissions, mask, crf):
    np.testing.assert_array_equal(LabelSoftmax(K).decode(emissions, mask)[0], crf.decode(emissions, mask)[0])


def test_its_score_is_the_log_probability_of_what_it_decodes(emissions, mask):
    expected = (np.log(softmax(emissions).max(axis=-1)) * mask).sum(axis=1)
    np.testing.assert_allclose(LabelSoftmax(K).decode(emissions, mask)[1], expected, atol=1e-5)


def test_marginals_are_the_softmax_where_a_step_counts(emissions, mask):
    np.testing.assert_allclose(
        LabelSoftmax(K).marginals(emissions, mask), softmax(emissions) * mask[..., None], atol=1e-6
    )


def test_marginals_are_those_of_a_crf_without_transitions(emissions, mask, crf):
    ours = LabelSoftmax(K).marginals(emissions, mask)
    np.testing.assert_allclose(ours, crf.marginals(emissions, mask), atol=1e-6)


def test_one_seed_gives_the_same_start_values():
    layers = [LabelSoftmax(K, seed=seed) for seed in (1, 1, 2)]
    for layer in layers:
        layer.build((None, None, 4))
    first, same, other = (layer.kernel.numpy() for layer in layers)
    np.testing.assert_array_equal(first, same)
    assert not np.allclose(first, other)
