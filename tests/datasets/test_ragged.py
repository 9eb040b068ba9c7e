"""Rows of different lengths, in memory and in a temporary file."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_seq.datasets import Ragged, RaggedWriter

ROWS = [[5], [], [6, 7, 8], [9, 9]]
CHUNKS = st.lists(st.lists(st.lists(st.integers(-9, 9), max_size=4), max_size=4), max_size=5)


def written(chunks, in_memory, tail=()):
    """What a writer makes of chunks of rows; each value repeated to the shape `tail`."""
    writer = RaggedWriter(in_memory)
    for rows in chunks:
        values = np.array([value for row in rows for value in row], np.int32)
        values = np.broadcast_to(values.reshape(-1, *[1] * len(tail)), (len(values), *tail))
        writer.append(values, np.array([len(row) for row in rows], np.int64))
    return writer.finish()


@pytest.fixture(params=[0, 1 << 20], ids=["file", "memory"])
def ragged(request):
    return written([ROWS[:2], ROWS[2:]], request.param)


def test_rows_come_back(ragged):
    assert [ragged[row].tolist() for row in range(len(ragged))] == ROWS


def test_lengths_are_those_of_the_rows(ragged):
    assert ragged.lengths.tolist() == [len(row) for row in ROWS]


def test_padding_fills_every_row_and_row_minus_one_whole(ragged):
    padded = ragged.pad(np.array([2, -1, 1, 0]), 4, -3)
    assert padded.tolist() == [[6, 7, 8, -3], [-3] * 4, [-3] * 4, [5, -3, -3, -3]]
    assert padded.dtype == np.int32


def test_values_may_have_dimensions_of_their_own():
    padded = written([ROWS], 0, tail=(2,)).pad(np.array([3]), 3, 0)
    assert padded.tolist() == [[[9, 9], [9, 9], [0, 0]]]


@given(CHUNKS, st.sampled_from([0, 4, 8, 40]))
def test_a_file_holds_what_memory_holds(chunks, in_memory):
    spilled, kept = written(chunks, in_memory), written(chunks, 1 << 20)
    np.testing.assert_array_equal(spilled.splits, kept.splits)
    np.testing.assert_array_equal(spilled.values, kept.values)
    assert spilled.values.dtype == kept.values.dtype


def test_a_large_column_leaves_memory_and_a_small_one_stays():
    assert isinstance(written([ROWS], 23).values, np.memmap)  # six values of four bytes
    assert not isinstance(written([ROWS], 24).values, np.memmap)


def test_the_file_outlives_its_writer_and_leaves_no_name(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    column = written([ROWS] * 1000, 0)
    assert not list(tmp_path.iterdir())
    assert column[3998].tolist() == [6, 7, 8]


def test_nothing_written_is_no_rows():
    assert len(RaggedWriter().finish()) == 0


def test_rows_are_views():
    column = Ragged(np.array([5, 6, 7]), np.array([0, 1, 3]))
    assert np.shares_memory(column[1], column.values)
