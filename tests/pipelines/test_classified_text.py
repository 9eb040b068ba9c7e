"""What a classifier says, in the user's terms."""

import json

import numpy as np
import pytest

from keras_seq.datasets import InputError
from keras_seq.pipelines import ClassifiedText
from keras_seq.pipelines.classified_text import classify_texts

ONE = {
    "labels": np.array([b"bad", "größer".encode()], object),
    "probabilities": np.array([0.25, 0.75], np.float32),
    "label": "größer".encode(),
    "probability": np.float32(0.75),
    "truncated": np.True_,
}
SEVERAL = {
    "labels": np.array([b"a", b"b", b"c"], object),
    "probabilities": np.array([0.5, 0.25, 0.75], np.float32),
    "chosen": np.array([True, False, True]),
    "truncated": np.False_,
}


def test_one_label():
    found = ClassifiedText.of("text", ONE)
    assert found == ClassifiedText("text", "größer", 0.75, {"bad": 0.25, "größer": 0.75}, True)
    assert str(found) == "größer\t0.7500"


def test_several_labels_are_as_probable_as_just_these():
    found = ClassifiedText.of("text", SEVERAL)
    assert found.label == ("a", "c")
    assert found.probability == pytest.approx(0.5 * 0.75 * 0.75)
    assert str(found) == "a,c\t0.2812"


def test_no_label_is_an_empty_tuple():
    found = ClassifiedText.of("text", {**SEVERAL, "chosen": np.zeros(3, bool)})
    assert found.label == ()
    assert found.probability == pytest.approx(0.5 * 0.75 * 0.25)


@pytest.mark.parametrize("row", [ONE, SEVERAL])
def test_it_goes_to_json(row):
    found = ClassifiedText.of("text", row)
    read = json.loads(json.dumps(found.as_dict()))
    assert read["label"] == (found.label if isinstance(found.label, str) else list(found.label))
    assert read["probabilities"] == found.probabilities
    assert set(read) == {"text", "label", "probability", "probabilities", "truncated"}


def test_answers_are_in_the_order_of_the_texts():
    def serve(batch):
        rows = {name: np.stack([value] * len(batch)) for name, value in SEVERAL.items()}
        return {**rows, "probabilities": np.array([[len(text)] * 3 for text in batch])}

    found = classify_texts(["long text", "", "text"], serve)
    assert [(each.text, each.probabilities["a"]) for each in found] == [("long text", 9), ("", 0), ("text", 4)]
    assert classify_texts("text", serve) == found[2]


@pytest.mark.parametrize("texts", [3, ["a", None], "\ud800"])
def test_what_is_no_text_is_refused(texts):
    with pytest.raises(InputError):
        classify_texts(texts, lambda batch: {})
