import gzip
import json

import pytest

from keras_seq.datasets import BadRecord, Frames, InputError, Text, read_frames, read_voices

PIECES = {"train": [[[64, 60], []], [[72.0]]], "valid": [[[60]]], "test": [[[61]], [[62]]]}


@pytest.fixture
def write(tmp_path):
    def written(document, name="tunes.json"):
        content = (document if isinstance(document, str) else json.dumps(document)).encode()
        (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return tmp_path / name

    return written


@pytest.mark.parametrize("name", ["tunes.json", "tunes.json.gz"])
def test_pieces_are_frames_of_ascending_pitches(write, name):
    corpus = read_frames(write(PIECES, name))
    assert list(corpus.train) == [Frames(((60, 64), ())), Frames(((72,),))]
    assert (corpus.name, len(corpus.valid), len(corpus.test)) == ("tunes", 1, 2)


def test_two_voices_on_one_pitch_are_one_pitch(write):
    assert next(iter(read_frames(write({**PIECES, "train": [[[60, 60, 48]]]})).train)).frames == ((48, 60),)


def test_without_validation_pieces_a_part_is_held_out(write):
    corpus = read_frames(write({"train": [[[60]]] * 20}))
    assert (len(corpus.train), len(corpus.valid), len(corpus.test)) == (18, 2, 0)


def test_voices_are_text(write):
    document = {"train": [[[72, 67, 60, 48], [72, -1, 60, 48]]], "valid": [[[72, 67, 60, -1]]]}
    corpus = read_voices(write(document))
    assert list(corpus.train) == [Text("S72 A67 T60 B48 S72 A- T60 B48")]
    assert corpus.tokens == "whitespace"


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (
            {**PIECES, "test": [[[60]], [[60], [60, 128]]]},
            r"test piece 2, step 2: expected a list of MIDI .* got \[60, 128\]",
        ),
        ({**PIECES, "train": [[[-1]]]}, r"train piece 1, step 1: expected a list of MIDI pitches .* got \[-1\]"),
        ({**PIECES, "train": [[60]]}, "train piece 1, step 1: expected a list of MIDI pitches .* got 60"),
        ({**PIECES, "train": [{"a": 1}]}, "train piece 1: expected a list of steps, got {'a': 1}"),
        ({**PIECES, "valid": []}, r"valid: expected a list of pieces, got \[\]"),
        ({"valid": [[[60]]]}, r"expected an object with train and maybe valid and test, got \['valid'\]"),
        ({**PIECES, "dev": []}, "expected an object with train .* got .*'dev'"),
        ([[60]], r"expected an object with train .* got \[\[60\]\]"),
    ],
)
def test_another_structure_is_refused_with_its_place(write, document, message):
    with pytest.raises(InputError, match=rf"tunes\.json: {message}"):
        read_frames(write(document))


@pytest.mark.parametrize(
    ("content", "place"), [("", 1), ('{"train":\n [[[60]], }', 2), ("[" * 100_000, 1), ("1" * 5000, 1), ("not", 1)]
)
def test_what_is_not_json_is_refused_with_its_line(write, content, place):
    with pytest.raises(BadRecord, match=rf"tunes\.json:{place}: expected JSON"):
        read_frames(write(content))


@pytest.mark.parametrize("step", [[60, 61, 62], [60, 61, 62, 128], [60, 61, 62, -2], 60])
def test_a_step_of_other_than_four_voices_is_refused(write, step):
    with pytest.raises(InputError, match=r"train piece 2, step 1: expected four MIDI pitches \(0 to 127, or -1"):
        read_voices(write({"train": [[[72, 67, 60, 48]], [step]], "valid": [[[72, 67, 60, 48]]]}))
