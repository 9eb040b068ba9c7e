"""Averaged weights and a rate that follows the validation score, in both tasks that have them."""

import keras
import numpy as np
import pytest

from keras_seq.datasets import Corpus
from keras_seq.pipelines import Classifier, SequenceLabeler

TINY = {"cell": "elman", "units": 3, "embedding_dim": 3, "epochs": 1, "bidirectional": False, "learning_rate": 0.01}
TINY |= {"dropout": 0.0, "token_dropout": 0.0}  # nothing is drawn but the start and the order
TASKS = {
    "labelling": (SequenceLabeler, {"output": "softmax", "input_dropout": 0.0}),
    "classification": (Classifier, {"calibration": "none"}),
}


@pytest.fixture(params=TASKS)
def task(request):
    """A pipeline's class, options, and a corpus that it learns."""
    kind, options = TASKS[request.param]
    return kind, {**TINY, **options}, request.getfixturevalue("rule" if kind is SequenceLabeler else "reviews")


def weights_of_steps(task, **options):
    """The weights after each step, and the pipeline."""
    (kind, tiny, corpus), seen = task, []
    keep = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs=None: seen.append(pipeline.model.get_weights())
    )
    pipeline = kind(**{**tiny, "decay": "none", **options})
    pipeline.fit(corpus, tracking=None, progress=False, callbacks=[keep])
    return seen, pipeline


def test_a_moving_average_of_weights_is_what_is_kept(task):
    seen, pipeline = weights_of_steps(task, averaging="ema")
    average = seen[0]
    for step, weights in enumerate(seen[1:], start=2):
        share = max(10 / (9 + step), 0.001)
        average = [a + share * (w - a) for a, w in zip(average, weights, strict=True)]
    for ours, expected in zip(pipeline.model.get_weights(), average, strict=True):
        np.testing.assert_allclose(ours, expected, atol=1e-6)


def test_training_goes_on_from_the_last_weights(task):
    averaged, _ = weights_of_steps(task, averaging="ema", epochs=2)
    last, _ = weights_of_steps(task, averaging="none", epochs=2)
    for ours, expected in zip(averaged[-1], last[-1], strict=True):
        np.testing.assert_allclose(ours, expected, atol=1e-6)


def test_the_rate_may_be_halved_on_a_plateau(task):
    kind, tiny, _ = task
    train, valid = {  # no epoch is better than another: the right answer is never among what was learnt
        SequenceLabeler: ([(["a", "b"], ["O", "B-x"])], [(["a"], ["B-new"])]),
        Classifier: ([("a", "x"), ("b", "y")], [("a", "new")]),
    }[kind]
    corpus = (Corpus.from_lists if kind is SequenceLabeler else Corpus.from_texts)(train, valid)
    pipeline = kind(**{**tiny, "epochs": 6}, decay="plateau").fit(corpus, tracking=None, progress=False)
    assert pipeline.history["learning_rate"] == pytest.approx([0.01] * 4 + [0.005] * 2)
