"""The backoff rule, on models written by hand and on a naive reading of random ones."""

import numpy as np
import pytest

from keras_seq.layers.backoff_model import BackoffModel, BackoffTable, effective

V = 5
NONE = np.nan


def table(keys, suffix, probabilities, weights):
    with np.errstate(divide="ignore"):
        arrays = (np.log(np.asarray(x, float)) for x in (probabilities, weights))
        return BackoffTable(np.array(keys, np.int64), np.array(suffix, np.int32), *arrays)


def by_hand(**options):
    """A trigram model: <s> 3, 3 4 (a context only), 4 2; <s> 3 4."""
    return BackoffModel(
        [
            table(range(V), [0] * V, [0, 0.1, 0.2, 0.3, 0.4], [0.5, 1, 1, 0.6, 0.7]),
            table([3, 3 * V + 4, 4 * V + 2], [3, 4, 2], [0.8, NONE, 0.25], [0.9, 0.3, 1]),
            table([4], [1], [0.35], []),
        ],
        **options,
    )


# (ids from <s> on, p of the last one, the order that matched)
SCORES = [
    ([0, 3], 0.8, 2),
    ([0, 4], 0.5 * 0.4, 1),
    ([0, 3, 4], 0.35, 3),
    ([0, 3, 3], 0.9 * 0.6 * 0.3, 1),
    ([0, 3, 4, 2], 0.3 * 0.25, 2),
    ([0, 4, 3, 4], 0.6 * 0.4, 1),  # the context 4 3 is not there; 3 4 is, but without a probability
    ([0, 3, 4, 4], 0.3 * 0.7 * 0.4, 1),
]


@pytest.mark.parametrize(("ids", "p", "order"), SCORES)
def test_the_rule(ids, p, order):
    model, depth = by_hand(), np.arange(len(ids))
    assert np.exp(model.score(ids, depth)[-1]) == pytest.approx(p, abs=1e-15)
    assert np.exp(model.next([ids[:-1]])[0, ids[-1]]) == pytest.approx(p, abs=1e-15)
    assert model.matched(ids, depth)[-1] == order


@pytest.mark.parametrize(
    ("ids", "p"),
    [([0, 4, 4], 0.4 * 0.7 * 0.4), ([0, 4], 0.5 * 0.4), ([0, 4, 3, 4], 0.4 * 0.6 * 0.4), ([0, 3, 4], 0.35)],
)
def test_backing_off_from_a_context_that_is_not_there_has_its_price(ids, p):
    model = by_hand(log_missing=np.log(0.4))
    assert np.exp(model.score(ids, np.arange(len(ids)))[-1]) == pytest.approx(p, abs=1e-15)
    assert np.exp(model.next([ids[:-1]])[0, ids[-1]]) == pytest.approx(p, abs=1e-15)


def test_sentences_do_not_see_each_other():
    model = by_hand()
    ids = [[0, 3, 4], [0, 4, 2], [0, 3]]
    together = model.score(np.concatenate(ids), [0, 1, 2, 0, 1, 2, 0, 1])
    np.testing.assert_array_equal(together, np.concatenate([model.score(x, np.arange(len(x))) for x in ids]))


def test_the_start_is_given_and_never_comes_next():
    model = by_hand()
    assert model.score([0, 3], [0, 1])[0] == 0
    assert model.next([[0], [3]])[:, 0].tolist() == [-np.inf, -np.inf]


def test_what_stands_before_the_last_start_is_not_read():
    model = by_hand()
    contexts = [[4, 3, 0, 3], [0, 0, 0, 3], [4, 4, 0, 3]]
    np.testing.assert_array_equal(model.next(contexts), np.repeat(model.next([[0, 3]]), 3, axis=0))


def test_no_context_is_that_of_unigrams():
    model = by_hand()
    np.testing.assert_array_equal(model.next(np.zeros((2, 0), int)), np.tile(model.tables[0].log_probability, (2, 1)))
    assert model.next(np.zeros((0, 2), int)).shape == (0, V)
    assert model.score([], []).shape == (0,)


def test_many_contexts_are_answered_in_blocks(monkeypatch):
    model, contexts = by_hand(), np.random.default_rng(1).integers(0, V, (50, 3))
    expected = model.next(contexts)
    monkeypatch.setattr("keras_seq.layers.backoff_model.BLOCK", 7 * V)
    np.testing.assert_array_equal(model.next(contexts), expected)


def test_rows_without_a_probability_get_that_of_backing_off():
    assert np.exp(effective(by_hand().tables)[1]).tolist() == pytest.approx([0.8, 0.6 * 0.4, 0.25])


def test_sizes_are_told():
    model = by_hand()
    assert (model.order, model.rows, model.types) == (3, (5, 3, 1), (5, 2, 1))
    assert model.bytes == 8 * (9 + 9 + 8) + 4 * 9


GOOD = [table(range(V), [0] * V, [0.2] * V, [1] * V), table([3], [3], [0.5], [])]


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ([], "expected a table of order 1 with every id, got none"),
        ([GOOD[0], GOOD[1]._replace(keys=np.array([25]))], "keys or suffixes that no row of order 1 explains"),
        (
            [GOOD[0], GOOD[1]._replace(suffix=np.array([5], np.int32))],
            "keys or suffixes that no row of order 1 explains",
        ),
        ([GOOD[0], table([3, 3], [3, 3], [0.5, 0.5], [])], "keys or suffixes that no row of order 1 explains"),
        ([GOOD[0]._replace(log_backoff=np.zeros(0)), GOOD[1]], r"expected \(5, 5, 5\)"),
        ([GOOD[0]._replace(log_probability=np.full(V, np.nan)), GOOD[1]], "an id has no probability"),
    ],
)
def test_tables_that_do_not_fit_are_one_line(tables, message):
    with pytest.raises(ValueError, match=rf"^BackoffModel: .*{message}.*$"):
        BackoffModel(tables)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda model: model.score([0, 5], [0, 1]), "score: ids from 0 to 5, expected 0 to 4"),
        (lambda model: model.next([0, 3]), r"next: contexts of shape \(2,\), expected \(B, C\)"),
        (lambda model: model.next([[0, 7]]), "next: ids from 0 to 7, expected 0 to 4"),
    ],
)
def test_a_mistake_is_one_line(call, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        call(by_hand())
