"""Every n-gram of a text speaks for labels."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_seq.layers import NgramLogits

V, K = 9, 3
GRAMS = [(0, 3), (3, 4), (4, 5), (5, 0), (3, 3), (0, 3, 4), (3, 4, 5), (4, 5, 0), (3, 3, 3), (0, 3, 4, 5), (3, 4, 5, 0)]
WORDS = np.array([[3, 4, 5, 0, 0], [3, 3, 3, 3, 3], [8, 1, 7, 4, 5], [3, 0, 0, 0, 0], [0, 0, 0, 0, 0]], np.int32)


def tables():
    """GRAMS as the layer wants them: all but the last unit by their row, and the last unit."""
    rows, found = {(word,): word for word in range(V)}, []
    for n in (2, 3, 4):
        table = sorted((rows[gram[:-1]], gram[-1], gram) for gram in GRAMS if len(gram) == n)
        rows |= {gram: 2 + i for i, (_, _, gram) in enumerate(table)}
        found.append([[first, last] for first, last, _ in table])
    return found, rows


@pytest.fixture
def layer():
    layer = NgramLogits(V, tables()[0], K, return_votes=True)
    layer.build((None, None))
    layer.embeddings.assign(np.random.default_rng(0).normal(size=layer.embeddings.shape))
    return layer


def counted(layer, words):
    """(logits, votes), n-gram by n-gram in Python."""
    longer, rows = tables()
    first = dict(zip((1, 2, 3, 4), np.cumsum([0, V, *(len(table) + 2 for table in longer)]), strict=False))
    weights, text = np.asarray(layer.embeddings), [0, *words[words > 0].tolist(), 0]
    votes = np.zeros((len(words), K))
    for n in (1, 2, 3, 4):
        for start in range(len(text) - n + 1):
            gram = tuple(text[start : start + n])
            if gram in ((0,), (1,)) or gram not in rows:
                continue
            places = [start + i - 1 for i, word in enumerate(gram) if word]
            votes[places] += weights[first[n] + rows[gram]] / len(places)
    return votes.sum(axis=0), votes


@pytest.mark.parametrize("compiled", [False, True])
def test_they_are_those_counted_one_by_one(layer, compiled):
    logits, votes = tf.function(layer, jit_compile=compiled)(WORDS)
    expected = [counted(layer, words) for words in WORDS]
    np.testing.assert_allclose(logits, [each for each, _ in expected], atol=1e-6)
    np.testing.assert_allclose(votes, [each for _, each in expected], atol=1e-6)


def test_padding_changes_nothing(layer):
    logits, votes = layer(np.pad(WORDS, [(0, 0), (0, 3)]))
    np.testing.assert_allclose(logits, layer(WORDS)[0], atol=1e-6)
    np.testing.assert_allclose(np.asarray(votes)[:, :5], layer(WORDS)[1], atol=1e-6)


@pytest.mark.parametrize("length", [0, 1, 2])
def test_a_text_may_be_shorter_than_the_ngrams(layer, length):
    logits, votes = layer(WORDS[:, :length])
    assert votes.shape == (5, length, K)
    np.testing.assert_allclose(logits, np.sum(votes, axis=1), atol=1e-6)


def test_without_longer_ngrams_units_speak_alone():
    layer = NgramLogits(V, [], K)
    layer.build((None, None))
    layer.embeddings.assign(np.arange(V * K).reshape(V, K))
    weights = np.asarray(layer.embeddings)
    np.testing.assert_allclose(layer(WORDS[:1])[0], weights[[3, 4, 5]].sum(axis=0), rtol=1e-6)


def test_at_the_start_nothing_is_said():
    assert not np.asarray(NgramLogits(V, tables()[0], K)(WORDS)).any()


def test_a_share_is_left_out_while_training_and_the_mean_stays():
    layer = NgramLogits(V, [], 1, dropout=0.25, seed=1)
    words = np.full((200, 400), 3, np.int32)
    layer.build((None, None))
    layer.embeddings.assign(np.ones((V, 1)))
    said = np.asarray(layer(words, training=True))[:, 0] / 400
    assert said.mean() == pytest.approx(1, abs=6 * np.sqrt(0.25 / 0.75 / words.size))
    assert said.std() == pytest.approx(np.sqrt(0.25 / 0.75 / 400), rel=0.4)
    np.testing.assert_allclose(layer(words)[:, 0], 400, rtol=1e-6)


def test_symbolic_outputs_are_logits_and_votes(layer):
    logits, votes = layer(keras.Input((None,), dtype="int32"))
    assert (logits.shape, votes.shape) == ((None, K), (None, None, K))


def test_an_ngram_twice_is_one_line():
    with pytest.raises(ValueError, match=r"^n: 2 pairs, of which 1 differ, expected each once$"):
        NgramLogits(V, [[[3, 4], [3, 4]]], K, name="n")
