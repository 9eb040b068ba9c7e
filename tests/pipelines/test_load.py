"""The way back from a directory."""

import json

import numpy as np
import pytest

from keras_seq.datasets import InputError
from keras_seq.pipelines import PIPELINES, Pipeline, SequenceLabeler, load, pipeline_type
from keras_seq.pipelines.artefact import MANIFEST, read_artefact, write_artefact

TEXTS = ["please to Rome now", "我一月一号去郑州", "from OSLO 12", ""]


@pytest.fixture(scope="module")
def saved(labeler, tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "model"
    labeler.save(path)
    return path


@pytest.fixture
def changed(saved, tmp_path):
    """changed(...): a copy of the saved model, part of it another."""

    def write(tensors=None, documents=None, **manifest):
        old_manifest, old_documents, old_tensors = read_artefact(saved)
        header = {**{name: value for name, value in old_manifest.items() if name != "files"}, **manifest}
        path = tmp_path / "changed"
        write_artefact(path, header, documents or old_documents, tensors or old_tensors)
        return path

    return write


def test_it_predicts_as_before(labeler, saved):
    assert load(saved).predict(TEXTS) == labeler.predict(TEXTS)


def test_a_fresh_process_predicts_as_before(tagger, speller, tmp_path, fresh):
    code = """
import json, sys, keras_seq as ks
models = [ks.pipelines.load(path) for path in sys.argv[1:3]]
print(json.dumps([[result.as_dict() for result in model.predict(sys.argv[3:])] for model in models]))
"""
    for number, labeler in enumerate((tagger, speller)):
        labeler.save(tmp_path / str(number))
    found = fresh(code, tmp_path / "0", tmp_path / "1", *TEXTS)
    expected = [[result.as_dict() for result in labeler.predict(TEXTS)] for labeler in (tagger, speller)]
    assert found == json.loads(json.dumps(expected))


def test_everything_comes_back(labeler, saved):
    loaded = load(saved)
    assert type(loaded) is type(labeler)
    assert loaded.config == labeler.config
    assert loaded.corpus == labeler.corpus
    assert loaded.documents() == labeler.documents()
    for one, other in zip(loaded.model.get_weights(), labeler.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_it_explains_and_saves_again(labeler, saved, tmp_path):
    loaded = load(saved)
    np.testing.assert_array_equal(loaded.explain(TEXTS[0]).effects, labeler.explain(TEXTS[0]).effects)
    loaded.save(tmp_path / "again")
    assert (tmp_path / "again" / MANIFEST).read_bytes() == (saved / MANIFEST).read_bytes()


def test_tasks_are_those_of_the_table():
    kinds = [(task, kind) for task, kinds in PIPELINES.items() for kind in kinds.values()]
    assert all(kind.task == task and issubclass(kind, Pipeline) for task, kind in kinds)


def test_a_task_s_kinds_are_told_apart_by_name():
    kinds = PIPELINES["language-model"]
    assert {name: pipeline_type("language-model", {"kind": name}) for name in kinds} == kinds
    assert pipeline_type("language-model", {}) is kinds["rnn"]
    assert pipeline_type("sequence-labeling", {"units": 3}) is SequenceLabeler


def test_a_kind_that_nobody_knows_is_refused(changed):
    with pytest.raises(InputError, match="unknown kind 'ngrams' of language-model: did you mean 'ngram'"):
        load(changed(task="language-model", config={"kind": "ngrams"}))


def test_a_kind_that_is_no_word_is_refused(changed):
    with pytest.raises(InputError, match="unknown kind"):
        load(changed(task="language-model", config={"kind": ["ngram"]}))


def test_a_task_that_nobody_knows_is_refused(changed):
    with pytest.raises(InputError, match=r"task 'os\.system', expected one of sequence-labeling"):
        load(changed(task="os.system"))


def test_a_class_loads_only_its_own_task(changed):
    with pytest.raises(InputError, match="a pipeline of task other, expected sequence-labeling"):
        SequenceLabeler.load(changed(task="other"))


def test_weights_of_another_shape_are_refused(changed, saved):
    tensors = read_artefact(saved)[2]
    name = next(iter(tensors["weights"]))
    tensors["weights"][name] = np.zeros((1, 1, 1, 1), np.float32)
    with pytest.raises(InputError, match=rf"weight {name}: shape \(1, 1, 1, 1\), expected shape"):
        load(changed(tensors=tensors))


def test_missing_weights_are_refused(changed, saved):
    tensors = read_artefact(saved)[2]
    del tensors["weights"][name := next(iter(tensors["weights"]))]
    with pytest.raises(InputError, match=f"weight {name}: nothing, expected shape"):
        load(changed(tensors=tensors))


@pytest.mark.parametrize("missing", ["vocabulary", "weights"])
def test_a_model_without_a_part_is_refused(changed, saved, missing):
    _, documents, tensors = read_artefact(saved)
    documents, tensors = {"other": documents["vocabulary"]}, {"other": tensors["weights"]}
    given = {"documents": documents} if missing == "vocabulary" else {"tensors": tensors}
    with pytest.raises(InputError, match="no vocabulary or no weights"):
        load(changed(**given))


def test_a_hyperparameter_that_this_version_lacks_is_refused(changed):
    with pytest.raises(InputError, match="unknown hyperparameter"):
        load(changed(config={"unitz": 3}))
