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
        span_probabilities=[0.0, 0.4, 0.0, 0.75],
        offsets=[(0, 2), (3, 6), (7, 11), (12, 15)],
        label="book",
        label_probability=0.5,
    )


def test_a_span_reaches_from_its_first_token_to_its_last(found):
    assert found.spans == [TextSpan("city", "New York", 3, 11, 0.4), TextSpan("time", "now", 12, 15, 0.75)]


def test_a_person_reads_the_label_and_the_spans(found):
    assert str(found) == "[book]  city=New York  time=now"


def test_a_person_reads_that_there_are_no_spans():
    assert str(LabeledText("a", ["a"], ["O"], [1.0], [0.0], [(0, 1)])) == "-"


def test_words_are_spans_and_the_tokens_between_them(found):
    assert found.words == ["to", "New York", "now"]


def test_a_person_reads_the_words_where_spans_have_no_names():
    text, offsets = "我 去郑州", [(0, 1), (2, 3), (3, 4), (4, 5)]
    tokens = [text[start:end] for start, end in offsets]
    labels = ["B", "O", "B", "I"]
    found = LabeledText(text, tokens, labels, [1.0] * 4, [1.0, 0.0, 1.0, 0.0], offsets)
    assert found.words == ["我", "去", "郑州"]
    assert str(found) == "我 去 郑州"


def test_a_blank_ends_a_word_whatever_the_span():
    offsets = [(0, 1), (2, 3), (3, 4)]
    found = LabeledText("郑 州人", ["郑", "州", "人"], ["B", "I", "B"], [1.0] * 3, [1.0, 0.0, 1.0], offsets)
    assert found.words == ["郑", "州", "人"]


def test_plain_labels_make_a_span_of_every_token():
    labels = ["B-VB", "O"]  # whatever they look like
    found = LabeledText("go I", ["go", "I"], labels, [0.5, 1.0], [0.5, 1.0], [(0, 2), (3, 4)], tagging="tokens")
    assert found.spans == [TextSpan("B-VB", "go", 0, 2, 0.5), TextSpan("O", "I", 3, 4, 1.0)]
    assert found.words == ["go", "I"]
    assert str(found) == "B-VB=go  O=I"


def test_an_empty_text_has_no_words():
    found = LabeledText("", [], [], [], [], [])
    assert (found.words, found.spans, str(found)) == ([], [], "-")


def test_json_has_everything(found):
    read = json.loads(json.dumps(found.as_dict()))
    assert read["tokens"] == found.tokens
    assert read["spans"][0] == {"label": "city", "text": "New York", "start": 3, "end": 11, "probability": 0.4}
    assert (read["label"], read["label_probability"]) == ("book", 0.5)
