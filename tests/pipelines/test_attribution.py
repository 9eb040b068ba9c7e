"""Gradient times input and occlusion, where both can be worked out by hand."""

import numpy as np
import pytest

from keras_seq.datasets import Corpus, InputError
from keras_seq.pipelines import Classifier

WORDS = "a b c d e f g".split()
CORPUS = Corpus.from_texts([(" ".join(WORDS), "x"), ("b a", "y"), ("c c", "z")], [("a", "x")])
TEXT = "C a  f b a"


def bag(**options):
    """tanh(W e + b) at each step, no recurrence, and the mean: every token by itself."""
    model = Classifier(
        cell="elman", units=5, embedding_dim=4, pooling="mean", bidirectional=False, lowercase=True, **options
    )
    model.learn(CORPUS)
    model.model = model.network()
    draw = np.random.default_rng(7)
    weights = {
        w.path: draw.normal(size=w.shape) * (0 if "recurrent_kernel" in w.path else 0.7) for w in model.model.weights
    }
    model.model.set_weights(list(weights.values()))
    return model, list(weights.values())


def probabilities(ids, weights, pieces, temperature=1.0):
    """(hidden (T, H), p (K)) of a bag."""
    table, kernel, _, bias, output, output_bias = weights
    hidden = np.tanh(table[ids] @ kernel + bias)
    means = [hidden[piece].mean(axis=0) for piece in pieces]
    z = (np.mean(means, axis=0) @ output + output_bias) / temperature
    return hidden, np.exp(z) / np.exp(z).sum()


def ids_of(model, text):
    return model.text([text]).values.numpy()


@pytest.mark.parametrize("temperature", [1.0, 2.5])
@pytest.mark.parametrize(
    ("options", "pieces"),
    [
        ({}, [[0, 1, 2, 3, 4]]),
        ({"max_length": 3}, [[0, 1, 2]]),
        ({"max_length": 2, "long_texts": "split"}, [[0, 1], [2, 3], [4]]),
    ],
)
def test_gradient_times_input_of_a_bag(options, pieces, temperature):
    model, weights = bag(**options)
    model.temperature = temperature
    model._prepare()
    ids = ids_of(model, TEXT)
    hidden, p = probabilities(ids, weights, pieces, temperature)
    table, kernel, _, _, output, _ = weights
    for label in range(3):
        towards = (output[:, label] - output @ p) / temperature  # ∂ log p(label) / ∂ mean
        expected = [
            np.dot(table[ids[t]], kernel @ ((1 - hidden[t] ** 2) * towards)) / len(piece) / len(pieces)
            for piece in pieces
            for t in piece
        ]
        found = model.explain(TEXT, label="xyz"[label])
        np.testing.assert_allclose(found.effects, expected, atol=1e-5)


@pytest.mark.parametrize(
    ("options", "pieces"),
    [({}, [[0, 1, 2, 3, 4]]), ({"max_length": 2, "long_texts": "split"}, [[0, 1], [2, 3], [4]])],
)
def test_occlusion_of_a_bag(options, pieces):
    model, weights = bag(**options)
    ids = ids_of(model, TEXT)
    _, whole = probabilities(ids, weights, pieces)
    for place, effect in enumerate(model.explain(TEXT, "occlusion", "y").effects):
        hidden = ids.copy()
        hidden[place] = 1
        assert effect == pytest.approx(whole[1] - probabilities(hidden, weights, pieces)[1][1], abs=1e-5)


def test_occlusion_in_many_small_batches_is_the_same(monkeypatch, critic):
    expected = critic.explain("this film is not dull", "occlusion").effects
    monkeypatch.setattr("keras_seq.pipelines.attribution.HIDDEN_UNITS", 7)
    np.testing.assert_allclose(critic.explain("this film is not dull", "occlusion").effects, expected, atol=1e-6)


@pytest.mark.parametrize("text", ["this film is not dull", "the soup was cheap and we a cook the"])
def test_occlusion_is_what_predict_says_of_an_unknown_word(classifier, text):
    result, found = classifier.predict(text), classifier.explain(text, "occlusion")
    for place, effect in enumerate(found.effects):
        words = text.split()
        words[place] = "\u4e02"
        hidden = classifier.predict(" ".join(words)).probabilities[found.label]
        assert effect == pytest.approx(result.probabilities[found.label] - hidden, abs=1e-5)


def test_attention_is_what_the_export_shows(critic):
    found = critic.explain("so fine this", "attention")
    weights = critic._serve(["so fine this"])["weights"][0]
    np.testing.assert_array_equal(found.effects, weights.astype(np.float64))
    assert found.effects.sum() == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("method", ["gradient", "occlusion"])
def test_the_words_that_decide_are_the_strongest(critic, method):
    found = critic.explain("a film so fine this one", method)
    assert found.label == "good"
    assert {token for token, _ in found.strongest(2)[0]} == {"so", "fine"}


def test_a_frozen_table_is_explained_too():
    model, _ = bag()
    expected = model.explain(TEXT, label="y").effects
    model.model.get_layer("embedding").trainable = False
    model._prepare()
    np.testing.assert_allclose(model.explain(TEXT, label="y").effects, expected, atol=1e-6)


class TestTokens:
    def test_words_are_as_the_user_wrote_them(self):
        found = bag()[0].explain(TEXT)
        assert found.tokens == ["C", "a", "f", "b", "a"]
        assert found.offsets == [(0, 1), (2, 3), (5, 6), (7, 8), (9, 10)]

    def test_offsets_are_code_points_through_normalisation(self, critic):
        found = critic.explain("𝕒  ﬁlm ist größer")
        assert found.tokens == ["𝕒", "ﬁlm", "ist", "größer"]
        assert [found.text[start:end] for start, end in found.offsets] == found.tokens

    def test_what_was_cut_off_is_not_there(self, read_cut):
        found = read_cut.explain("this film is not dull")
        assert found.tokens == ["this", "film", "is"]
        assert len(found.effects) == 3
        assert found.truncated
        assert not read_cut.explain("this film").truncated

    @pytest.mark.parametrize("unit", ["character", "subword"])
    def test_letters_and_pieces_have_an_effect_each(self, untrained, unit):
        found = untrained(CORPUS, text_unit=unit).explain("a b")
        assert found.tokens == (["a", " ", "b"] if unit == "character" else ["a", "b"])
        assert (len(found.effects), found.offsets) == (len(found.tokens), [])

    @pytest.mark.parametrize("method", ["gradient", "occlusion"])
    @pytest.mark.parametrize("text", ["", " \t"])
    def test_an_empty_text_has_none(self, classifier, text, method):
        found = classifier.explain(text, method)
        assert (found.tokens, found.effects.shape) == ([], (0,))
        assert str(found) == f"{found.label}, because of: no single token"


class TestLabels:
    def test_it_is_the_one_that_predict_gives(self, critic):
        for text in ("a film so fine", "a film so dull"):
            assert critic.explain(text).label == critic.predict(text).label

    def test_of_several_it_is_the_most_probable(self, sorter):
        probabilities = sorter.predict("the soup was").probabilities
        assert sorter.explain("the soup was").label == max(probabilities, key=probabilities.get) == "food"

    def test_any_can_be_asked_for(self, critic):
        good, bad = (critic.explain("a film so fine", label=label).effects for label in ("good", "bad"))
        assert good[-1] > 0 > bad[-1]

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"label": "ugly"}, "explain: label 'ugly', expected one of bad, good"),
            ({"method": "magic"}, "explain: method='magic', expected one of gradient, occlusion, attention"),
        ],
    )
    def test_others_are_refused(self, critic, options, message):
        with pytest.raises(InputError, match=f"^{message}$"):
            critic.explain("so fine", **options)

    def test_attention_needs_attention(self, sorter):
        with pytest.raises(InputError, match="method=attention with pooling=max, expected pooling=attention"):
            sorter.explain("so fine", "attention")

    @pytest.mark.parametrize("text", [3, ["a"], None])
    def test_so_is_what_is_not_one_string(self, critic, text):
        with pytest.raises(InputError, match=r"^explain: expected one string, got "):
            critic.explain(text)
