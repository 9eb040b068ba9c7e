import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_seq.datasets import Frames, InputError, frames_from_voices, text_from_voices, voices_from_text

STEP = st.tuples(*[st.integers(-1, 127)] * 4)


def test_a_worked_example():
    steps = ((72, 67, 60, 48), (-1, 67, 60, 0))
    assert text_from_voices(steps) == "S72 A67 T60 B48 S- A67 T60 B0"
    assert voices_from_text("S72 A67 T60 B48 S- A67 T60 B0") == steps


@given(st.lists(STEP, min_size=1))
def test_text_says_all(steps):
    assert voices_from_text(text_from_voices(steps)) == tuple(steps)


def test_frames_are_the_pitches_that_sound():
    assert frames_from_voices([(72, 60, 60, -1), (-1, -1, -1, -1)]) == Frames(((60, 72), ()))


def test_no_text_is_no_step():
    assert voices_from_text("") == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("S72 T67 A60 B48", r"token 2: expected A and a MIDI pitch \(0 to 127\) or A-, got 'T67'"),
        ("S72 A67 T60 B48 72", "token 5: expected S and a MIDI pitch .* got '72'"),
        ("S128", "token 1: expected S .* got 'S128'"),
        ("S00000000060", "token 1: expected S .* got 'S00000000060'"),
        ("S", "token 1: expected S .* got 'S'"),
        ("S-1", "token 1: expected S .* got 'S-1'"),
        ("S٣", "token 1: expected S .* got 'S٣'"),
        ("<unk>", "token 1: expected S .* got '<unk>'"),
        ("S72 A67 T60 B48 S72", "expected four tokens for each step, got 5 tokens"),
    ],
)
def test_another_text_is_refused_with_the_token(text, message):
    with pytest.raises(InputError, match=message):
        voices_from_text(text)


@pytest.mark.parametrize("steps", ["S72", [], 7])
def test_voices_are_a_list(steps):
    with pytest.raises(InputError, match="voices: expected a list of steps"):
        text_from_voices(steps)
