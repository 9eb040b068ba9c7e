"""A row of the table for each word; trigrams where the vocabulary has none."""

import keras
import numpy as np
import pytest

from keras_seq.layers import TokenEmbedding

WORDS = np.array([[2, 3, 1, 0], [4, 0, 0, 0]])
TRIGRAMS = np.random.default_rng(14).integers(1, 8, (2, 4, 3)) * (WORDS[..., None] > 0)
TRIGRAMS[0, 2] = [5, 5, 0]  # of the unknown word


def test_a_word_is_its_row_of_the_table():
    layer = TokenEmbedding(5, 3)
    np.testing.assert_array_equal(layer(WORDS), layer.get_weights()[0][WORDS])


def test_the_mask_is_true_where_there_is_a_word():
    np.testing.assert_array_equal(TokenEmbedding(5, 3)(WORDS)._keras_mask, WORDS != 0)
    np.testing.assert_array_equal(TokenEmbedding(5, 3, trigrams=7)(WORDS, TRIGRAMS)._keras_mask, WORDS != 0)


def test_dropped_words_read_as_unknown():
    layer = TokenEmbedding(5, 3, token_dropout=0.5, seed=1)
    output = layer(np.full((20, 10), 3), training=True).numpy().reshape(-1, 3)
    table = layer.get_weights()[0]
    is_kept, is_dropped = ((output == row).all(axis=1) for row in (table[3], table[1]))
    assert (is_kept ^ is_dropped).all()
    assert is_kept.any()
    assert is_dropped.any()


def test_dropout_leaves_the_mask_alone():
    layer = TokenEmbedding(5, 3, token_dropout=0.9, seed=1)
    np.testing.assert_array_equal(layer(WORDS, training=True)._keras_mask, WORDS != 0)


def test_one_seed_gives_the_same_start_values():
    first, same, other = (TokenEmbedding(5, 3, seed=seed)(WORDS) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, same)
    assert not np.allclose(first, other)


class TestTrigrams:
    @pytest.fixture
    def layer(self):
        layer = TokenEmbedding(5, 3, trigrams=7, token_dropout=0.5, seed=1)
        layer.build(WORDS.shape, TRIGRAMS.shape)
        layer.trigram_embeddings.assign(np.random.default_rng(2).normal(size=(8, 3)))
        return layer

    def test_an_unknown_word_is_the_unknown_vector_and_the_sum_of_its_trigrams(self, layer):
        words, grams = (np.array(weight) for weight in (layer.embeddings, layer.trigram_embeddings))
        expected = words[WORDS]
        expected[0, 2] += 2 * grams[5]
        np.testing.assert_allclose(layer(WORDS, TRIGRAMS), expected, atol=1e-6)

    def test_a_dropped_word_is_read_by_its_trigrams(self, layer):
        words, grams = (np.array(weight) for weight in (layer.embeddings, layer.trigram_embeddings))
        output = layer(np.full((20, 10), 3), np.full((20, 10, 1), 6), training=True).numpy().reshape(-1, 3)
        is_dropped = np.isclose(output, words[1] + grams[6], atol=1e-6).all(axis=1)
        np.testing.assert_allclose(output[~is_dropped], words[[3] * (~is_dropped).sum()])
        assert is_dropped.any()

    def test_at_first_they_say_nothing(self):
        layer = TokenEmbedding(5, 3, trigrams=7)
        np.testing.assert_array_equal(layer(WORDS, TRIGRAMS), layer(WORDS, 0 * TRIGRAMS))


class TestVectorsOfOthers:
    VECTORS = np.array([[9.0, 8.0, 7.0], [-9.0, 8.0, -7.0]])

    def started(self, size=5, **options):
        layer = TokenEmbedding(size, 3, seed=1, **options)
        layer.build((None, None))
        layer.start_from([4, 2], self.VECTORS)
        return layer

    def test_words_have_them(self):
        np.testing.assert_array_equal(self.started().embeddings.numpy()[[4, 2]], self.VECTORS)

    def test_all_others_have_their_variance(self):
        rest = np.delete(self.started(4000).embeddings.numpy(), [4, 2], axis=0)
        assert rest.var() == pytest.approx(self.VECTORS.var(), rel=0.05)

    def test_others_of_another_size_are_refused(self):
        layer = TokenEmbedding(5, 3, name="words")
        layer.build((None, None))
        with pytest.raises(ValueError, match=r"^words: vectors of shape \(1, 2\), expected \(1, 3\)$"):
            layer.start_from([4], [[1.0, 2.0]])

    @pytest.mark.parametrize("fixed", [False, True])
    def test_they_are_learnt_further_unless_they_are_fixed(self, fixed):
        layer = self.started(fixed=fixed)
        ids = keras.Input((None,), dtype="int32")
        model = keras.Model(ids, layer(ids))
        model.compile(keras.optimizers.Adam(0.1), "mse")
        before = layer.embeddings.numpy()
        model.train_on_batch(np.array([[1, 2, 3, 4]]), np.zeros((1, 4, 3)))
        moved = (layer.embeddings.numpy() != before).any(axis=1)
        assert moved.tolist() == [False, True, not fixed, True, not fixed]
