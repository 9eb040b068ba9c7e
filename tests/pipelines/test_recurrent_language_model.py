"""Recurrent language models: a state that goes on, labels to start from, the epoch that is kept."""

import keras
import numpy as np
import pytest

from keras_seq.datasets import Corpus, InputError, Text
from keras_seq.layers import CELLS
from keras_seq.pipelines import RecurrentLanguageModel, TrainingError, base_language_model
from keras_seq.pipelines.recurrent_language_model import END_CLASS

TINY = {"units": 4, "layers": 1, "batch_size": 4, "steps": 5, "epochs": 2}
ADAM = {"optimizer": "adam", "learning_rate": 0.03}  # for a few steps
NOISE = dict.fromkeys(["input_dropout", "output_dropout", "embedding_dropout", "weight_drop"], 0.2)
LABELED = [("a b c", "up"), ("a b d", "up"), ("c b a", "down"), ("d c a", "down")]


def fitted(corpus, callbacks=(), **options):
    model = RecurrentLanguageModel(**{**TINY, **options})
    return model.fit(corpus, tracking=None, progress=False, callbacks=callbacks)


@pytest.fixture(scope="module")
def sentences(story):
    """A model in which each sentence stands by itself."""
    return RecurrentLanguageModel(units=4, layers=1, epochs=2, context="sentence").fit(
        story, tracking=None, progress=False
    )


@pytest.fixture(scope="module")
def labeled():
    """Two labels, each with sentences of its own."""
    corpus = Corpus.from_texts(LABELED * 6, LABELED)
    options = {"units": 12, "layers": 1, "context": "sentence", "condition": True, **ADAM}
    return RecurrentLanguageModel(**options, batch_size=8, epochs=20).fit(corpus, tracking=None, progress=False)


def in_one_pass(model, examples):
    """log p of every token, all of them one text that begins after an end."""
    classes = np.asarray(model.encode(examples).values) - 1
    log_p = np.asarray(model.model(np.array([[END_CLASS, *classes[:-1]]]))[0])[0]
    return log_p[np.arange(len(classes)), classes]


class TestAStream:
    def test_a_short_one_is_read_in_one_pass(self, rnn, story):
        expected = in_one_pass(rnn, story.test)
        np.testing.assert_allclose(rnn.running_log_probabilities(rnn.encode(story.test)), expected, atol=1e-5)
        assert rnn.evaluate(story.test)["perplexity"] == pytest.approx(np.exp(-expected.mean()), rel=1e-5)

    def test_a_long_one_is_read_side_by_side_almost_alike(self, rnn, story):
        examples = [*story.train] * 6
        found = rnn.running_log_probabilities(rnn.encode(examples))
        assert len(found) > 3 * 4 * 64  # several rows
        np.testing.assert_allclose(found, in_one_pass(rnn, examples), atol=1e-3)

    def test_its_state_goes_on_from_text_to_text(self, rnn, story):
        alone = np.concatenate([rnn.score(example.text).log_probabilities for example in story.test])
        first = len(story.test[0].text.split()) + 1
        found = in_one_pass(rnn, story.test)
        np.testing.assert_allclose(found[:first], alone[:first], atol=1e-5)
        assert np.abs(found[first:] - alone[first:]).max() > 1e-3


class TestSentences:
    def test_evaluation_is_the_sum_of_scores(self, sentences, story):
        scored = sentences.score([example.text for example in story.test])
        tokens = [value for text in scored for value in text.log_probabilities]
        assert sentences.evaluate(story.test)["perplexity"] == pytest.approx(np.exp(-np.mean(tokens)), rel=1e-5)

    @pytest.mark.parametrize("rows", [1, 3, 1000])
    def test_the_size_of_a_batch_changes_no_figure(self, sentences, story, rows, monkeypatch):
        expected = sentences.evaluate(story.train)
        monkeypatch.setattr(base_language_model, "BATCH", rows)
        found = sentences.evaluate(story.train)
        assert found["tokens"] == expected["tokens"]
        assert found["perplexity"] == pytest.approx(expected["perplexity"], rel=1e-6)

    def test_their_order_changes_no_figure(self, sentences, story):
        found = sentences.evaluate([*story.train][::-1])["perplexity"]
        assert found == pytest.approx(sentences.evaluate(story.train)["perplexity"], rel=1e-6)


class TestLabels:
    def test_a_text_is_more_probable_after_its_label(self, labeled):
        for text, label in LABELED:
            ours, other = (labeled.score(text, condition=each).log_probability for each in ("up", "down"))
            assert (ours > other) == (label == "up")

    def test_evaluation_starts_from_each_text_s_own(self, labeled):
        scored = [labeled.score(text, condition=label) for text, label in LABELED]
        tokens = [value for text in scored for value in text.log_probabilities]
        found = labeled.evaluate([Text(text, label) for text, label in LABELED])
        assert found["perplexity"] == pytest.approx(np.exp(-np.mean(tokens)), rel=1e-5)

    def test_texts_are_generated_from_one(self, labeled):
        for label in ("up", "down"):
            text = labeled.generate(condition=label, method="greedy")
            assert text in [each for each, of in LABELED if of == label]

    def test_without_one_all_are_alike(self, labeled):
        text = LABELED[0][0]
        assert labeled.score(text) == labeled.score(text, condition={"up": 0.5, "down": 0.5})

    def test_others_are_refused(self, labeled):
        with pytest.raises(InputError, match="condition 'left': expected one of down, up"):
            labeled.score("a b c", condition="left")
        with pytest.raises(InputError, match="condition 'left': expected one of down, up"):
            labeled.evaluate([Text("a b", "left")])

    @pytest.mark.parametrize("several", [(), ("up",), ("down", "up")])
    def test_a_text_of_several_labels_is_refused(self, labeled, several):
        with pytest.raises(InputError, match=r"^condition \(.*\): expected one label, got a tuple of them$"):
            labeled.evaluate([Text("a b", several)])

    def test_training_needs_one_for_each_text(self):
        with pytest.raises(InputError, match="condition=true: corpus texts has texts without a label"):
            fitted(Corpus.from_texts(["a", "b"], ["a"]), context="sentence", condition=True, steps=35)

    def test_training_takes_no_texts_of_several_labels(self):
        corpus = Corpus.from_texts([("a", ["up"]), ("b", [])], [("a", ["up"])])
        with pytest.raises(
            InputError, match="condition=true: corpus texts has tuples of labels, expected one label for"
        ):
            fitted(corpus, context="sentence", condition=True, steps=35)


class TestTraining:
    @pytest.mark.parametrize("cell", CELLS)
    def test_every_cell_learns(self, cell, story):
        model = fitted(story, cell=cell, units=16, epochs=6, **ADAM)
        assert model.history["loss"][-1] < 0.8 * model.history["loss"][0]

    def test_one_seed_gives_one_model_after_every_kind_of_noise(self, story):
        one, again, other = (fitted(story, **NOISE, seed=seed).model.get_weights() for seed in (1, 1, 2))
        for a, b in zip(one, again, strict=True):
            np.testing.assert_array_equal(a, b)
        assert not np.array_equal(one[0], other[0])

    @pytest.mark.parametrize("averaging", ["none", "ema", "asgd"])
    def test_the_best_epoch_is_kept_with_its_averaged_weights(self, averaging, story):
        model = fitted(story, averaging=averaging, epochs=5, learning_rate=0.3, decay="none", optimizer="sgd")
        best = min(model.history["valid_perplexity"])
        assert model.evaluate(story.valid)["perplexity"] == pytest.approx(best, rel=1e-6)

    @pytest.mark.parametrize("averaging", ["none", "ema", "asgd"])
    def test_patience_ends_training_that_learns_nothing(self, averaging, story):
        options = {"optimizer": "sgd", "learning_rate": 1e-9, "epochs": 30, "patience": 2, "averaging": averaging}
        assert len(fitted(story, **options).history["loss"]) == 3

    def test_the_rate_falls_on_a_plateau(self, story):
        rates = []

        class Watch(keras.callbacks.Callback):
            def on_epoch_end(self, epoch, logs=None):
                rates.append(float(self.model.optimizer.learning_rate))

        options = {"optimizer": "sgd", "learning_rate": 1e-6, "decay": "plateau", "decay_factor": 0.1}
        fitted(story, [Watch()], **options, epochs=4)
        np.testing.assert_allclose(rates, [1e-6, 1e-7, 1e-8, 1e-9], rtol=1e-5)

    def test_a_loss_that_is_no_number_stops_it(self, story):
        model = RecurrentLanguageModel(
            **TINY, cell="elman", activation="relu", optimizer="sgd", learning_rate=1e30, clip_norm=0
        )
        with pytest.raises(TrainingError, match="the loss is nan in epoch 1, step"):
            model.fit(story, tracking=None, progress=False)

    @pytest.mark.parametrize(
        "options", [{"precision": "bfloat16", "tied": True}, {"weight_decay": 0.01, "decay": "none"}]
    )
    def test_other_options_learn_too(self, options, story):
        model = fitted(story, **options, units=16, epochs=4, **ADAM)
        assert model.history["loss"][-1] < 0.9 * model.history["loss"][0]

    def test_history_tells_of_gradients(self, story):
        history = fitted(story, clip_norm=1e-6).history
        assert min(history["clipped"]) > 0.8  # all, but for a last window in which no row has a token left
        assert min(history["gradient_norm"]) > 1e-3
