"""The n-gram model in the graph: what BackoffModel says, compiled, saved and exported."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_seq.layers.ngram_counts import count_ngrams, with_borders
from keras_seq.layers.ngram_estimators import ESTIMATORS
from keras_seq.layers.ngram_lookup import NgramLookup
from keras_seq.layers.ngram_pruning import prune_by_entropy

V = 7
RNG = np.random.default_rng(3)
SENTENCES = [RNG.integers(3, V - 1, RNG.integers(0, 7)).tolist() for _ in range(40)]
TOKENS = np.array([[3, 4, 5, 2], [6, 1, 2, 0], [2, 0, 0, 0], [0, 0, 0, 0], [3, 3, 3, 3]])
CONTEXTS = np.array([[3, 4, 5, 4], [0, 3, 4, 3], [3, 4, 0, 3], [0, 0, 0, 0], [6, 6, 1, 5], [2, 2, 2, 2]])


def tables_of(sentences, order):
    return count_ngrams(*with_borders([w for s in sentences for w in s], [len(s) for s in sentences]), order, V)


def model_of(name, order, sentences=SENTENCES):
    return ESTIMATORS[name](tables_of(sentences, order))


def expected_scores(model, tokens):
    scores = np.zeros(tokens.shape)
    for row, words in zip(scores, tokens, strict=True):
        words = words[words > 0]
        row[: len(words)] = model.score([0, *words], np.arange(len(words) + 1))[1:]
    return scores


@pytest.mark.parametrize("name", ESTIMATORS)
@pytest.mark.parametrize("order", [1, 2, 4, 9])  # of order 9, tables are empty
def test_it_says_what_the_model_says(name, order):
    model = model_of(name, order)
    layer = NgramLookup.from_model(model)
    np.testing.assert_allclose(layer(TOKENS), expected_scores(model, TOKENS), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(layer.next(CONTEXTS), model.next(CONTEXTS), rtol=1e-5, atol=1e-5)


def test_rows_without_a_probability_back_off():
    model = prune_by_entropy(model_of("kneser-ney", 4), 0.003)
    assert model.types != model.rows
    layer = NgramLookup.from_model(model)
    np.testing.assert_allclose(layer(TOKENS), expected_scores(model, TOKENS), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(layer.next(CONTEXTS), model.next(CONTEXTS), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", ["kneser-ney", "stupid-backoff"])
@pytest.mark.parametrize("width", [0, 1, 2, 6])
def test_contexts_may_be_of_any_length(name, width):
    model, contexts = model_of(name, 4), RNG.integers(0, V, (20, width))
    layer = NgramLookup.from_model(model)
    np.testing.assert_allclose(layer.next(contexts), model.next(contexts), rtol=1e-5, atol=1e-5)


def test_it_gives_the_model_back():
    model = model_of("katz", 3)
    again = NgramLookup.from_model(model).to_model()
    assert (again.rows, again.types, again.log_missing) == (model.rows, model.types, model.log_missing)
    np.testing.assert_allclose(again.next(CONTEXTS), model.next(CONTEXTS), rtol=1e-6)


def test_a_graph_of_unknown_batch_and_time():
    model = model_of("stupid-backoff", 3)
    layer = NgramLookup.from_model(model)
    shape = tf.TensorSpec((None, None), tf.int32)
    score, after = (tf.function(f, input_signature=[shape]) for f in (layer.call, layer.next))
    for width in (1, 2, 4):
        tokens = TOKENS[:, :width].astype("int32")
        np.testing.assert_allclose(score(tokens), expected_scores(model, tokens), rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(after(tokens), model.next(tokens), rtol=1e-5, atol=1e-5)
    assert score(np.zeros((0, 3), "int32")).shape == (0, 3)


@pytest.mark.parametrize("order", [3, 9])
def test_a_saved_model_holds_its_tables(order, tmp_path):
    model = model_of("kneser-ney", order)
    module = tf.Module()
    module.layer = NgramLookup.from_model(model)
    shape = tf.TensorSpec((None, None), tf.int32)
    module.score = tf.function(module.layer.call, input_signature=[shape])
    module.after = tf.function(module.layer.next, input_signature=[shape])
    tf.saved_model.save(module, str(tmp_path))
    loaded = tf.saved_model.load(str(tmp_path))
    np.testing.assert_allclose(loaded.score(TOKENS), expected_scores(model, TOKENS), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(loaded.after(CONTEXTS), model.next(CONTEXTS), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("order", [3, 9])
def test_keras_saves_it(order, tmp_path):
    tokens = keras.Input((None,), dtype="int32")
    model = keras.Model(tokens, NgramLookup.from_model(model_of("kneser-ney", order))(tokens))
    model.save(tmp_path / "model.keras")
    np.testing.assert_array_equal(keras.models.load_model(tmp_path / "model.keras")(TOKENS), model(TOKENS))


def test_arguments_survive():
    layer = NgramLookup((7, 12, 0), log_missing=-0.5, name="lm")
    again = NgramLookup.from_config(layer.get_config())
    assert (again.rows, again.log_missing, again.name) == ((7, 12, 0), -0.5, "lm")
    assert [tuple(w.shape) for w in again.weights] == [tuple(w.shape) for w in layer.weights]


def test_half_precision_leaves_the_tables_alone():
    model = model_of("kneser-ney", 3)
    layer = NgramLookup.from_model(model, dtype="mixed_float16")
    np.testing.assert_allclose(layer(TOKENS), expected_scores(model, TOKENS), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("rows", [(), (1, 3), (7, -1)])
def test_rows_that_no_model_has_are_one_line(rows):
    with pytest.raises(ValueError, match=r"^NgramLookup: rows=\(.*\), expected V, at least 2, and the sizes of .*$"):
        NgramLookup(rows)


def test_a_model_of_other_sizes_is_one_line():
    with pytest.raises(
        ValueError, match=r"^NgramLookup: a model with rows=\(7, .*\), log_missing=0, expected rows=\(7, 2\)"
    ):
        NgramLookup((7, 2)).assign(model_of("kneser-ney", 2))
