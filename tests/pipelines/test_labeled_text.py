"""What a labeller says of one text."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from keras_seq.pipelines import LabeledText, TextSpan
from keras_seq.pipelines.labeled_text import code_points


@given(st.text())
@example("")
@example("ascii")
@example("我 é e\u0301 👩‍👩‍👧 \U0010ffff")
def test_byte_offsets_become_code_points(text):
    borders = range(len(text) + 1)
    assert code_points(text, [len(text[:border].encode()) for border in borders]) == list(borders)


@pytest.fixture
def found():
    return LabeledText(
        text="to New York now",
        tokens=["to", "New", "York", "now"],
        labels=["O", "B-city", "I-city", "B-time"],
        probabilities=[0.9, 0.8, 0.5, 0.75],
        offsets=[(0, 2), (3, 6), (7, 11), (12, 15)],
        label="book",
        label_probability=0.5,
    )


def test_a_span_reaches_from_its_first_token_to_its_last(found):
    assert found.spans == [TextSpan("city", "New York", 3, 11, 0.5), TextSpan("time", "now", 12, 15, 0.75)]


def test_a_person_reads_the_label_and_the_spans(found):
    assert str(found) == "[book]  city=New York  time=now"


def test_a_person_reads_that_there_are_no_spans():
    assert str(LabeledText("a", ["a"], ["O"], [1.0], [(0, 1)])) == "-"


def test_json_has_everything(found):
    read = json.loads(json.dumps(found.as_dict()))
    assert read["tokens"] == found.tokens
    assert read["spans"][0] == {"label": "city", "text": "New York", "start": 3, "end": 11, "probability": 0.5}
    assert (read["label"], read["label_probability"]) == ("book", 0.5)
