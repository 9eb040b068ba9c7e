"""What is said of a translation, in the user's terms."""

import json

import numpy as np
import pytest
from matplotlib.image import imread

from keras_seq.datasets import InputError
from keras_seq.pipelines import TranslatedText
from keras_seq.pipelines.translated_text import translate_texts

ROW = {
    "translations": np.array([[b"der Hund", b"ein Hund", b""]]),
    "scores": np.array([[-0.5, -1.5, -np.inf]], np.float32),
    "log_probabilities": np.array([[-1.0, -3.0, -np.inf]], np.float32),
    "finished": np.array([[True, False, False]]),
    "lengths": np.array([[3, 2, 0]], np.int32),
    "truncated": np.array([True]),
    "source_lengths": np.array([2], np.int32),
    "source_units": np.array([["狗".encode(), b"</s>", b""]]),
    "target_units": np.array([[[b"der", b"Hund", b"</s>"], [b"ein", b"Hund", b""], [b"", b"", b""]]]),
    "alignment": np.arange(27, dtype=np.float32).reshape(1, 3, 3, 3),
}


def serve(texts):
    return {name: np.repeat(value, len(texts), axis=0) for name, value in ROW.items()}


def test_one_string_gives_one():
    found = translate_texts("狗", serve)
    assert isinstance(found, TranslatedText)
    assert str(found) == found.translation == "der Hund"
    assert (found.text, found.score, found.log_probability) == ("狗", -0.5, -1.0)
    assert (found.finished, found.truncated) == (True, True)
    assert (found.source_units, found.target_units) == (["狗", "</s>"], ["der", "Hund", "</s>"])
    np.testing.assert_array_equal(found.alignment, [[0, 1], [3, 4], [6, 7]])


def test_several_give_a_list_in_their_order():
    assert [found.text for found in translate_texts(["bb", "a", "ccc"], serve)] == ["bb", "a", "ccc"]
    assert translate_texts([], serve) == []


@pytest.mark.parametrize(("n_best", "count"), [(1, 1), (2, 2), (3, 2)])
def test_lists_have_no_more_than_there_are(n_best, count):
    found = translate_texts("狗", serve, n_best)
    assert [each.translation for each in found] == ["der Hund", "ein Hund"][:count]
    assert translate_texts(["狗"], serve, n_best)[0][0].translation == "der Hund"


def test_as_plain_values():
    found = translate_texts("狗", serve)
    plain = {"text": "狗", "translation": "der Hund", "score": -0.5, "log_probability": -1.0}
    plain |= {"finished": True, "truncated": True}
    assert json.loads(json.dumps(found.as_dict())) == plain
    units = {"source_units": ["狗", "</s>"], "target_units": ["der", "Hund", "</s>"]}
    aligned = {**plain, **units, "alignment": [[0, 1], [3, 4], [6, 7]]}
    assert json.loads(json.dumps(found.as_dict(alignment=True))) == aligned


def test_the_alignment_is_drawn(tmp_path):
    translate_texts("狗", serve).png(tmp_path / "a.png")
    assert imread(tmp_path / "a.png").shape[0] > 100


@pytest.mark.parametrize("texts", [3, None, ["a", 4], "\ud800"])
def test_what_is_no_text_is_refused(texts):
    with pytest.raises(InputError):
        translate_texts(texts, serve)
