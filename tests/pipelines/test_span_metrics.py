"""Figures over spans, against seqeval."""

import itertools
import warnings

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from seqeval.metrics import accuracy_score, classification_report, f1_score, precision_score, recall_score

from keras_seq.datasets.segmented import sequence_of
from keras_seq.pipelines import Counts, score_spans

TAGS = st.one_of(
    st.sampled_from(["O", "B-X", "I-X", "B-Y", "I-Y"]),
    st.builds("{}{}".format, st.sampled_from("BIESOMUL.Xb"), st.sampled_from(["", "-", "-X", "-Y", "-a-b", "X", "-_"])),
)


@st.composite
def tagged(draw):
    """Gold and predicted tags of some sentences; a prediction is often right."""
    gold = draw(st.lists(st.lists(TAGS, max_size=8), min_size=1, max_size=5))
    return gold, [[draw(st.one_of(st.just(tag), TAGS)) for tag in tags] for tags in gold]


def report_of_seqeval(gold, predicted):
    """Figures by label and by average."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return classification_report(gold, predicted, output_dict=True, zero_division=0)


@given(tagged())
@example(([[]], [[]]))
@example(([["O", "O"]], [["O", "O"]]))
@example(([["O", "I-X", "I-Y"]], [["B-X", "I-X", "I-Y"]]))
@example(([["B-X"], ["I-X"]], [["B-X"], ["B-X"]]))
@example(([["O"]], [["B-X"]]))
@example(([["O", "O", "B-X"], ["M", "B-X"]], [["O", "O", "O"], ["M", "B-X"]]))
def test_the_figures_are_those_of_seqeval(given_tags):
    gold, predicted = given_tags
    scores, expected = score_spans(gold, predicted), report_of_seqeval(gold, predicted)
    averages = {name: expected.pop(name) for name in ("micro avg", "macro avg", "weighted avg")}
    assert scores.labels.keys() == expected.keys()
    for label, counts in scores.labels.items():
        assert counts.precision == pytest.approx(expected[label]["precision"], abs=1e-12)
        assert counts.recall == pytest.approx(expected[label]["recall"], abs=1e-12)
        assert counts.f1 == pytest.approx(expected[label]["f1-score"], abs=1e-12)
        assert counts.gold == expected[label]["support"]
    if scores.labels:  # seqeval's mean of nothing is NaN
        assert scores.macro_f1 == pytest.approx(averages["macro avg"]["f1-score"], abs=1e-12)


@given(tagged())
@example(([["O", "O"]], [["O", "O"]]))
def test_the_overall_figures_are_those_of_seqeval(given_tags):
    gold, predicted = given_tags
    overall = score_spans(gold, predicted).overall
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert overall.precision == pytest.approx(precision_score(gold, predicted, zero_division=0), abs=1e-12)
        assert overall.recall == pytest.approx(recall_score(gold, predicted, zero_division=0), abs=1e-12)
        assert overall.f1 == pytest.approx(f1_score(gold, predicted, zero_division=0), abs=1e-12)


@given(tagged().filter(lambda given_tags: any(given_tags[0])))
def test_the_accuracy_is_that_of_seqeval(given_tags):
    assert score_spans(*given_tags).accuracy == pytest.approx(accuracy_score(*given_tags), abs=1e-12)


def test_nothing_to_count_scores_nothing():
    scores = score_spans([], [])
    assert (scores.overall, scores.macro_f1, scores.accuracy) == (Counts(0, 0, 0), 0.0, 0.0)


def test_tags_are_read_as_a_stream():
    pairs = [(["B-X", "O"], ["B-X", "B-X"])] * 3
    scores = score_spans((gold for gold, _ in pairs), (predicted for _, predicted in pairs))
    assert scores.overall == Counts(right=3, predicted=6, gold=3)


@pytest.mark.parametrize(("gold", "predicted"), [([["O"]], [["O", "O"]]), ([["O"]], []), ([], [["O"]])])
def test_unequal_lengths_are_refused(gold, predicted):
    with pytest.raises(ValueError, match=r"expected 1|argument 2 is"):
        score_spans(gold, predicted)


@st.composite
def segmented_twice(draw):
    """Two ways to cut one text into words."""
    text = "我一月一号离开郑州"
    cuts = [[0, *sorted(draw(st.sets(st.integers(1, len(text) - 1)))), len(text)] for _ in range(2)]
    return [[text[start:end] for start, end in itertools.pairwise(places)] for places in cuts]


@given(segmented_twice())
def test_of_segmented_text_they_are_those_of_words(ways):
    gold, found = ({(len("".join(words[:n])), word) for n, word in enumerate(words)} for words in ways)
    overall = score_spans(*([sequence_of(words).tags] for words in ways)).overall
    right = len(gold & found)  # a word is right where it begins and ends as it should
    assert overall.precision == pytest.approx(right / len(found))
    assert overall.recall == pytest.approx(right / len(gold))
    assert overall.f1 == pytest.approx(2 * right / (len(gold) + len(found)))
