"""What every task's pipeline does alike."""

import pytest

from keras_seq.datasets import Corpus, InputError, LabeledSequence
from keras_seq.pipelines import Pipeline, SequenceLabeler

ONE = [LabeledSequence(("a",), ("O",))]


@pytest.mark.parametrize(
    "use",
    [
        lambda labeler, path: labeler.predict("a"),
        lambda labeler, path: labeler.predict([]),
        lambda labeler, path: labeler.explain("a"),
        lambda labeler, path: labeler.evaluate(ONE),
        lambda labeler, path: labeler.save(path),
        lambda labeler, path: labeler.export(path),
        lambda labeler, path: labeler.serving(),
    ],
    ids="predict,predict nothing,explain,evaluate,save,export,serving".split(","),
)
def test_before_training_it_says_so(use, tmp_path):
    with pytest.raises(InputError, match=r"SequenceLabeler is not trained: expected fit\(\) or load\(\)"):
        use(SequenceLabeler(), tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_the_constructor_only_stores():
    labeler = SequenceLabeler(units=3)
    assert labeler.config.units == 3
    assert (labeler.model, labeler.run_id, labeler.history, labeler.corpus) == (None, None, {}, {})


@pytest.mark.parametrize(("split", "corpus"), [("train", Corpus("c", (), ONE)), ("valid", Corpus("c", ONE, ()))])
def test_an_empty_split_is_refused(split, corpus):
    with pytest.raises(InputError, match=f"corpus c: no {split} examples, expected at least one"):
        SequenceLabeler().fit(corpus, tracking=None)


def test_tracking_that_nobody_knows_is_refused():
    with pytest.raises(InputError, match="tracking='wandb': expected 'mlflow' or None"):
        SequenceLabeler().fit(Corpus("c", ONE, ONE), tracking="wandb")


def test_nothing_to_evaluate_is_refused(speller):
    with pytest.raises(InputError, match="no examples to evaluate"):
        speller.evaluate([])


def test_it_remembers_what_it_learnt(tagger, desk):
    assert tagger.corpus == {"name": desk.name, "sha256": desk.fingerprint, "licence": desk.licence}


def test_a_directory_of_others_is_not_written_to(speller, tmp_path):
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(InputError, match="exists and is not a keras-seq model"):
        speller.save(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize("method", ["documents", "network", "serving"])
def test_a_task_must_say_what_is_its_own(method):
    with pytest.raises(NotImplementedError):
        getattr(Pipeline, method)(SequenceLabeler())
