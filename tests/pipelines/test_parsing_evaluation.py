import pytest

from keras_seq.datasets import InputError
from keras_seq.pipelines import ClassScore, parsing_evaluation

SENTENCES = ["She slept .", "the blue sea"]
REFERENCES = ["(S (NP XX )NP (VP XX )VP XX )S", "(NP XX (ADJP XX )ADJP XX )NP"]


def test_the_right_rows_are_right():
    figures = parsing_evaluation(SENTENCES, REFERENCES, REFERENCES)
    assert dict(figures) == {
        "bracket_f1": 1,
        "bracket_precision": 1,
        "bracket_recall": 1,
        "bracket_exact_match": 1,
        "no_crossing": 1,
        "average_crossing": 0,
        "well_formed": 1,
    }


def test_figures_and_labels_by_hand():
    rows = ["(S (NP XX (VP XX )VP )NP XX )S", "(NP (NP XX XX )NP XX"]
    found = parsing_evaluation(SENTENCES, rows, REFERENCES)
    # of S 0-2, NP 0-2, VP 1-2 and NP 0-3, NP 0-2; gold S 0-2, NP 0-1, VP 1-2 and NP 0-3, ADJP 1-2
    assert (found["bracket_precision"], found["bracket_recall"], found["bracket_f1"]) == pytest.approx([3 / 5] * 3)
    assert (found["bracket_exact_match"], found["no_crossing"], found["well_formed"]) == (0, 1, 0.5)
    assert found.report == [
        ClassScore("ADJP", 0, 0, 0, 1),
        ClassScore("NP", 1 / 3, 1 / 2, pytest.approx(2 / 5), 2),
        ClassScore("S", 1, 1, 1, 1),
        ClassScore("VP", 1, 1, 1, 1),
        ClassScore("overall", 3 / 5, 3 / 5, pytest.approx(3 / 5), 5),
    ]


def test_rows_are_repaired_before_they_are_compared():
    found = parsing_evaluation(["Go !"], ["(S (VP XX )VP"], ["(S (VP XX )VP XX )S"])
    assert (found["bracket_f1"], found["well_formed"]) == (1, 0)


def test_where_the_right_row_has_tags_they_say_what_is_punctuation():
    gold, row = "(S (NP NNS POS )NP VBP )S", "(S (NP XX )NP XX XX )S"
    assert parsing_evaluation(["dogs ' bark"], [row], [gold])["bracket_f1"] == 1 / 2
    assert parsing_evaluation(["dogs ' bark"], [row], [gold.replace("POS", "''")])["bracket_f1"] == 1


def test_crossing_brackets_are_written_as_a_number():
    text = str(parsing_evaluation(["a b c"], ["(S (NP XX XX )NP XX )S"], ["(S XX (VP XX XX )VP )S"]))
    assert "average crossing: 1.00\n" in text
    assert "no crossing: 0.00%\n" in text


def test_no_rows_score_nothing():
    assert set(parsing_evaluation([], [], []).values()) == {0}


def test_a_sentence_without_words_is_refused():
    with pytest.raises(InputError, match="no words"):
        parsing_evaluation([" "], ["(S XX )S"], ["(S XX )S"])


@pytest.mark.parametrize(("rows", "references"), [([], ["(S XX )S"]), (["(S XX )S"], [])])
def test_as_many_rows_as_sentences_are_expected(rows, references):
    with pytest.raises(ValueError, match=r"zip\(\) argument"):
        parsing_evaluation(["Go"], rows, references)
