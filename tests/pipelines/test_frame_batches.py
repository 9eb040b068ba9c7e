"""Pieces in batches: nothing is lost, and each is moved as a whole, by no more than was asked for and there is room for."""

import numpy as np
import pytest

from keras_seq.datasets import Frames
from keras_seq.pipelines.frame_batches import FrameBatches
from keras_seq.pipelines.frame_pitches import PitchRange

PITCHES = PitchRange(60, 79)
PIECES = [
    Frames(((70, 72), (71,), ())),
    Frames(((62,),)),
    Frames(((65, 78), (65,))),
    Frames(((), ())),
    Frames(((60, 79),)),
]


def batches(**options):
    return FrameBatches(PITCHES.encode(PIECES, "music")[0], 2, **options)


def pieces(cut, epoch):
    """Each piece's frames as the batches of an epoch have them."""
    found = {}
    for batch in cut.epoch(epoch):
        for rows, weight, row in zip(batch["frames"], batch["weight"], batch["row"], strict=True):
            assert not rows[weight == 0].any()
            if row >= 0:
                found[row] = PITCHES.frames(rows[weight > 0])
    return [found[row] for row in range(len(PIECES))]


def test_every_piece_comes_once_as_it_is():
    assert pieces(batches(), 0) == [piece.frames for piece in PIECES]


def test_each_piece_is_moved_as_a_whole():
    cut = batches(seed=3, transpose=4)
    for epoch in range(20):
        for piece, moved, shift in zip(PIECES, pieces(cut, epoch), cut.shifts(epoch), strict=True):
            assert moved == tuple(tuple(pitch + shift for pitch in step) for step in piece.frames)


def test_every_move_that_there_is_room_for_comes_and_no_other():
    cut = batches(seed=0, transpose=4)
    seen = np.stack([cut.shifts(epoch) for epoch in range(200)])
    rooms = [(-4, 4), (-2, 4), (-4, 1), (0, 0), (0, 0)]
    assert [sorted(set(column)) for column in seen.T] == [list(range(low, high + 1)) for low, high in rooms]


def test_moves_are_those_of_the_seed_and_the_epoch():
    first, again, other = (batches(seed=seed, transpose=4) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.shifts(5), again.shifts(5))
    assert any((first.shifts(epoch) != other.shifts(epoch)).any() for epoch in range(5))
    assert any((first.shifts(epoch) != first.shifts(epoch + 1)).any() for epoch in range(5))


@pytest.mark.parametrize("options", [{"transpose": 4}, {"seed": 1}])
def test_without_seed_or_semitones_nothing_moves(options):
    assert not batches(**options).shifts(3).any()


def test_the_stream_gives_the_epochs_one_after_the_other():
    cut = batches(seed=1, transpose=4)
    found = list(cut.stream().take(2 * cut.steps).as_numpy_iterator())
    for batch, expected in zip(found, [*cut.epoch(0), *cut.epoch(1)], strict=True):
        for name, value in expected.items():
            np.testing.assert_array_equal(batch[name], value)
