"""Batches: every example once, in few shapes, in an order that the seed and the epoch decide."""

from math import log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_seq.datasets import Batches, Ragged


def words(lengths):
    """Row i holds i + 1 throughout."""
    lengths = np.array(lengths, np.int64)
    return Ragged(np.repeat(np.arange(1, len(lengths) + 1, dtype=np.int32), lengths), np.append(0, np.cumsum(lengths)))


def unread(lengths):
    """Rows of these lengths whose values take no room."""
    return Ragged(np.broadcast_to(np.int32(0), sum(lengths)), np.append(0, np.cumsum(lengths, dtype=np.int64)))


def cells(plans):
    return sum(plan.length * len(plan.rows) for plan in plans)


def same(one, other):
    return one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)


LENGTHS = np.random.default_rng(0).integers(0, 30, 203)
CASES = given(
    st.lists(st.integers(0, 40), min_size=1, max_size=80),
    st.integers(1, 17),
    st.integers(1, 6),
    st.none() | st.integers(0, 9),
)


@CASES
def test_an_epoch_has_each_example_once(lengths, batch_size, buckets, seed):
    batches = Batches({"words": words(lengths)}, batch_size, buckets=buckets, seed=seed)
    for epoch in (0, 3):
        rows = np.concatenate([batch["row"] for batch in batches.epoch(epoch)])
        assert sorted(rows[rows >= 0]) == list(range(len(lengths)))


@CASES
def test_shapes_are_few(lengths, batch_size, buckets, seed):
    batches = Batches({"words": words(lengths)}, batch_size, buckets=buckets, seed=seed)
    shapes = {batch["words"].shape for epoch in range(3) for batch in batches.epoch(epoch)}
    assert len(shapes) <= buckets + log2(max(1, *lengths, 1))
    assert all(rows <= batch_size and length >= 1 for rows, length in shapes)


@given(
    st.lists(st.sampled_from([0, 1, 2, 3, 5, 17, 60, 400, 3000, 40_000]), min_size=1, max_size=60),
    st.integers(1, 17),
    st.integers(1, 6),
)
def test_shapes_and_padding_are_bounded_whatever_the_lengths(lengths, batch_size, buckets):
    plans = Batches({"words": unread(lengths)}, batch_size, buckets=buckets).plan(0)
    assert len({(plan.length, len(plan.rows)) for plan in plans}) <= buckets + log2(max(1, *lengths, 1))
    assert cells(plans) <= 6 * sum(max(length, 1) for length in lengths)
    for plan in plans:
        rows = plan.rows[plan.rows >= 0]
        assert max(lengths[row] for row in rows) <= plan.length
        assert plan.length in (1, *lengths)
        assert len(plan.rows) == 1 or plan.length * len(plan.rows) <= 512 * batch_size


def test_one_long_sentence_is_a_batch_of_its_own():
    short = np.random.default_rng(0).poisson(11, 4478)
    alone = Batches({"words": unread(short)}, 32).plan(0)
    plans = Batches({"words": unread([*short, 3000])}, 32).plan(0)
    assert [plan.rows.tolist() for plan in plans if plan.length == 3000] == [[4478]]
    assert cells(plans) <= cells(alone) + 3000 + 32 * 6 * max(short)  # at most one more batch in each bucket


def test_long_rows_make_small_batches():
    rows = {
        length: len(Batches({"words": unread([length] * 64)}, 32).plan(0)[0].rows)
        for length in (512, 513, 1024, 1025, 16_384, 16_385, 99_999)
    }
    assert rows == {512: 32, 513: 16, 1024: 16, 1025: 8, 16_384: 1, 16_385: 1, 99_999: 1}


@pytest.mark.parametrize("longest", [10, 15])
def test_usual_lengths_are_cut_at_their_quantiles_alone(longest):
    lengths = [1] * 11 + [2] * 10 + [3] * 10 + [4] * 10 + [5] * 10 + [6] * 9 + [longest]
    plans = Batches({"words": unread(lengths)}, 4).plan(0)
    assert sorted({plan.length for plan in plans}) == [1, 2, 3, 4, 5, longest]


@CASES
def test_a_batch_holds_its_rows_and_padding(lengths, batch_size, buckets, seed):
    column = words(lengths)
    extra = np.arange(len(lengths), dtype=np.float32) + 0.5
    batches = Batches({"words": column, "extra": extra}, batch_size, {"words": -7, "extra": -1}, buckets, seed)
    for batch in batches.epoch(1):
        for place, row in enumerate(batch["row"]):
            real = row >= 0
            expected = [row + 1] * lengths[row] if real else []
            assert batch["words"][place].tolist() == expected + [-7] * (batch["words"].shape[1] - len(expected))
            assert batch["weight"][place] == (1.0 if real else 0.0)
            assert batch["extra"][place] == (extra[row] if real else -1)


@CASES
def test_less_than_a_batch_of_each_bucket_is_padding(lengths, batch_size, buckets, seed):
    batches = Batches({"words": words(lengths)}, batch_size, buckets=buckets, seed=seed)
    padding = {}
    for batch in batches.epoch(0):
        length = batch["words"].shape[1]
        padding[length] = padding.get(length, 0) + int((batch["row"] < 0).sum())
        assert (batch["row"] >= 0).any()
    assert all(rows < batch_size for rows in padding.values())


def test_steps_are_the_batches_of_an_epoch():
    batches = Batches({"words": words(LENGTHS)}, 16, seed=1)
    assert {len(list(batches.epoch(epoch))) for epoch in range(4)} == {batches.steps}


def test_the_seed_and_the_epoch_decide_the_order():
    def rows(seed, epoch):
        return np.concatenate(
            [plan.rows for plan in Batches({"words": words(LENGTHS)}, 8, seed=seed).plan(epoch)]
        ).tolist()

    assert rows(1, 4) == rows(1, 4)
    assert len({tuple(rows(seed, epoch)) for seed in (0, 1) for epoch in (0, 1)}) == 4


def test_batches_of_all_lengths_mix():
    lengths = [plan.length for plan in Batches({"words": words(LENGTHS)}, 8, seed=0).plan(0)]
    assert lengths != sorted(lengths)


def test_without_a_seed_the_order_within_a_bucket_is_that_of_the_examples():
    batches = Batches({"words": words(LENGTHS)}, 8)
    for length in {plan.length for plan in batches.plan(0)}:
        rows = np.concatenate([plan.rows for plan in batches.plan(5) if plan.length == length])
        assert rows[rows >= 0].tolist() == sorted(rows[rows >= 0])


@pytest.mark.parametrize(("epoch", "step"), [(0, 0), (0, 5), (1, 0), (2, -1)])
def test_a_stream_goes_on_where_an_unbroken_one_would(epoch, step):
    batches = Batches({"words": words(LENGTHS)}, 16, seed=3)
    step %= batches.steps
    unbroken = list(batches.stream().take(5 * batches.steps).as_numpy_iterator())
    resumed = list(batches.stream(epoch, step).take(batches.steps + 2).as_numpy_iterator())
    begin = epoch * batches.steps + step
    assert all(same(one, other) for one, other in zip(resumed, unbroken[begin : begin + len(resumed)], strict=True))


def test_a_stream_is_the_epochs_one_after_another():
    batches = Batches({"words": words(LENGTHS)}, 16, seed=2)
    found = list(batches.stream().take(2 * batches.steps).as_numpy_iterator())
    expected = [*batches.epoch(0), *batches.epoch(1)]
    assert all(same(one, other) for one, other in zip(found, expected, strict=True))


def test_a_stream_s_length_is_open_and_its_width_is_not():
    columns = {
        "words": words([2, 1]),
        "characters": Ragged(np.ones((3, 4), np.int32), np.array([0, 2, 3])),
        "label": np.array([0, 1]),
    }
    shapes = {name: spec.shape.as_list() for name, spec in Batches(columns, 2).stream().element_spec.items()}
    expected = {"words": [None, None], "characters": [None, None, 4], "label": [None], "weight": [None], "row": [None]}
    assert shapes == expected


def test_a_small_bucket_takes_a_small_batch():
    shapes = {batch["words"].shape for batch in Batches({"words": words([3] * 5)}, 64, buckets=1).epoch(0)}
    assert shapes == {(8, 3)}


def test_no_examples_are_no_batches():
    assert Batches({"words": words([])}, 4).steps == 0


def test_columns_of_different_lengths_are_padded_each_to_its_own():
    """Source and target of a bucket: the longer of the two places a row, neither is padded to the other's length."""
    short, long = words([1, 2, 1]), words([4, 5, 3])
    batches = Batches({"source": short, "target": long}, batch_size=4, buckets=1)
    (batch,) = batches.epoch(0)
    assert batch["source"].shape == (4, 2)
    assert batch["target"].shape == (4, 5)
    assert batches.lengths.tolist() == [4, 5, 3]
