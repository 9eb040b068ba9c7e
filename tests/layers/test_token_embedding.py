"""A row of the table for each word, and its letters beside it."""

import numpy as np
import pytest

from keras_seq.layers import CharacterConvolution, TokenEmbedding

WORDS = np.array([[2, 3, 1, 0], [4, 0, 0, 0]])
LETTERS = np.random.default_rng(14).integers(1, 6, (2, 4, 3)) * (WORDS[..., None] > 0)


def test_a_word_is_its_row_of_the_table():
    layer = TokenEmbedding(5, 3)
    np.testing.assert_array_equal(layer(WORDS), layer.get_weights()[0][WORDS])


def test_letters_stand_beside_the_word():
    layer = TokenEmbedding(5, 3, character_vocabulary_size=6, character_units=2)
    vectors, letters = np.split(np.array(layer(WORDS, LETTERS)), [3], axis=-1)
    table, *weights = layer.get_weights()
    spelling = CharacterConvolution(6, 2)
    spelling.build(LETTERS.shape)
    spelling.set_weights(weights)
    np.testing.assert_array_equal(vectors, table[WORDS])
    np.testing.assert_allclose(letters, spelling(LETTERS), atol=1e-6)


@pytest.mark.parametrize("letters", [(), (LETTERS,)], ids=["words", "letters"])
def test_the_mask_is_true_where_there_is_a_word(letters):
    layer = TokenEmbedding(5, 3, character_vocabulary_size=6 if letters else 0)
    np.testing.assert_array_equal(layer(WORDS, *letters)._keras_mask, WORDS != 0)


def test_dropped_words_read_as_unknown_and_keep_their_letters():
    layer = TokenEmbedding(5, 3, character_vocabulary_size=6, character_units=2, token_dropout=0.5, seed=1)
    words, letters = np.full((20, 10), 3), np.full((20, 10, 4), 2)
    kept, dropped = (layer(np.full((1, 1), i), letters[:1, :1])[0, 0].numpy() for i in (3, 1))
    output = layer(words, letters, training=True).numpy().reshape(-1, 5)
    is_kept, is_dropped = (np.isclose(output, row, atol=1e-6).all(axis=1) for row in (kept, dropped))
    assert (is_kept ^ is_dropped).all()
    assert is_kept.any()
    assert is_dropped.any()


def test_dropout_leaves_the_mask_alone():
    layer = TokenEmbedding(5, 3, token_dropout=0.9, seed=1)
    np.testing.assert_array_equal(layer(WORDS, training=True)._keras_mask, WORDS != 0)


def test_one_seed_gives_the_same_start_values():
    first, same, other = (TokenEmbedding(5, 3, 6, 2, seed=seed)(WORDS, LETTERS) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, same)
    assert not np.allclose(first, other)
