"""Simple taggers on small corpora."""

import sys
from dataclasses import replace

import pytest

from keras_seq.datasets import Corpus, InputError, LabeledSequence, ticket_desk
from keras_seq.pipelines.classification_baselines import classification_baselines
from keras_seq.pipelines.labeling_baselines import labeling_baselines

WORDS = [
    (("the", "dog", "runs"), ("D", "N", "V")),
    (("a", "run", "ends"), ("D", "N", "V")),
    (("dogs", "run"), ("N", "V")),
]


def figures(corpus):
    """(most frequent tag, hidden Markov model, CRF)"""
    return labeling_baselines(corpus, progress=False)


def test_a_word_before_is_seen_by_features_alone(rule):
    """`to` and `from` have the same tag, so that tags say nothing of the city behind them."""
    floor, markov, crf = figures(rule)
    assert floor.test["f1"] < 0.7
    assert markov.test["f1"] < 0.7
    assert crf.test["f1"] == 1
    assert all(model.features > 0 and model.seconds > 0 for model in (floor, markov, crf))


def test_spans_of_several_tokens_are_found_in_characters():
    corpus = ticket_desk("zh", size=180)
    _, markov, crf = figures(corpus)
    assert crf.test["f1"] > markov.test["f1"] > 0.5
    assert crf.test["sentences"] == len(corpus.test)


def test_labels_of_tokens_are_scored_token_by_token():
    corpus = Corpus.from_lists(WORDS, WORDS, [(("the", "cat", "runs"), ("D", "N", "V"))], scheme="plain")
    floor, markov, crf = figures(corpus)
    for model in (floor, markov, crf):
        assert model.test["accuracy"] == model.test["macro_f1"] == 1
        assert model.test["tokens"] == 3
        assert "f1" not in model.test
    assert floor.valid["accuracy"] == 7 / 8  # `run` is a noun as often as a verb, and N comes first
    assert markov.valid["accuracy"] == 1


@pytest.mark.parametrize(("scheme", "tag", "name"), [("plain", "X", "X"), ("IOB2", "B-X", "X")])
def test_a_label_of_the_test_split_alone_counts_as_an_error(scheme, tag, name):
    train = [(("a", "b"), ("O", "B-Y"))] * 2
    for model in figures(Corpus.from_lists(train, train, [(("a",), (tag,))], scheme=scheme)):
        assert model.test["accuracy"] == 0
        assert f"counted as errors ({'tokens' if scheme == 'plain' else 'spans'}): {name} (1)" in model.test.notes[0]


def test_phrases_are_a_list_in_the_order_of_the_text(rule):
    *_, crf = labeling_baselines(rule, progress=False, also=["key-phrases"])
    assert crf.test["f1_at_5"] == crf.test["f1"] == 1


def test_borders_are_counted_where_asked_for():
    """Two of three sentences change after the third letter, and so does the answer; that of the test split two later."""
    *train, test = [(tuple("abcdefgh"), ("X",) * cut + ("Y",) * (8 - cut)) for cut in (3, 3, 5, 5)]
    floor, *_ = labeling_baselines(Corpus.from_lists(train, train, [test], scheme="plain"), False, ["borders"])
    assert (floor.test["border_f1_within_0"], floor.test["border_f1_within_5"]) == (0, 1)


def test_labels_of_sentences_have_lines_of_their_own(rule):
    *taggers, bayes, _, _ = labeling_baselines(rule, progress=False, joint=True)
    assert [model.name for model in taggers] == ["most frequent tag", "hidden Markov model", "CRF on features"]
    expected, *_ = classification_baselines(rule, progress=False)
    assert bayes.name == f"sentence labels: {expected.name}"
    assert (bayes.valid, bayes.test) == tuple(
        {"label_accuracy": split["accuracy"]} for split in (expected.valid, expected.test)
    )


def test_another_figure_is_refused(rule):
    with pytest.raises(InputError, match=r"^also: 'phrases', expected some of key-phrases, borders$"):
        labeling_baselines(rule, also=["phrases"])


def test_the_same_corpus_gives_the_same_figures(rule):
    first, second = ([replace(model, seconds=0) for model in figures(rule)] for _ in range(2))
    assert first == second


def test_of_one_tag_every_answer_is_that_one():
    train = [(("a", "b"), ("O", "O"))] * 2
    for model in figures(Corpus.from_lists(train, train, [(("c",), ("O",)), (("a",), ("B-Y",))])):
        assert model.test["accuracy"] == 1 / 2


def test_a_sentence_may_have_no_tokens():
    train = [LabeledSequence((), ()), LabeledSequence(("a", "b"), ("O", "B-Y"))]
    for model in figures(Corpus("empty", train, train, train)):
        assert model.test["exact_match"] == 1


def test_without_a_test_split_there_are_no_figures_of_it(rule):
    assert [model.test for model in figures(replace(rule, test=()))] == [{}] * 3


def test_training_needs_tokens():
    empty = [LabeledSequence((), ())] * 2
    with pytest.raises(InputError, match="corpus empty: no tokens in train, expected at least one"):
        figures(Corpus("empty", empty, empty))


def test_raw_texts_are_refused(story):
    with pytest.raises(InputError, match="expected LabeledSequence"):
        figures(story)


def test_a_missing_package_is_named_before_anything_is_learnt(rule, monkeypatch):
    monkeypatch.setitem(sys.modules, "pycrfsuite", None)
    with pytest.raises(InputError, match="needs python-crfsuite"):
        figures(rule)
