"""Expected bytes are from the Standard MIDI Files 1.0 specification, not from the library that writes them."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_seq.datasets import Frames, InputError, read_midi, write_midi

STEPS = st.lists(st.frozensets(st.integers(0, 127), max_size=5), min_size=1, max_size=30).filter(any)


def file_of(*tracks, kind=1, beat=96):
    """The bytes of a file of these tracks; the end of each is added."""
    chunks = [b"MTrk" + struct.pack(">I", len(track) + 4) + track + b"\x00\xff\x2f\x00" for track in tracks]
    return b"MThd" + struct.pack(">IHHH", 6, kind, len(tracks), beat) + b"".join(chunks)


@pytest.fixture
def read(tmp_path):
    def found(content, **options):
        (tmp_path / "in.mid").write_bytes(content)
        return read_midi(tmp_path / "in.mid", **options).frames

    return found


def test_a_held_note_is_struck_once(tmp_path):
    write_midi(tmp_path / "a.mid", [[60], [60], []], tempo=120, step=1, program=19)
    track = (
        b"\x00\xff\x51\x03\x07\xa1\x20"  # 500,000 microseconds a beat
        b"\x00\xc0\x13"
        b"\x00\x90\x3c\x50"
        b"\x87\x40\x80\x3c\x50"  # 960 ticks later
        b"\x83\x60\xff\x2f\x00"  # 480 ticks of silence
    )
    header = b"MThd\x00\x00\x00\x06\x00\x00\x00\x01\x01\xe0"
    assert (tmp_path / "a.mid").read_bytes() == header + b"MTrk" + struct.pack(">I", len(track)) + track


@given(STEPS, st.sampled_from([0.25, 1, 1 / 3, 1 / 480, 0.3]))
def test_what_is_written_is_read(tmp_path_factory, steps, step):
    path = tmp_path_factory.mktemp("midi") / "a.mid"
    frames = Frames(tuple(tuple(sorted(pitches)) for pitches in steps))
    write_midi(path, frames, step=step)
    assert read_midi(path, step=step) == frames


def test_tracks_and_channels_sound_together(read):
    high = b"\x00\x90\x48\x40\x60\x80\x48\x40"  # C5 for one beat
    low = b"\x00\x91\x30\x40\x81\x40\x81\x30\x40"  # C3 for two
    assert read(file_of(high, low), step=1) == ((48, 72), (48,))


def test_running_status_and_velocity_0_end_a_note(read):
    assert read(file_of(b"\x00\x90\x3c\x40\x60\x3c\x00\x00\x3e\x40\x60\x3e\x00"), step=1) == ((60,), (62,))


def test_notes_begin_and_end_at_the_nearest_step(read):
    assert read(file_of(b"\x32\x90\x3c\x40\x60\x80\x3c\x40"), step=1) == ((), (60,))  # from tick 50 to 146 of 96 a beat


def test_a_short_note_sounds_for_a_step(read):
    assert read(file_of(b"\x00\x90\x3c\x40\x01\x80\x3c\x40"), step=1) == ((60,),)


def test_a_note_that_nothing_ends_sounds_to_the_end(read):
    assert read(file_of(b"\x00\x90\x3c\x40\x60\x90\x3e\x40\x60\x80\x3e\x40"), step=1) == ((60,), (60, 62))


def test_drums_are_left_out(read):
    drums = b"\x00\x99\x24\x40\x60\x89\x24\x40"
    assert read(file_of(drums, b"\x00\x90\x3c\x40\x60\x80\x3c\x40"), step=1) == ((60,),)
    with pytest.raises(InputError, match=r"in\.mid: expected notes, got none"):
        read(file_of(drums))


WHOLE = file_of(b"\x00\x90\x3c\x40\x60\x80\x3c\x40")


@pytest.mark.parametrize(
    "content",
    [b"", b"RIFF" + WHOLE[4:], WHOLE.replace(b"\x90", b"\xf5"), file_of(b"\x00\xff\x59\x02\x7f\x00"), b"\0" * 99],
)
def test_what_is_not_midi_is_refused(read, content):
    with pytest.raises(InputError, match=r"in\.mid: expected a MIDI file, got something else or a part of one \("):
        read(content)


@pytest.mark.parametrize("length", range(len(WHOLE)))
def test_a_file_cut_short_is_refused(read, length):
    with pytest.raises(InputError, match=r"in\.mid: expected a MIDI file"):
        read(WHOLE[:length])


@pytest.mark.parametrize("options", [{"kind": 2}, {"beat": 0}, {"beat": 0xE728}])
def test_tracks_one_after_another_and_seconds_are_refused(read, options):
    with pytest.raises(InputError, match="expected tracks that sound together, in parts of a beat"):
        read(file_of(b"\x00\x90\x3c\x40\x60\x80\x3c\x40", **options))


def test_a_file_without_end_is_refused(read):
    with pytest.raises(InputError, match="expected at most 100000 steps, got 11184811 of 0"):
        read(file_of(b"\x00\x90\x3c\x40\xff\xff\xff\x7f\x80\x3c\x40"))


def test_a_missing_file(tmp_path):
    with pytest.raises(InputError, match=r"none\.mid: cannot read \(No such file or directory\)"):
        read_midi(tmp_path / "none.mid")


@pytest.mark.parametrize(
    ("frames", "options", "message"),
    [
        ([[60], [200]], {}, r"frames, step 2: expected a list of MIDI pitches \(0 to 127\), got \[200\]"),
        ([], {}, r"frames: expected a list of steps, got \[\]"),
        ([[60]], {"tempo": 0}, "tempo=0: expected a number from 4 to 1000"),
        ([[60]], {"step": 0.001}, "step=0.001: expected a number from 0.002083 to 64"),
        ([[60]], {"program": 128}, "program=128: expected a number from 0 to 127"),
        ([[60]], {"tempo": float("nan")}, "tempo=nan: expected"),
    ],
)
def test_a_mistake_leaves_no_file(tmp_path, frames, options, message):
    with pytest.raises(InputError, match=message):
        write_midi(tmp_path / "a.mid", frames, **options)
    assert not list(tmp_path.iterdir())
