"""The simple models of a corpus, by what its examples are, and their table."""

import pytest

from keras_seq.datasets import Corpus, InputError
from keras_seq.pipelines import Baseline, Evaluation, baseline_table, baselines, mean_baselines


def test_tagged_sentences_are_labelled(rule):
    names = [model.name for model in baselines(rule, progress=False)]
    assert names == ["most frequent tag", "hidden Markov model", "CRF on features"]


def test_labelled_texts_are_classified():
    texts = [("to Rome", "to"), ("from Rome", "from")]
    models = baselines(Corpus.from_texts(texts, texts), progress=False)
    assert [model.name.split(",")[0] for model in models] == [
        "naive Bayes",
        "logistic regression",
        "regression on naive Bayes",
    ]


def test_texts_without_labels_are_refused(story):
    with pytest.raises(InputError, match="corpus story, train: example 1 has no label, expected one label"):
        baselines(story)


def test_so_is_music():
    corpus = Corpus.from_frames([[[60], [62]]] * 2, [[[60]]])
    with pytest.raises(InputError, match="no baseline for Frames, expected examples of Text or LabeledSequence"):
        baselines(corpus)


def test_the_table_has_a_line_for_each_model_in_columns():
    one = Baseline("naive", Evaluation({"accuracy": 0.5, "texts": 2}), Evaluation({"accuracy": 1.0}), 12345, 0.25)
    other = Baseline("a longer name", Evaluation({"accuracy": 0.25}), Evaluation({}), 7, 61)
    lines = baseline_table([one, other]).splitlines()
    assert lines[0].split() == ["valid", "accuracy", "test", "accuracy", "features", "seconds"]
    assert lines[1].split() == ["naive", "50.00%", "100.00%", "12,345", "0.2"]
    assert lines[2].split() == ["a", "longer", "name", "25.00%", "-", "7", "61.0"]
    assert len({len(line) for line in lines}) == 1


def test_the_mean_of_several_corpora_is_that_of_each_model():
    def found(name, accuracy, features, seconds, **more):
        return Baseline(name, Evaluation({"accuracy": accuracy, **more}), Evaluation({}), features, seconds)

    first = [found("naive, α=1", 0.5, 10, 1.0, f1=1.0), found("counts", 0.25, 3, 0.5)]
    second = [found("naive, α=0.1", 1.0, 21, 2.0), found("counts", 0.75, 3, 0.5)]
    naive, counts = mean_baselines([first, second])
    assert (naive.name, naive.valid, naive.test) == ("naive, mean of 2", {"accuracy": 0.75}, {})
    assert (naive.features, naive.seconds) == (16, 3.0)
    assert (counts.name, counts.valid["accuracy"]) == ("counts, mean of 2", 0.5)
