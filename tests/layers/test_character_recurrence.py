"""Letters read from both ends, each word as a sequence of its own."""

import numpy as np
import pytest

from keras_seq.layers import Bidirectional, CharacterRecurrence, LSTMCell

RNG = np.random.default_rng(13)
IDS = np.array([[[2, 3, 4, 5], [3, 0, 0, 0]], [[5, 5, 2, 0], [0, 0, 0, 0]]])  # (B, T, C), 0 is padding
H, E = 3, 2


@pytest.fixture
def layer():
    """With weights that are all drawn, biases too."""
    spelling = CharacterRecurrence(6, H, embedding_dim=E)
    spelling(IDS)
    spelling.set_weights([RNG.normal(size=weight.shape) for weight in spelling.weights if "seed" not in weight.path])
    return spelling


def test_a_word_is_what_an_lstm_says_at_either_end_of_it_alone(layer):
    table, *weights = layer.get_weights()
    both = Bidirectional(LSTMCell(H), return_sequences=False)
    both.build((None, None, E))
    both.set_weights(weights)
    for row, tokens in enumerate(IDS):
        for place, letters in enumerate(tokens):
            alone = table[letters[letters > 0]][None]
            expected = both(alone)[0] if alone.size else np.zeros(2 * H)
            np.testing.assert_allclose(layer(IDS)[row, place], expected, atol=1e-5)


def test_the_order_of_letters_counts(layer):
    one, other = layer(np.array([[[2, 3, 4], [4, 3, 2]]]))[0].numpy()
    assert not np.allclose(one, other, atol=1e-3)


def test_more_padding_changes_nothing(layer):
    wide = np.pad(IDS, ((0, 0), (0, 3), (0, 5)))
    np.testing.assert_allclose(layer(wide)[:, :2], layer(IDS), atol=1e-6)


def test_one_seed_gives_the_same_start_values():
    first, same, other = (CharacterRecurrence(6, H, E, seed=seed)(IDS) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, same)
    assert not np.allclose(first, other)
