"""Probabilities of segments against sums over all paths."""

import itertools

import numpy as np
import pytest

from keras_seq.layers import CRF, LabelSoftmax, marginals
from keras_seq.layers.chain_posterior import chain_posterior

K = 3
INF = np.inf


def shares(emissions, mask, chain, paths):
    """Every path of one row that is allowed, and its probability."""
    labels, scores = paths(emissions, mask, *chain)
    share = np.exp(scores - np.logaddexp.reduce(scores))
    return labels[share > 0], share[share > 0]


def segments(mask):
    """(first, last) of every segment of one row; the steps of it are those that count."""
    return itertools.combinations_with_replacement(np.flatnonzero(mask), 2)


def asked(emissions, mask, chain, labels, first, last, longer=None):
    """What the posterior says of one segment of one row."""
    posterior = chain_posterior(emissions[None], mask[None], *chain)
    ends = np.where(np.arange(len(mask)) == first, last, first)[None]
    longer = None if longer is None else np.full((1, len(mask)), longer)
    return float(posterior.segments(labels[None].astype("int32"), ends, longer)[0, first])


def test_a_segment_is_the_sum_over_all_paths_that_have_it(problem, paths):
    emissions, mask, *chain = problem
    for e, m in zip(emissions, mask, strict=True):
        labels, share = shares(e, m, chain, paths)
        for first, last in segments(m):
            for path in labels[:: max(1, len(labels) // 4)]:
                same = (labels[:, first : last + 1] == path[first : last + 1])[:, m[first : last + 1]].all(axis=1)
                expected = share[same].sum()
                assert asked(e, m, chain, path, first, last) == pytest.approx(expected, abs=1e-12)


def test_one_that_may_not_go_on_leaves_out_the_paths_where_it_does(problem, paths):
    emissions, mask, *chain = problem
    for e, m in zip(emissions, mask, strict=True):
        labels, share = shares(e, m, chain, paths)
        steps = np.flatnonzero(m)
        for (first, last), longer in itertools.product(segments(m), (-1, 0, 2)):
            path = labels[0]
            same = (labels[:, first : last + 1] == path[first : last + 1])[:, m[first : last + 1]].all(axis=1)
            after = steps[steps > last]
            goes_on = labels[:, after[0]] == longer if len(after) else np.zeros(len(labels), bool)
            expected = share[same & ~goes_on].sum()
            assert asked(e, m, chain, path, first, last, longer) == pytest.approx(expected, abs=1e-12)


def test_marginals_are_those_of_the_chain(problem):
    np.testing.assert_allclose(chain_posterior(*problem).marginals(), marginals(*problem), atol=1e-12)


def test_padding_has_no_probability(problem):
    mask = problem[1]
    found = chain_posterior(*problem).segments(np.full(mask.shape, 0, "int32"), np.zeros(mask.shape, "int32"))
    assert not np.array(found)[~mask].any()


@pytest.fixture
def crf():
    """A CRF whose transitions, start and end are zero, as they are at first."""
    layer = CRF(K)
    layer.build((None, None, 2))
    return layer


def test_independent_labels_are_a_chain_without_transitions(mask, crf):
    emissions = np.random.default_rng(8).normal(size=(*mask.shape, K)).astype("float32")
    labels, _ = crf.decode(emissions, mask)
    last = np.tile(np.maximum.accumulate(np.where(mask, np.arange(mask.shape[1]), 0), axis=1)[:, -1:], mask.shape[1])
    ours, theirs = (layer.posterior(emissions, mask) for layer in (LabelSoftmax(K), crf))
    np.testing.assert_allclose(ours.marginals(), theirs.marginals(), atol=1e-12)
    for longer in (None, np.full(mask.shape, 1)):
        expected = theirs.segments(labels, last, longer)
        np.testing.assert_allclose(ours.segments(labels, last, longer), expected, atol=1e-12)
