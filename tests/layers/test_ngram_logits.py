"""Every n-gram of a text adds to the logits."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_seq.layers import NgramLogits

V, K = 9, 3
GRAMS = [
    *((0, 3), (3, 4), (4, 5), (5, 0), (3, 3), (1, 7), (8, 1)),
    *((8, 1, 7), (0, 3, 4), (3, 4, 5), (4, 5, 0), (3, 3, 3)),
    *((0, 3, 4, 5), (3, 4, 5, 0)),
]
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
    layer = NgramLogits(V, tables()[0], K, return_contributions=True)
    layer.build((None, None))
    layer.embeddings.assign(np.random.default_rng(0).normal(size=layer.embeddings.shape))
    return layer


def counted(layer, words):
    """(logits, contributions), n-gram by n-gram in Python."""
    longer, rows = tables()
    first = dict(zip((1, 2, 3, 4), np.cumsum([0, V, *(len(table) + 2 for table in longer)]), strict=False))
    weights, text = np.asarray(layer.embeddings), [0, *words[words > 0].tolist(), 0]
    contributions = np.zeros((len(words), K))
    for n in (1, 2, 3, 4):
        for start in range(len(text) - n + 1):
            gram = tuple(text[start : start + n])
            if gram in ((0,), (1,)) or gram not in rows:
                continue
            places = [start + i - 1 for i, word in enumerate(gram) if word]
            contributions[places] += weights[first[n] + rows[gram]] / len(places)
    return contributions.sum(axis=0), contributions


@pytest.mark.parametrize("compiled", [False, True])
def test_they_are_those_counted_one_by_one(layer, compiled):
    logits, contributions = tf.function(layer, jit_compile=compiled)(WORDS)
    expected = [counted(layer, words) for words in WORDS]
    np.testing.assert_allclose(logits, [each for each, _ in expected], atol=1e-6)
    np.testing.assert_allclose(contributions, [each for _, each in expected], atol=1e-6)


def test_padding_changes_nothing(layer):
    logits, contributions = layer(np.pad(WORDS, [(0, 0), (0, 3)]))
    np.testing.assert_allclose(logits, layer(WORDS)[0], atol=1e-6)
    np.testing.assert_allclose(np.asarray(contributions)[:, :5], layer(WORDS)[1], atol=1e-6)


@pytest.mark.parametrize("length", [0, 1, 2])
def test_a_text_may_be_shorter_than_the_ngrams(layer, length):
    logits, contributions = layer(WORDS[:, :length])
    assert contributions.shape == (5, length, K)
    np.testing.assert_allclose(logits, np.sum(contributions, axis=1), atol=1e-6)


def test_without_longer_ngrams_units_count_alone():
    layer = NgramLogits(V, [], K)
    layer.build((None, None))
    layer.embeddings.assign(np.arange(V * K).reshape(V, K))
    weights = np.asarray(layer.embeddings)
    np.testing.assert_allclose(layer(WORDS[:1])[0], weights[[3, 4, 5]].sum(axis=0), rtol=1e-6)


def test_at_the_start_nothing_is_added():
    assert not np.asarray(NgramLogits(V, tables()[0], K)(WORDS)).any()


def test_a_share_is_left_out_while_training_and_the_mean_stays():
    """Of units and of pairs, here the one and then the other, for both labels alike."""
    layer = NgramLogits(V, [[[3, 3]]], 2, dropout=0.25, return_contributions=True, seed=1)
    words = np.full((200, 400), 3, np.int32)
    layer.build((None, None))
    for row in (3, V + 2):
        layer.embeddings.assign(np.eye(V + 3)[row][:, None] * [1.0, 1.0])
        logits, contributions = map(np.asarray, layer(words, training=True))
        np.testing.assert_array_equal(logits[:, 0], logits[:, 1])
        np.testing.assert_allclose(contributions.sum(axis=1), logits, rtol=1e-4)
        count = 400 if row == 3 else 399
        assert logits.mean() == pytest.approx(count, abs=6 * np.sqrt(0.25 / 0.75 * count / 200))
        assert logits[:, 0].std() == pytest.approx(np.sqrt(0.25 / 0.75 * count), rel=0.4)
        np.testing.assert_allclose(layer(words)[0], count, rtol=1e-6)


def test_symbolic_outputs_are_logits_and_contributions(layer):
    ids = keras.Input((None,), dtype="int32")
    logits, contributions = layer(ids)
    assert (logits.shape, contributions.shape) == ((None, K), (None, None, K))
    assert NgramLogits(V, [], K)(ids).shape == (None, K)


def test_an_ngram_twice_is_one_line():
    with pytest.raises(ValueError, match=r"^n: 2 pairs, of which 1 differ, expected each once$"):
        NgramLogits(V, [[[3, 4], [3, 4]]], K, name="n")


@pytest.mark.parametrize(
    ("longer", "message"),
    [
        ([[[9, 4]]], r"^n: n-gram \[9, 4\] of 2 units, expected its first number in \[0, 9\)$"),
        ([[[3, -1]]], r"^n: n-gram \[3, -1\] of 2 units, expected its second number in \[0, 9\)$"),
        ([[[3, 4]], [[3, 4]]], r"^n: n-gram \[3, 4\] of 3 units, expected its first number in \[0, 3\)$"),
    ],
)
def test_a_unit_or_row_that_there_is_not_is_one_line(longer, message):
    with pytest.raises(ValueError, match=message):
        NgramLogits(V, longer, K, name="n")


def test_a_vocabulary_has_a_size():
    with pytest.raises(ValueError, match=r"^NgramLogits: vocabulary_size=0, expected an integer of at least 1$"):
        NgramLogits(0, [], K)
