"""Pitches as rows of 0 and 1, and which pitches have a place."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_seq.datasets import Frames, InputError, Text
from keras_seq.pipelines.frame_pitches import PitchRange, learn_range

STEPS = st.lists(st.sets(st.integers(60, 70)).map(sorted).map(tuple)).map(tuple)


def test_each_pitch_has_a_place():
    rows, outside = PitchRange(60, 62).rows([(60, 62), (), (61,)])
    np.testing.assert_array_equal(rows, [[1, 0, 1], [0, 0, 0], [0, 1, 0]])
    assert outside == 0


@given(STEPS)
def test_rows_give_the_pitches_back(steps):
    pitches = PitchRange(60, 70)
    assert pitches.frames(pitches.rows(steps)[0]) == steps


def test_pitches_without_a_place_are_counted():
    rows, outside = PitchRange(60, 62).rows([(59, 60, 63), (63,)])
    np.testing.assert_array_equal(rows, [[1, 0, 0], [0, 0, 0]])
    assert outside == 3


@pytest.mark.parametrize(
    ("kind", "margin", "low", "high"),
    [("piano", 0, 21, 108), ("midi", 0, 0, 127), ("seen", 0, 50, 70), ("seen", 3, 47, 73), ("seen", 99, 0, 127)],
)
def test_ranges(kind, margin, low, high):
    assert learn_range([Frames(((70,), ())), Frames(((50, 60),))], kind, margin) == PitchRange(low, high)


def test_nothing_that_sounds_gives_no_range():
    with pytest.raises(InputError, match="pitches=seen: nothing sounds in the training pieces"):
        learn_range([Frames(((), ()))], "seen", 0)


def test_pieces_lie_one_after_the_other():
    rows, outside = PitchRange(60, 61).encode((Frames(((60,), (61,))), Frames(((62,),))), "music")
    np.testing.assert_array_equal(rows.values, [[1, 0], [0, 1], [0, 0]])
    np.testing.assert_array_equal(rows.lengths, [2, 1])
    assert outside == 1


def test_text_is_refused():
    with pytest.raises(InputError, match="music: examples are Text, expected Frames"):
        PitchRange(60, 61).encode((Text("la la"),), "music")
