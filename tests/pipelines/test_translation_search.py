"""How long translations may become. The searches themselves: see tests/layers/test_beam_search.py."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from keras_seq.pipelines.translation_search import Reach

LENGTHS = st.lists(st.tuples(st.integers(1, 400), st.integers(1, 400)), min_size=1, max_size=40)


@given(LENGTHS)
def test_every_training_pair_is_within_reach(pairs):
    sources, targets = np.array(pairs).T
    limits = Reach.of(sources, targets, 100).limits(sources).numpy()
    assert (limits >= targets).all()
    assert (limits > 0).all()


def test_it_is_tight_where_targets_are_as_long_as_sources():
    sources = np.arange(1, 200)
    assert Reach.of(sources, sources, 100).limits(sources).numpy().tolist() == (sources + 1).tolist()


def test_one_pair_among_many_raises_the_slack_and_not_the_slope():
    sources = np.array([10] * 999 + [2])
    targets = np.array([10] * 999 + [40])
    reach = Reach.of(sources, targets, 100)
    assert reach.ratio == 1
    assert reach.limits(np.array([2, 10, 100])).numpy().tolist() == [40, 48, 138]
