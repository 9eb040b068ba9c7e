"""A piece as a line of text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_seq.datasets import Frames, InputError
from keras_seq.pipelines.frame_text import frames_of, text_of

STEPS = st.lists(st.sets(st.integers(0, 127)).map(sorted).map(tuple)).map(tuple)
CHORDS = ((60, 64, 67), (60, 64, 67), (), (62,))


def test_steps_stand_apart_and_pitches_are_joined():
    assert text_of(CHORDS) == "60+64+67 60+64+67 - 62"


@given(STEPS)
def test_a_line_gives_the_piece_back(steps):
    assert frames_of(text_of(Frames(steps))) == Frames(steps)


@pytest.mark.parametrize(
    "piece",
    [
        "60+64+67 67+60+64 - 62",
        "  60+64+67\t60+64+67+67 -\n62 ",
        Frames(CHORDS),
        CHORDS,
        [[67, 64, 60]] * 2 + [[], [62.0]],
    ],
)
def test_all_ways_of_writing_are_one_piece(piece):
    assert frames_of(piece) == Frames(CHORDS)


@pytest.mark.parametrize("nothing", ["", "  ", (), [], Frames(())])
def test_a_piece_may_be_empty(nothing):
    assert frames_of(nothing) == Frames(())


@pytest.mark.parametrize("word", ["60+", "128", "-1", "+", "C4", "60+x", "--", "6 0+-".split()[1], "６０", "1" * 30])
def test_a_word_that_is_no_step_is_refused(word):
    with pytest.raises(InputError, match="tune, step 2: expected MIDI pitches") as error:
        frames_of(f"60 {word} 62", "tune")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("piece", [[60, 64], [(60, 128)], [("60",)], 7, None])
def test_what_is_no_list_of_steps_is_refused(piece):
    with pytest.raises(InputError, match="tune"):
        frames_of(piece, "tune")
