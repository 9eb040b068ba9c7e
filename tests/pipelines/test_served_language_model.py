"""An exported language model answers as the pipeline does."""

import pytest

from keras_seq.datasets import Corpus, InputError
from keras_seq.pipelines import NgramLanguageModel, RecurrentLanguageModel, SavedModelSession, ServedLabeler
from keras_seq.pipelines.served import served
from keras_seq.pipelines.served_language_model import ServedLanguageModel


@pytest.fixture(scope="module")
def ngram():
    corpus = Corpus.from_texts(["a b a", "b a", "b b a 我"] * 4, ["a b"], name="letters")
    return NgramLanguageModel(order=3).fit(corpus, tracking=None, progress=False)


@pytest.fixture(scope="module")
def conditional():
    """A model that starts from one of two labels."""
    corpus = Corpus.from_texts([("a a a", "x"), ("b b b", "y")] * 8, [("a", "x"), ("b", "y")], name="labelled")
    options = {
        "cell": "elman",
        "units": 8,
        "layers": 1,
        "epochs": 20,
        "batch_size": 4,
        "optimizer": "adam",
        "learning_rate": 0.05,
        "context": "sentence",
    }
    return RecurrentLanguageModel(condition=True, **options).fit(corpus, tracking=None, progress=False)


@pytest.fixture(scope="module")
def exported(ngram, tmp_path_factory):
    return ngram.export(tmp_path_factory.mktemp("ngram") / "serving")


@pytest.fixture(scope="module")
def conditional_export(conditional, tmp_path_factory):
    return conditional.export(tmp_path_factory.mktemp("conditional") / "serving")


def alike(one, other):
    assert (one.text, one.tokens, one.known) == (other.text, other.tokens, other.known)
    assert one.log_probabilities == pytest.approx(other.log_probabilities, abs=1e-5)
    assert dict(one.following) == pytest.approx(dict(other.following), abs=1e-5)


def test_scores_are_those_of_the_pipeline(ngram, exported, strings):
    texts = [*strings(["a b a", "b 我"], 60), "a", ""]
    for one, other in zip(ServedLanguageModel(exported).score(texts), ngram.score(texts), strict=True):
        alike(one, other)


def test_one_string_gives_one_result_and_predict_is_score(exported):
    model = ServedLanguageModel(exported)
    assert model.score("a b") == model.predict(["a b"])[0]
    assert model.score([]) == []


@pytest.mark.parametrize("label", ["x", "y", None])
def test_a_label_counts_and_none_is_none_in_particular(conditional, conditional_export, label):
    found = ServedLanguageModel(conditional_export).score(["a a", "b"], label)
    for one, other in zip(found, conditional.score(["a a", "b"], label), strict=True):
        alike(one, other)


def test_labels_differ(conditional_export):
    model = ServedLanguageModel(conditional_export)
    assert model.score("a a", "x").log_probability > model.score("a a", "y").log_probability


def test_a_session_feeds_labels(conditional, conditional_export, exported):
    session = SavedModelSession(conditional_export)
    expected = [conditional.score("a", label).log_probability for label in ("x", None)]
    assert [session(["a"], label)["log_probability"][0] for label in ("x", "")] == pytest.approx(expected, abs=1e-5)
    with pytest.raises(InputError, match="label 'x', but this export takes text alone"):
        SavedModelSession(exported)(["a"], "x")


def test_what_is_no_text_is_refused(exported):
    with pytest.raises(InputError, match="text 1: expected a string, got int"):
        ServedLanguageModel(exported).score(["a", 1])


def test_an_export_says_which_task_it_is_of(exported, speller, tmp_path):
    assert isinstance(served(exported), ServedLanguageModel)
    assert isinstance(served(speller.export(tmp_path)), ServedLabeler)


def test_an_export_of_another_task_is_refused(speller, exported, tmp_path):
    with pytest.raises(InputError, match=r"no output '[a-z_]+', expected an exported language-model pipeline"):
        ServedLanguageModel(speller.export(tmp_path))
    with pytest.raises(InputError, match=r"no output '[a-z_]+', expected an exported sequence-labeling pipeline"):
        ServedLabeler(exported)
