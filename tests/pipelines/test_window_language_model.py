"""The window language model: which words stand in a window, and that none is lost."""

import numpy as np
import pytest

from keras_seq.datasets import Ragged
from keras_seq.pipelines import WindowLanguageModel, window_language_model
from keras_seq.pipelines.window_language_model import Windows

IDS = Ragged(np.array([5, 6, 2, 2, 7, 8, 9, 2]), np.array([0, 3, 4, 8]))  # three texts, the second one empty
EXPECTED = [  # the two tokens before each, and its class
    ([0, 0], 4),
    ([0, 5], 5),
    ([5, 6], 1),
    ([0, 0], 1),
    ([0, 0], 6),
    ([0, 7], 7),
    ([7, 8], 8),
    ([8, 9], 1),
]


def rows(windows, epoch=0):
    """The (window, target) of an epoch's batches, those that only fill up left out."""
    batches = list(windows.epoch(epoch))
    assert {batch["inputs"].shape for batch in batches} == {(windows.rows, windows.width)}
    return [
        (window.tolist(), int(target))
        for batch in batches
        for window, target in zip(batch["inputs"], batch["targets"], strict=True)
        if target >= 0
    ]


@pytest.mark.parametrize("size", [1, 3, 8, 100])
def test_a_window_has_the_words_of_its_own_text(size):
    assert rows(Windows(IDS, 3, size)) == EXPECTED


@pytest.mark.parametrize("size", [1, 3, 8, 100])
def test_an_epoch_has_every_one_once(size):
    assert sorted(rows(Windows(IDS, 3, size, seed=4), 2)) == sorted(EXPECTED)


def test_the_order_is_another_in_each_epoch_and_repeats_by_seed():
    assert rows(Windows(IDS, 3, 3, seed=4), 0) == rows(Windows(IDS, 3, 3, seed=4), 0)
    assert rows(Windows(IDS, 3, 3, seed=4), 0) != rows(Windows(IDS, 3, 3, seed=4), 1)
    assert rows(Windows(IDS, 3, 3, seed=4), 0) != rows(Windows(IDS, 3, 3, seed=5), 0)


def test_a_window_may_be_wider_than_the_corpus():
    ids = Ragged(np.array([5, 2]), np.array([0, 2]))
    assert rows(Windows(ids, 9, 4)) == [([0] * 8, 4), ([0] * 7 + [5], 1)]


def test_a_dataset_is_one_epoch_after_another():
    windows = Windows(IDS, 3, 3, seed=4)
    found = list(windows.dataset().take(2 * windows.steps).as_numpy_iterator())
    for one, other in zip(found, [batch for epoch in (0, 1) for batch in windows.epoch(epoch)], strict=True):
        np.testing.assert_array_equal(one["inputs"], other["inputs"])
        np.testing.assert_array_equal(one["targets"], other["targets"])


@pytest.mark.parametrize("block", [1, 7, 5000])
def test_the_size_of_a_block_changes_no_figure(nnlm, story, block, monkeypatch):
    ids = nnlm.encode(story.test)
    expected = nnlm.log_probabilities(ids)
    monkeypatch.setattr(window_language_model, "BLOCK", block)
    np.testing.assert_allclose(nnlm.log_probabilities(ids), expected, atol=1e-5)


def test_words_before_the_window_are_not_read(nnlm):
    one, other = (scored.log_probabilities for scored in nnlm.score(["the cat is small", "walking dog is small"]))
    assert one[4] == pytest.approx(other[4], abs=1e-5)  # the end, after "is small"
    assert one[3] != pytest.approx(other[3], abs=1e-3)


@pytest.mark.parametrize(
    "options",
    [
        {"dropout": 0.3},
        {"precision": "bfloat16"},
        {"decay": "none", "weight_decay": 0.01},
        {"tied": True, "units": 2, "averaging": "ema"},
    ],
)
def test_one_seed_gives_one_model(story, options):
    tiny = {"order": 3, "units": 3, "embedding_dim": 2, "batch_size": 64, "epochs": 1, **options}
    one, again = (
        WindowLanguageModel(**tiny, seed=3).fit(story, tracking=None, progress=False).model.get_weights()
        for _ in range(2)
    )
    for a, b in zip(one, again, strict=True):
        np.testing.assert_array_equal(a, b)


def test_what_is_scored_and_kept_is_the_average_of_the_weights(story):
    options = {"order": 3, "units": 3, "embedding_dim": 2, "batch_size": 64, "epochs": 1, "learning_rate": 0.1}
    last, mean = (
        WindowLanguageModel(**options, averaging=averaging).fit(story, tracking=None, progress=False)
        for averaging in ("none", "ema")
    )
    assert last.evaluate(story.test)["perplexity"] != mean.evaluate(story.test)["perplexity"]
    assert mean.history["loss"] == last.history["loss"]  # the steps are the same
