"""Two models as one: the weighed sum of their probabilities, the weight fitted, and a pipeline like the others."""

import numpy as np
import pytest

import keras_seq as ks
from keras_seq.datasets import InputError
from keras_seq.pipelines.mixture_language_model import best_weight

TEXT = "the cat is small after school"


@pytest.fixture(scope="module")
def mixed(rnn, ngram, story):
    return ks.pipelines.mixture(rnn, ngram, story)


def test_each_token_has_the_weighed_sum_of_both(mixed, rnn, ngram):
    weight = mixed.config.weight
    first, second = (np.exp(model.score(TEXT).log_probabilities) for model in (rnn, ngram))
    expected = np.log(weight * first + (1 - weight) * second)
    np.testing.assert_allclose(mixed.score(TEXT).log_probabilities, expected, rtol=1e-4)


def test_the_next_token_has_the_weighed_sum_of_both(mixed, rnn, ngram):
    def following(model):
        log_p, _ = model.advance(model.start(np.zeros((1, 0), np.float32)), np.zeros(1, np.int32))
        return np.exp(log_p[0])

    weight = mixed.config.weight
    np.testing.assert_allclose(
        following(mixed), weight * following(rnn) + (1 - weight) * following(ngram), rtol=1e-4, atol=1e-9
    )


def test_the_weight_is_the_best_of_a_grid():
    draw = np.random.default_rng(0)
    first, second = np.log(draw.uniform(0.01, 1, (2, 500)))
    found = best_weight(first, second)
    grid = np.linspace(0.001, 0.999, 999)
    likelihood = [np.log(w * np.exp(first) + (1 - w) * np.exp(second)).sum() for w in grid]
    assert found == pytest.approx(grid[np.argmax(likelihood)], abs=2e-3)


def test_a_model_of_no_use_gets_no_weight():
    assert best_weight(np.full(50, -1.0), np.full(50, -np.inf)) == pytest.approx(1)
    assert best_weight(np.full(50, -3.0), np.full(50, -1.0)) < 1e-3


def test_on_validation_it_is_no_worse_than_either(mixed, story):
    figures = mixed.evaluate(story.valid)
    assert figures["perplexity"] <= min(figures["first_perplexity"], figures["second_perplexity"]) * 1.0001


def test_it_is_saved_and_loaded(mixed, story, tmp_path):
    mixed.save(tmp_path / "mixed")
    loaded = ks.pipelines.load(tmp_path / "mixed")
    assert loaded.evaluate(story.test) == mixed.evaluate(story.test)
    assert loaded.config == mixed.config


def test_its_export_scores_as_it_does(mixed, tmp_path):
    session = ks.pipelines.SavedModelSession(mixed.export(tmp_path / "serving"))
    texts = [TEXT, "", "nothing of this 去"]
    np.testing.assert_allclose(
        session(texts)["log_probability"], [scored.log_probability for scored in mixed.score(texts)], rtol=1e-5
    )


def test_a_mixture_may_be_mixed_again(mixed, nnlm, story, tmp_path):
    three = ks.pipelines.mixture(mixed, nnlm, story)
    three.save(tmp_path / "three")
    assert ks.pipelines.load(tmp_path / "three").score(TEXT) == three.score(TEXT)


def test_two_models_of_one_kind_keep_their_own_weights(story, ngram, tmp_path):
    other = ks.pipelines.NgramLanguageModel(order=1).fit(story, tracking=None)
    both = ks.pipelines.mixture(ngram, other, story)
    both.save(tmp_path / "both")
    assert ks.pipelines.load(tmp_path / "both").evaluate(story.test) == both.evaluate(story.test)


def test_it_generates(mixed):
    assert mixed.generate("the", length=4, seed=3) == mixed.generate("the", length=4, seed=3)
    assert mixed.generate("walking", method="beam", length=4).startswith("walking")


def test_another_vocabulary_is_refused(ngram, story):
    strange = ks.datasets.Corpus.from_texts(["one two three"] * 4, ["one"], name="strange")
    other = ks.pipelines.NgramLanguageModel(order=2).fit(strange, tracking=None)
    with pytest.raises(InputError, match=r"vocabularies of .* that differ"):
        ks.pipelines.mixture(ngram, other, story)


def test_a_model_that_is_not_trained_is_refused(ngram, story):
    with pytest.raises(InputError, match="expected two trained language models"):
        ks.pipelines.mixture(ngram, ks.pipelines.NgramLanguageModel(), story)


def test_it_is_not_trained_itself(story):
    with pytest.raises(InputError, match="made of two trained models"):
        ks.pipelines.MixtureLanguageModel().fit(story, tracking=None)
