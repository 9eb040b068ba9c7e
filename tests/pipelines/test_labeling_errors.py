"""Errors as people read them."""

from keras_seq.pipelines import LabelingError, error_listing
from keras_seq.pipelines.labeling_errors import WIDTH

ERROR = LabelingError(("to", "Rome"), ("O", "B-city"), ("O", "O"))


def test_labels_stand_in_columns_under_their_tokens():
    assert str(ERROR).splitlines() == [
        "       to  Rome",
        "right  O   B-city",
        "given  O   *O",
    ]


def test_a_wrong_label_of_the_whole_stands_before():
    error = LabelingError(("to",), ("O",), ("O",), "book", "refund")
    assert str(error).splitlines()[0] == "[book], given [refund]"


def test_wide_characters_take_two_columns():
    lines = str(LabelingError(("去", "郑"), ("O", "B"), ("O", "O"))).splitlines()
    assert lines == ["       去  郑", "right  O   B", "given  O   *O"]


def test_marks_on_a_letter_take_no_room():
    lines = str(LabelingError(("e\u0301tat", "x"), ("O", "O"), ("B", "O"))).splitlines()
    assert lines == ["       e\u0301tat  x", "right  O     O", "given  *B    O"]


def test_a_long_sentence_goes_on_in_further_lines():
    count = 100
    text = str(LabelingError(("word",) * count, ("O",) * count, ("B-x",) * count))
    lines = text.splitlines()
    assert max(map(len, lines)) <= WIDTH
    assert len(lines) % 3 == 0
    assert text.count("word") == text.count("*B-x") == count


def test_a_sentence_without_tokens_has_its_label_alone():
    assert str(LabelingError((), (), (), "yes", "no")) == "[yes], given [no]"


def test_sentences_stand_apart():
    assert error_listing([ERROR, ERROR]) == f"{ERROR}\n\n{ERROR}"
    assert error_listing([]) == ""
