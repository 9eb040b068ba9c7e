"""An exported classifier answers as the pipeline does."""

import pytest

from keras_seq.datasets import InputError
from keras_seq.pipelines import ServedClassifier, ServedLabeler, served


@pytest.fixture(scope="module")
def exported(classifier, tmp_path_factory):
    return classifier.export(tmp_path_factory.mktemp("classifier") / "serving")


def test_it_answers_as_the_pipeline(classifier, exported, strings):
    texts = [*strings(["this film is not dull but fine", "the soup was cheap"], 60), "we", ""]
    for one, other in zip(ServedClassifier(exported).predict(texts), classifier.predict(texts), strict=True):
        assert (one.text, one.label, one.truncated) == (other.text, other.label, other.truncated)
        assert one.probability == pytest.approx(other.probability, abs=1e-5)
        assert one.probabilities == pytest.approx(other.probabilities, abs=1e-5)


def test_one_string_gives_one_result(exported):
    model = ServedClassifier(exported)
    assert model.predict("so fine") == model.predict(["so fine"])[0]
    assert model.predict([]) == []


def test_an_export_says_that_it_is_one(exported):
    assert isinstance(served(exported), ServedClassifier)


def test_exports_of_other_tasks_are_refused(speller, exported, tmp_path):
    with pytest.raises(InputError, match="no output 'truncated', expected an exported classification pipeline"):
        ServedClassifier(speller.export(tmp_path))
    with pytest.raises(InputError, match="expected an exported sequence-labeling pipeline"):
        ServedLabeler(exported)
