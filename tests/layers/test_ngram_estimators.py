"""What every estimator promises: a distribution after every context, seen or not; no surprise on odd corpora."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_seq.layers.ngram_counts import count_ngrams, with_borders
from keras_seq.layers.ngram_estimators import ESTIMATORS

V = 5
NORMALISED = [name for name in ESTIMATORS if name != "stupid-backoff"]
CORPORA = st.lists(st.lists(st.sampled_from([1, 3, 4]), max_size=8), min_size=1, max_size=8)


def tables_of(sentences, order, size=V):
    return count_ngrams(*with_borders([w for s in sentences for w in s], [len(s) for s in sentences]), order, size)


def every_context(longest):
    """All of up to `longest` ids, <s> nowhere but in front."""
    for length in range(longest + 1):
        for ids in itertools.product(range(V), repeat=length):
            if 0 not in ids[1:]:
                yield list(ids)


@pytest.mark.parametrize("name", NORMALISED)
@given(CORPORA, st.integers(1, 4))
def test_after_every_context_the_words_sum_to_one(name, sentences, order):
    model = ESTIMATORS[name](tables_of(sentences, order))
    for context in every_context(order):
        p = np.exp(model.next([context])[0])
        assert p[0] == 0
        assert p.sum() == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("name", ESTIMATORS)
@given(CORPORA, st.integers(1, 4), st.lists(st.integers(1, V - 1), max_size=7))
def test_a_score_is_that_of_the_next_word(name, sentences, order, words):
    model = ESTIMATORS[name](tables_of(sentences, order))
    scores = model.score([0, *words], np.arange(len(words) + 1))[1:]
    contexts = np.zeros((len(words), len(words) + 1), int)
    for i in range(len(words)):
        contexts[i, len(words) - i :] = [0, *words[:i]]
    np.testing.assert_allclose(scores, model.next(contexts)[np.arange(len(words)), words], rtol=1e-12)


@pytest.mark.parametrize("name", ESTIMATORS)
def test_one_token_and_an_order_beyond_it_are_enough(name):
    model = ESTIMATORS[name](tables_of([[3]], 5))
    assert model.rows == (V, 2, 1, 0, 0)
    scores = model.score([0, 3, 2], [0, 1, 2])
    assert np.all(scores <= 0)
    assert np.isfinite(scores).all()


@pytest.mark.parametrize("name", ESTIMATORS)
def test_a_vocabulary_of_one_word_is_answered(name):
    model = ESTIMATORS[name](tables_of([[3, 3], [3]], 2, size=4))
    assert np.isfinite(model.score([0, 3, 2], [0, 1, 2])).all()
