"""A stream as rows side by side: nothing is lost, nothing is read twice, and each row goes on where it ended."""

import numpy as np
import pytest

from keras_seq.pipelines.token_stream import TokenStream, overlapping_rows

FIRST = 99
SIZES = [(1, 1, 1), (5, 2, 3), (7, 20, 4), (40, 4, 5), (41, 4, 5), (100, 3, 35), (24, 4, 6), (21, 20, 35)]


def stream(count, rows, steps, seed=0):
    return TokenStream(np.arange(count), rows, steps, FIRST, seed)


def epochs(size):
    """Of several epochs, which cut elsewhere: all windows' inputs and targets as long rows, (B, T) each."""
    for epoch in range(6):
        windows = list(stream(*size).epoch(epoch))
        yield [np.concatenate([window[name] for window in windows], axis=1) for name in ("inputs", "targets")]


@pytest.mark.parametrize("size", SIZES)
class TestAnEpoch:
    def test_every_token_is_a_target_once_and_in_order(self, size):
        for _, targets in epochs(size):
            assert targets[targets >= 0].tolist() == list(range(size[0]))

    def test_the_input_is_the_token_before_it(self, size):
        for inputs, targets in epochs(size):
            assert inputs[targets >= 0].tolist() == [FIRST, *range(size[0] - 1)]

    def test_whatever_is_read_is_text_in_its_order(self, size):
        for inputs, _ in epochs(size):
            last = size[0] - 1  # behind the last token the text begins anew, FIRST in the last one's place
            read = np.where(inputs == FIRST, last, inputs)
            assert (np.diff(read, axis=1) % size[0] == 1 % size[0]).all()
            assert (inputs == FIRST).any()

    def test_a_row_goes_on_where_it_ended(self, size):
        for _, targets in epochs(size):
            for row in targets:
                assert (np.diff(np.flatnonzero(row >= 0)) == 1).all()

    def test_windows_are_as_many_and_as_wide_as_was_said(self, size):
        cut = stream(*size)
        windows = list(cut.epoch(1))
        assert len(windows) == cut.steps
        assert {window["inputs"].shape for window in windows} == {size[1:]}

    def test_the_first_window_is_new(self, size):
        assert [window["new"] for window in stream(*size).epoch(1)] == [1, *[0] * (stream(*size).steps - 1)]


def test_the_cuts_differ_by_epoch_and_repeat_by_seed():
    places = [next(stream(100, 2, 35, seed).epoch(epoch))["targets"].tolist() for seed in (3, 3, 4) for epoch in (0, 1)]
    assert places[0] == places[2]
    assert places[1] == places[3]
    assert places[0] != places[1]
    assert places[0] != places[4]


def test_each_place_of_a_window_is_a_token_s_in_some_epoch():
    begins = {int(np.argmax(next(stream(50, 1, 6).epoch(epoch))["targets"] >= 0)) for epoch in range(60)}
    assert begins == set(range(6))


def test_a_dataset_is_one_epoch_after_another():
    cut = stream(20, 2, 4)
    found = list(cut.dataset().take(2 * cut.steps).as_numpy_iterator())
    expected = [window for epoch in (0, 1) for window in cut.epoch(epoch)]
    for one, other in zip(found, expected, strict=True):
        for name in ("inputs", "targets", "new"):
            np.testing.assert_array_equal(one[name], other[name])


@pytest.mark.parametrize("count", [1, 3, 16, 17, 31, 32, 47, 48, 64, 200, 1001])
class TestOverlappingRows:
    WARM = 4

    def test_every_token_is_a_target_once_and_in_order(self, count):
        rows = overlapping_rows(np.arange(count), 3, self.WARM, FIRST)
        assert rows.targets[rows.targets >= 0].tolist() == list(range(count))
        assert rows.in_order(rows.targets).tolist() == list(range(count))

    def test_each_row_has_the_tokens_before_it_to_warm_up(self, count):
        rows = overlapping_rows(np.arange(count), 3, self.WARM, FIRST)
        assert (rows.targets[:, : self.WARM] == -1).all()
        stream = [FIRST, *range(count)]  # the input of each token
        for inputs, targets in zip(rows.inputs, rows.targets, strict=True):
            for place in np.flatnonzero(targets >= 0):
                before = inputs[max(0, place - self.WARM) : place + 1]
                expected = stream[max(0, targets[place] - self.WARM) : targets[place] + 1]
                assert before[-len(expected) :].tolist() == expected

    def test_no_row_is_shorter_than_its_warming_up(self, count):
        rows = overlapping_rows(np.arange(count), 3, self.WARM, FIRST)
        assert len(rows.inputs) == max(1, min(3, count // (4 * self.WARM)))
        assert not rows.inputs.shape[1] % self.WARM
