"""Filters over letters, the largest answer over the word."""

import numpy as np
import pytest

from keras_seq.layers import CharacterConvolution

RNG = np.random.default_rng(13)
IDS = np.array([[[2, 3, 4, 5], [3, 0, 0, 0]], [[5, 5, 2, 0], [0, 0, 0, 0]]])  # (B, T, C), 0 is padding


def layer(width=3, **options):
    """With biases that are not zero, so that padding would show."""
    convolution = CharacterConvolution(6, units=4, embedding_dim=2, width=width, **options)
    convolution.build(IDS.shape)
    convolution.bias.assign([0.5, -0.5, 1, 0])
    return convolution


def by_hand(convolution, word):
    """max over the letters of relu(the window around each, times the kernel, plus the bias), (F,)."""
    embeddings, kernel, bias = convolution.get_weights()
    letters = [embeddings[i] for i in word if i != 0]
    if not letters:
        return np.zeros(len(bias))
    left, zero = (convolution.width - 1) // 2, np.zeros(embeddings.shape[1])
    answers = []
    for centre in range(len(letters)):
        places = range(centre - left, centre - left + convolution.width)
        window = np.concatenate([letters[i] if 0 <= i < len(letters) else zero for i in places])
        answers.append(np.maximum(window @ kernel + bias, 0))
    return np.max(answers, axis=0)


@pytest.mark.parametrize("width", [1, 2, 3, 5])
def test_it_is_a_convolution_and_a_maximum(width):
    convolution = layer(width)
    expected = [[by_hand(convolution, word) for word in row] for row in IDS]
    np.testing.assert_allclose(convolution(IDS), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("width", [2, 3])
def test_more_padding_changes_nothing(width):
    convolution = layer(width)
    ten, twenty = (np.pad(IDS, ((0, 0), (0, 0), (0, size - 4))) for size in (10, 20))
    np.testing.assert_allclose(convolution(ten), convolution(twenty), atol=1e-6)
    np.testing.assert_allclose(convolution(ten), convolution(IDS), atol=1e-6)


def test_a_token_without_characters_is_zero():
    assert (layer()(IDS)[1, 1].numpy() == 0).all()


def test_one_seed_gives_the_same_start_values():
    first, same, other = (layer(seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first(IDS), same(IDS))
    assert not np.allclose(first(IDS), other(IDS))
