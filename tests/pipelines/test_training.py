"""What watches a run, on a labeller that trains."""

import math

import keras
import numpy as np
import pytest

from keras_seq.pipelines import SequenceLabeler, TrainingError
from keras_seq.pipelines.training import BestWeights

SMALL = {"cell": "elman", "units": 8, "embedding_dim": 8, "learning_rate": 0.02, "batch_size": 16}


class Spoiler(keras.callbacks.Callback):
    """Sets all weights to `value` before every epoch from `first` on, so that no later one is better."""

    def __init__(self, first, value):
        super().__init__()
        self.first, self.value = first, value

    def on_epoch_begin(self, epoch, logs=None):
        if epoch >= self.first:
            self.model.set_weights([np.full_like(weight, self.value) for weight in self.model.get_weights()])


@pytest.fixture(scope="module")
def spoilt(rule):
    """Three epochs of learning, then none."""
    labeler = SequenceLabeler(**SMALL, epochs=30, patience=2, seed=1)
    return labeler.fit(rule, tracking=None, progress=False, callbacks=[Spoiler(3, 0.0)])


def test_patience_stops_a_run_that_gets_no_better(spoilt):
    scores = spoilt.history["valid_score"]
    best = int(np.argmax(scores))
    assert best < 3
    assert len(scores) == best + 2 + 1


def test_the_best_weights_are_kept(spoilt, rule):
    best = max(spoilt.history["valid_score"])
    assert spoilt.history["valid_score"][-1] < best
    assert spoilt.criterion(spoilt.evaluate(rule.valid)) == best


def test_history_has_the_figures_of_every_epoch(spoilt):
    epochs = len(spoilt.history["loss"])
    for name in ("valid_f1", "valid_precision", "valid_recall", "valid_accuracy", "valid_score", "best_epoch"):
        assert len(spoilt.history[name]) == epochs
    assert spoilt.history["valid_score"] == spoilt.history["valid_f1"]
    assert spoilt.history["best_epoch"][-1] == np.argmax(spoilt.history["valid_score"]) + 1


def test_a_loss_that_is_no_number_stops_at_its_step(rule):
    labeler = SequenceLabeler(**{**SMALL, "learning_rate": 1e30}, epochs=3, clip_norm=0.0)
    seen = []
    step = keras.callbacks.LambdaCallback(on_train_batch_begin=lambda batch, logs: seen.append(batch))
    with pytest.raises(TrainingError, match=r"the loss is (nan|inf) in epoch 1, step (\d+)") as error:
        labeler.fit(rule, tracking=None, progress=False, callbacks=[step])
    assert f"step {seen[-1] + 1}; no epoch was finished:" in str(error.value)


def test_a_run_that_breaks_off_leaves_the_best_weights(rule):
    labeler = SequenceLabeler(**SMALL, epochs=5)
    scores = []
    score = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: scores.append(logs["valid_score"]))
    with pytest.raises(TrainingError, match="the loss is nan in epoch 3, step 1; the best epoch before it is kept:"):
        labeler.fit(rule, tracking=None, progress=False, callbacks=[Spoiler(2, np.nan), score])
    assert labeler.criterion(labeler.evaluate(rule.valid)) == max(scores) > 0


def test_without_a_score_the_weights_stay():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    best = BestWeights(patience=1)
    best.set_model(model)
    before = model.get_weights()
    best.restore()
    np.testing.assert_array_equal(model.get_weights()[0], before[0])
    assert best.score == -math.inf


@pytest.mark.parametrize(
    ("scores", "stops", "kept"),
    [([0, 0, 0], 2, 2), ([0, 1, 0, 0], 3, 1), ([1, 2, 3, 4], None, 3), ([2, 1, 2, 1], 2, 2)],
)
def test_stops_without_a_better_score_and_keeps_the_last_of_the_best(scores, stops, kept):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.stop_training = False
    best = BestWeights(patience=2)
    best.set_model(model)
    stopped = []
    for epoch, score in enumerate(scores):
        model.set_weights([np.array([[float(epoch)]])])
        best.on_epoch_end(epoch, {"valid_score": score})
        stopped += [epoch] * model.stop_training
    best.restore()
    assert (stopped[:1] or [None])[0] == stops
    assert model.get_weights()[0].item() == kept
