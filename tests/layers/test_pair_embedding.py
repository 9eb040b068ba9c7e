"""Pairs of neighbours have vectors."""

from itertools import pairwise

import keras
import numpy as np
import pytest

from keras_seq.layers import PairEmbedding

PAIRS = [[3, 4], [0, 3], [4, 0], [4, 3], [7, 7]]
WORDS = np.array([[3, 4, 3, 3], [4, 0, 0, 0], [7, 7, 7, 9], [0, 0, 0, 0]], np.int32)


@pytest.fixture
def layer():
    layer = PairEmbedding(PAIRS, 2, seed=0)
    layer.build((None, None))
    return layer


def test_each_word_has_the_pairs_on_either_side(layer):
    table = {tuple(pair): np.asarray(layer.embeddings)[2 + i] for i, pair in enumerate(sorted(PAIRS))}
    padding, unknown = np.asarray(layer.embeddings)[:2]
    expected = np.zeros((*WORDS.shape, 4))
    for i, row in enumerate([[0, *words, 0] for words in WORDS.tolist()]):
        vectors = [table.get(pair, unknown if any(pair) else padding) for pair in pairwise(row)]
        expected[i] = np.concatenate([vectors[:-1], vectors[1:]], axis=1)
    np.testing.assert_array_equal(layer(WORDS), expected)


def test_padding_is_masked_and_changes_nothing(layer):
    np.testing.assert_array_equal(layer.compute_mask(WORDS), WORDS > 0)
    longer = np.pad(WORDS, [(0, 0), (0, 3)])
    np.testing.assert_array_equal(np.asarray(layer(longer))[:, :4], layer(WORDS))


def test_a_share_is_unknown_while_training(layer):
    layer = PairEmbedding([[7, 7]], 1, 0.3, seed=1)
    words = np.full((100, 200), 7, np.int32)
    layer(words)
    layer.embeddings.assign([[0], [1], [2]])
    found = np.asarray(layer(words, training=True))[:, 1:, 0]
    assert (found == 1).mean() == pytest.approx(0.3, abs=6 * np.sqrt(0.3 * 0.7 / found.size))
    assert (np.asarray(layer(words))[:, 1:, 0] == 2).all()


def test_it_is_built_again_from_its_configuration(layer):
    other = PairEmbedding.from_config(layer.get_config())
    other.build((None, None))
    np.testing.assert_array_equal(other(WORDS), layer(WORDS))


def test_a_symbolic_output_has_both_pairs(layer):
    assert layer(keras.Input((None,), dtype="int32")).shape == (None, None, 4)


def test_wrong_pairs_are_one_line():
    with pytest.raises(ValueError, match=r"^p: 2 pairs, of which 1 differ, expected each once$"):
        PairEmbedding([[3, 4], [3, 4]], 1, name="p")
