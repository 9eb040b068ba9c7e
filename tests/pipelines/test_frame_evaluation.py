"""The figures of music, from NLLs that are given."""

import numpy as np
import pytest

from keras_seq.datasets import InputError, Ragged
from keras_seq.pipelines.frame_evaluation import frame_evaluation
from keras_seq.pipelines.frame_pitches import PitchRange

PITCHES = PitchRange(21, 108)


def figures(pieces, hits=(0, 0, 0), outside=0):
    values = np.array([value for piece in pieces for value in piece], float)
    splits = np.cumsum([0, *map(len, pieces)])
    return frame_evaluation(Ragged(values, splits), np.array(hits), outside, PITCHES)


def test_every_frame_weighs_the_same():
    found = figures([[8, 2, 2], [], [6]])
    assert found["nll_per_frame"] == pytest.approx(18 / 4)
    assert found["nll_per_frame_after_first"] == pytest.approx(4 / 2)
    assert found["nll_per_frame_by_piece"] == pytest.approx((12 / 3 + 6) / 2)
    assert (found["pieces"], found["frames"]) == (3, 4)


def test_accuracy_leaves_out_what_is_rightly_silent():
    assert figures([[1.0]], hits=(3, 1, 2))["accuracy"] == pytest.approx(3 / 6)


def test_what_nothing_says_anything_of_is_no_number():
    found = figures([[1.0], [2.0]])
    assert np.isnan(found["accuracy"])
    assert np.isnan(found["nll_per_frame_after_first"])


@pytest.mark.parametrize("pieces", [[], [[]]])
def test_no_frames_are_refused(pieces):
    with pytest.raises(InputError, match="no frames to evaluate, expected at least one"):
        figures(pieces)


@pytest.mark.parametrize(("outside", "said"), [(1, "1 pitch lies outside 21 to 108"), (5, "5 pitches lie outside")])
def test_pitches_outside_are_counted_and_said(outside, said):
    found = figures([[1.0]], outside=outside)
    assert found["pitches_outside"] == outside
    assert found.notes[0].startswith(said)
    assert "infinite" in found.notes[0]
