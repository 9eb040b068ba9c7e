"""Figures with their table."""

from keras_seq.pipelines import ClassScore, Counts, Evaluation, SpanScores
from keras_seq.pipelines.evaluation import span_report

SCORES = SpanScores({"b": Counts(1, 2, 4), "a": Counts(1, 1, 1)}, tokens=10, right_tokens=9)


def test_a_report_has_a_line_per_label_and_one_for_all():
    assert span_report(SCORES) == [
        ClassScore("a", 1.0, 1.0, 1.0, 1),
        ClassScore("b", 0.5, 0.25, 1 / 3, 4),
        ClassScore("overall", 2 / 3, 2 / 5, 0.5, 5),
    ]


def test_figures_are_a_dict():
    evaluation = Evaluation({"f1": 0.5}, span_report(SCORES))
    assert evaluation == {"f1": 0.5}
    assert evaluation.notes == []


def test_a_person_reads_a_table_the_figures_and_the_notes():
    text = str(Evaluation({"macro_f1": 2 / 3, "sentences": 1234}, span_report(SCORES), ["a note"]))
    lines = text.splitlines()
    assert [line.split()[0] for line in lines[1:4]] == ["a", "b", "overall"]
    assert lines[2].split() == ["b", "50.00%", "25.00%", "33.33%", "4"]
    assert len({len(line) for line in lines[:4]}) == 1  # in columns
    assert lines[4:] == ["macro f1: 66.67%", "sentences: 1,234", "a note"]


def test_a_table_may_have_no_labels():
    assert str(Evaluation({}, span_report(SpanScores()))).splitlines()[1].split() == ["overall", *["0.00%"] * 3, "0"]
