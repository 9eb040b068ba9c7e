"""What a labeller's figures count."""

import pytest
from seqeval.metrics import f1_score
from sklearn.metrics import accuracy_score
from sklearn.metrics import f1_score as token_f1_score

from keras_seq.datasets import InputError, LabeledSequence
from keras_seq.pipelines import LabelingError
from keras_seq.pipelines.labeling_report import labeling_evaluation

GOLD = [
    LabeledSequence(("a", "b", "c"), ("B-X", "I-X", "O"), "yes"),
    LabeledSequence(("d",), ("B-new",), "no"),
    LabeledSequence(("e", "f"), ("O", "B-new"), "never"),
    LabeledSequence(("g",), ("O",), "yes"),
]
TAGS = [["B-X", "I-X", "O"], ["B-X"], ["O", "O"], ["O"]]
LABELS = ["yes", "no", "yes", "no"]


@pytest.fixture
def evaluation():
    return labeling_evaluation(GOLD, TAGS, LABELS, known=["X"], known_sentences=["yes", "no"])


def test_the_figures_count_sentences_and_tokens(evaluation):
    assert (evaluation["sentences"], evaluation["tokens"]) == (4, 7)
    assert evaluation["accuracy"] == 5 / 7


def test_spans_are_scored_as_seqeval_scores_them(evaluation):
    gold = [list(example.tags) for example in GOLD]
    assert evaluation["f1"] == pytest.approx(f1_score(gold, TAGS))
    assert evaluation["macro_f1"] == pytest.approx(f1_score(gold, TAGS, average="macro", zero_division=0))


def test_plain_labels_are_no_spans():
    examples = [GOLD[1], LabeledSequence(("a", "b"), ("O", "NOUN"))]
    with pytest.raises(InputError, match=r"^sentence 2: tag 'NOUN' is not IOB2: expected O, B-label, I-label"):
        labeling_evaluation(examples, [["O"], ["O", "O"]], None, known=["X"])


def test_a_sentence_is_exact_where_all_of_it_is_right(evaluation):
    assert evaluation["label_accuracy"] == 2 / 4
    assert evaluation["exact_match"] == 1 / 4  # the first alone: the last one's label is wrong


def test_labels_that_training_never_had_are_named_with_their_number(evaluation):
    assert evaluation.notes == [
        "labels that never occur in training, counted as errors (spans): new (2)",
        "sentence labels that never occur in training, counted as errors (sentences): never (1)",
    ]


def test_nothing_is_noted_where_all_labels_are_known():
    assert not labeling_evaluation(GOLD, TAGS, LABELS, ["X", "new"], ["yes", "no", "never"]).notes


def test_confusion_counts_tokens_by_their_label_without_prefix(evaluation):
    assert evaluation.confusion == {("X", "X"): 2, ("O", "O"): 3, ("new", "X"): 1, ("new", "O"): 1}


def test_without_sentence_labels_only_tags_count():
    evaluation = labeling_evaluation(GOLD, TAGS, None, ["X"])
    assert "label_accuracy" not in evaluation
    assert evaluation["exact_match"] == 2 / 4


def test_examples_that_have_no_sentence_label_are_not_scored_by_one():
    bare = [LabeledSequence(example.tokens, example.tags) for example in GOLD]
    evaluation = labeling_evaluation(bare, TAGS, LABELS, ["X", "new"], ["yes", "no"])
    assert "label_accuracy" not in evaluation
    assert evaluation["exact_match"] == 2 / 4
    assert not evaluation.notes


def test_sentences_that_are_not_exact_are_kept_with_both_labels(evaluation):
    assert evaluation.errors == [
        LabelingError(("d",), ("B-new",), ["B-X"], "no", "no"),
        LabelingError(("e", "f"), ("O", "B-new"), ["O", "O"], "never", "yes"),
        LabelingError(("g",), ("O",), ["O"], "yes", "no"),
    ]


def test_without_sentence_labels_tags_alone_make_an_error():
    evaluation = labeling_evaluation(GOLD, TAGS, None, known=["X"])
    assert [error.tokens for error in evaluation.errors] == [("d",), ("e", "f")]
    assert all(error.right_label is error.given_label is None for error in evaluation.errors)


PLAIN = [["B-X", "I-X", "O"], ["I-X"], ["O", "O"], ["O"]]


def test_plain_labels_are_scored_as_sklearn_scores_them():
    evaluation = labeling_evaluation(GOLD, PLAIN, None, known=["B-X", "I-X", "O"], tagging="tokens")
    gold, given = ([tag for tags in sequences for tag in tags] for sequences in ([e.tags for e in GOLD], PLAIN))
    assert evaluation["accuracy"] == pytest.approx(accuracy_score(gold, given))
    assert evaluation["macro_f1"] == pytest.approx(token_f1_score(gold, given, average="macro", zero_division=0))
    assert (evaluation["exact_match"], evaluation["sentences"], evaluation["tokens"]) == (2 / 4, 4, 7)
    assert evaluation.confusion["B-new", "I-X"] == 1
    assert evaluation.notes == ["labels that never occur in training, counted as errors (tokens): B-new (2)"]
