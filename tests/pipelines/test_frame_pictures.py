"""Pictures of music."""

import pytest
from matplotlib.image import imread

from keras_seq.datasets import Frames, InputError
from keras_seq.pipelines.frame_pictures import notes, piano_roll

PIECE = Frames(((60, 64), (60,), (), (60,)))


def test_a_pitch_that_sounds_on_is_one_note():
    assert notes(PIECE) == [(0, 1, 64), (0, 2, 60), (3, 4, 60)]


def test_a_roll_grows_with_the_pieces(tmp_path):
    piano_roll({"one": PIECE}, tmp_path / "one.png", prompt=1)
    piano_roll({"one": PIECE, "two": PIECE}, tmp_path / "two.png")
    one, two = (imread(tmp_path / name) for name in ("one.png", "two.png"))
    assert one.shape[1] == two.shape[1]
    assert one.shape[0] < two.shape[0]


def test_what_was_given_is_drawn_otherwise(tmp_path):
    for prompt in (0, 1):
        piano_roll({"one": PIECE}, tmp_path / f"{prompt}.png", prompt=prompt)
    assert (imread(tmp_path / "0.png") != imread(tmp_path / "1.png")).any()


def test_silence_is_refused(tmp_path):
    with pytest.raises(InputError, match="piano roll: nothing sounds"):
        piano_roll({"one": Frames(((), ()))}, tmp_path / "one.png")
