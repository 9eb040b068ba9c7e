"""log p of chosen tokens, block by block."""

import keras
import numpy as np
import pytest

from keras_seq.layers import VocabularySoftmax
from keras_seq.pipelines import vocabulary_scores


@pytest.mark.parametrize("block", [1, 4, 7, 100])
def test_blocks_of_any_size_give_what_the_whole_softmax_gives(block, monkeypatch):
    monkeypatch.setattr(vocabulary_scores, "BLOCK", block)
    head = VocabularySoftmax(11, seed=1)
    hidden = keras.random.normal((3, 5, 4), seed=2)
    classes = np.random.default_rng(3).integers(0, 11, (3, 5))
    whole = np.asarray(head(hidden))
    found = vocabulary_scores.chosen_log_probabilities(head, hidden, classes)
    np.testing.assert_allclose(found, np.take_along_axis(whole, classes[..., None], 2)[..., 0], rtol=1e-5)
    assert vocabulary_scores.chosen_log_probabilities(head, hidden[:0], classes[:0]).shape == (0, 5)
