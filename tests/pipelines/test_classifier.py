"""A classifier from end to end, on corpora of two hundred texts."""

import dataclasses
import json

import numpy as np
import pytest

from keras_seq.datasets import Corpus, Frames, InputError, Text
from keras_seq.pipelines import Classifier, classification, load
from keras_seq.pipelines.artefact import MANIFEST

TINY = {"cell": "elman", "units": 3, "embedding_dim": 3, "epochs": 1, "batch_size": 4}
NOISY = {"dropout": 0.3, "token_dropout": 0.2, "weight_drop": 0.2, "pooling": "attention", "layers": 2}
STRANGE = ["", " \t\n", "zzz yyy", "ﬁ 👩‍👩‍👧 a\0b", "not so fine", "the soup was cheap " * 20]


def fitted(corpus, **options):
    return Classifier(**options).fit(corpus, tracking=None, progress=False)


def split_of(classifier, reviews, topics):
    return (topics if classifier.labels.several else reviews).test


def softmax(z):
    return np.exp(z - z.max()) / np.exp(z - z.max()).sum()


class TestLearning:
    def test_a_rule_of_two_words_and_their_order_is_learnt(self, critic, reviews):
        assert critic.evaluate(reviews.test)["accuracy"] == 1
        assert critic.predict("this film is not dull").label == "good"
        assert critic.predict("not this film is so dull").label == "bad"

    def test_several_labels_are_learnt(self, sorter, topics):
        evaluation = sorter.evaluate(topics.test)
        assert evaluation["micro_f1"] > 0.97
        assert sorter.predict("cook the cheap was").label == ("price", "staff")
        assert sorter.predict("and we was the").label == ()

    def test_the_loss_falls(self, classifier):
        assert classifier.history["loss"][-1] < classifier.history["loss"][0] / 2

    def test_one_call_does_it(self, reviews):
        model = classification(reviews, tracking=None, progress=False, **TINY)
        assert isinstance(model, Classifier)
        assert model.history.keys() >= {"loss", "valid_accuracy", "valid_macro_f1", "valid_nll", "valid_ece"}

    @pytest.mark.parametrize("cell", ["lstm", "jordan"])
    def test_the_other_cells_train_too(self, cell, reviews):
        model = fitted(reviews, **{**TINY, "cell": cell, "epochs": 2, "learning_rate": 0.01})
        assert model.history["loss"][1] < model.history["loss"][0]

    def test_tokens_with_a_label_are_texts_too(self):
        corpus = Corpus.from_lists([(["to", "Rome"], ["O", "O"], "to"), (["from", "Rome"], ["O", "O"], "from")] * 4)
        model = fitted(corpus, **TINY)
        assert model.predict("from Oslo").label in ("to", "from")
        assert model.evaluate(corpus.valid)["texts"] == len(corpus.valid)


class TestSeeds:
    def test_one_seed_gives_one_model_after_every_kind_of_noise(self, reviews):
        one, again = (fitted(reviews, **TINY, **{**NOISY, "layers": 1}, seed=7).model.get_weights() for _ in range(2))
        for a, b in zip(one, again, strict=True):
            np.testing.assert_array_equal(a, b)

    def test_names_of_weights_do_not_depend_on_what_was_built_before(self, untrained, reviews):
        one, again = (untrained(reviews, **NOISY).model for _ in range(2))
        names = [weight.path for weight in one.weights]
        assert names == [weight.path for weight in again.weights]
        assert len(set(names)) == len(names)

    def test_every_start_value_comes_from_the_seed(self, untrained, reviews):
        one, again, other = (untrained(reviews, **NOISY, seed=seed).model for seed in (1, 1, 2))
        for a, b, c in zip(one.weights, again.weights, other.weights, strict=True):
            np.testing.assert_array_equal(a, b)
            assert a.path.endswith("bias") or not np.array_equal(a, c), a.path


class TestEvaluation:
    def test_it_is_of_what_predict_says(self, classifier, reviews, topics):
        examples = split_of(classifier, reviews, topics)
        found = classifier.predict([example.text for example in examples])
        right = np.mean([result.label == example.label for result, example in zip(found, examples, strict=True)])
        evaluation = classifier.evaluate(examples)
        assert evaluation.get("accuracy", evaluation.get("exact_match")) == right
        shares = [
            np.prod([p if name in np.atleast_1d(example.label) else 1 - p for name, p in result.probabilities.items()])
            if classifier.labels.several
            else result.probabilities[example.label]
            for result, example in zip(found, examples, strict=True)
        ]
        assert evaluation["nll"] == pytest.approx(-np.log(shares).mean(), abs=1e-4)

    @pytest.mark.parametrize("batch_size", [1, 7, 64])
    def test_the_size_of_a_batch_changes_no_figure(self, classifier, reviews, topics, batch_size, monkeypatch):
        examples = split_of(classifier, reviews, topics)
        expected = classifier.evaluate(examples)
        monkeypatch.setattr(classifier, "config", dataclasses.replace(classifier.config, batch_size=batch_size))
        assert classifier.evaluate(examples) == pytest.approx(expected, abs=1e-5)

    def test_the_order_of_examples_changes_no_figure(self, classifier, reviews, topics):
        examples = split_of(classifier, reviews, topics)
        expected = classifier.evaluate(examples)
        assert classifier.evaluate(list(reversed(examples))) == pytest.approx(expected, abs=1e-6)

    def test_labels_that_training_lacks_are_errors_and_named(self, critic, reviews):
        evaluation = critic.evaluate([*reviews.test, Text("so fine", "odd")])
        assert evaluation["accuracy"] == pytest.approx(40 / 41)
        assert evaluation.notes == ["labels that never occur in training, counted as errors (texts): odd (1)"]


class TestPredict:
    def test_padding_and_company_change_nothing(self, classifier):
        together = classifier.predict(STRANGE)
        for text, one in zip(STRANGE, together, strict=True):
            alone = classifier.predict(text)
            assert (alone.label, alone.truncated) == (one.label, one.truncated)
            assert alone.probabilities == pytest.approx(one.probabilities, abs=1e-5)

    @pytest.mark.parametrize("text", ["", " \n"])
    def test_an_empty_text_is_answered_by_the_bias_alone(self, classifier, text):
        z = classifier.model.get_layer("logits").get_weights()[1] / classifier.temperature
        expected = 1 / (1 + np.exp(-z)) if classifier.labels.several else softmax(z)
        assert list(classifier.predict(text).probabilities.values()) == pytest.approx(expected.tolist(), abs=1e-6)

    def test_unknown_words_are_one_word(self, classifier):
        one, other = classifier.predict(["zzz yyy", "qqq 去"])
        assert one.probabilities == pytest.approx(other.probabilities, abs=1e-6)

    @pytest.mark.parametrize("texts", [3, ["a", 4], "\ud800", None])
    def test_what_is_no_text_is_refused(self, critic, texts):
        with pytest.raises(InputError):
            critic.predict(texts)


@pytest.fixture(scope="module")
def saved(classifier, tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "model"
    classifier.save(path)
    return path


class TestKeeping:
    def test_a_saved_one_predicts_explains_and_evaluates_as_before(self, classifier, saved, reviews, topics):
        loaded = load(saved)
        assert type(loaded) is Classifier
        assert (loaded.config, loaded.documents()) == (classifier.config, classifier.documents())
        assert loaded.predict(STRANGE) == classifier.predict(STRANGE)
        np.testing.assert_array_equal(loaded.explain("so fine").effects, classifier.explain("so fine").effects)
        examples = split_of(classifier, reviews, topics)
        assert loaded.evaluate(examples) == classifier.evaluate(examples)

    def test_it_saves_again_as_it_was(self, saved, tmp_path):
        load(saved).save(tmp_path / "again")
        assert (tmp_path / "again" / MANIFEST).read_bytes() == (saved / MANIFEST).read_bytes()

    def test_a_fresh_process_predicts_as_before(self, critic, fresh, tmp_path):
        critic.save(tmp_path / "model")
        code = """
import json, sys, keras_seq as ks
model = ks.pipelines.load(sys.argv[1])
print(json.dumps([result.as_dict() for result in model.predict(sys.argv[2:])]))
"""
        texts = [text for text in STRANGE if "\0" not in text]
        assert fresh(code, tmp_path / "model", *texts) == [
            json.loads(json.dumps(result.as_dict())) for result in critic.predict(texts)
        ]

    def test_pictures_are_drawn(self, classifier, reviews, topics, tmp_path):
        figures = classifier.pictures(tmp_path, topics if classifier.labels.several else reviews)
        drawn = {file.name for file in tmp_path.iterdir()}
        assert drawn == {"curves.png", "reliability.png"} | (set() if classifier.labels.several else {"confusion.png"})
        assert set(figures) == {"ece_before", "ece_after"}


class TestMistakes:
    @pytest.mark.parametrize(
        ("corpus", "options", "message"),
        [
            (Corpus("c", [Text("a")], [Text("b")]), {}, "corpus c, train: example 1 has no label"),
            (Corpus("c", [Text("a", "x")], [Text("b")]), {}, "corpus c, valid: example 1 has no label"),
            (Corpus("c", [Text("a", "x")], [Text("b", ("x",))]), {}, r"corpus c, valid: example 1 has \('x',\)"),
            (Corpus("c", [Frames(((60,),))], [Frames(((60,),))]), {}, "corpus c, train: examples are Frames"),
            (
                Corpus("c", [Text("a", "x")], [Text("b", "x")]),
                {"threshold": 0.3, "calibration": "none"},
                "threshold=0.3: corpus c has one label a text",
            ),
            (
                Corpus("c", [Text("a", "x")], [Text("b", "y")]),
                {"criterion": "nll"},
                "criterion=nll: corpus c, valid: no text whose labels training has, expected one",
            ),
            (
                Corpus("c", [Text("a", "x")], [Text("b", "x")]),
                {"criterion": "f1_at_5"},
                "criterion=f1_at_5: corpus c has one label a text, expected tuples of more than 5 labels",
            ),
            (Corpus("c", [Text("a </s>", "x")], [Text("b", "x")]), {}, "corpus c: a token is spelt </s>"),
        ],
    )
    def test_a_corpus_that_does_not_fit_is_one_line(self, corpus, options, message):
        with pytest.raises(InputError, match=f"^{message}") as error:
            fitted(corpus, **TINY, **options)
        assert "\n" not in str(error.value)

    @pytest.mark.parametrize(
        ("example", "message"),
        [
            (Text("a"), "example 1 has no label"),
            (Text("a", ("good",)), "expected one label"),
            (Frames(((60,),), "good"), "examples are Frames"),
        ],
    )
    def test_so_are_examples_to_evaluate(self, critic, example, message):
        for use in (critic.evaluate, critic.calibrate):
            with pytest.raises(InputError, match=message):
                use([example])

    def test_before_training_it_says_so(self, reviews, tmp_path):
        model = Classifier()
        for use in (
            lambda: model.predict("a"),
            lambda: model.explain("a"),
            lambda: model.calibrate(reviews.valid),
            lambda: model.reliability(reviews.valid, tmp_path / "x.png"),
            lambda: model.serving(),
        ):
            with pytest.raises(InputError, match="Classifier is not trained"):
                use()


class TestSmallCorpora:
    def test_one_label_is_always_given(self):
        corpus = Corpus.from_texts([("a b", "x")] * 4, [("b", "x")])
        model = fitted(corpus, **TINY)
        found = model.predict("anything")
        assert (found.label, found.probability) == ("x", 1.0)
        assert model.evaluate(corpus.valid)["accuracy"] == 1

    def test_a_label_with_one_example_is_a_label(self):
        corpus = Corpus.from_texts([("a b", "x")] * 6 + [("c", "rare")], [("b", "x"), ("c", "rare")])
        assert fitted(corpus, **TINY).labels.names == ["rare", "x"]

    def test_a_label_that_only_validation_has_is_an_error_and_named(self):
        corpus = Corpus.from_texts([("a b", "x"), ("c", "y")] * 3, [("b", "x"), ("c", "z")])
        model = fitted(corpus, **TINY)
        assert model.labels.names == ["x", "y"]
        assert model.evaluate(corpus.valid).notes[0].endswith("z (1)")

    def test_so_may_all_of_validation(self):
        model = fitted(Corpus.from_texts([("a b", "x"), ("c", "y")] * 3, [("c", "z")]), **TINY)
        assert model.temperature == 1

    def test_words_may_all_be_unknown(self):
        corpus = Corpus.from_texts([("a b", "x"), ("c d", "y")], [("a", "x")])
        model = fitted(corpus, **TINY, min_count=5)
        one, other = model.predict(["a b", "q r"])
        assert one.probabilities == pytest.approx(other.probabilities, abs=1e-6)

    def test_empty_texts_train_too(self):
        corpus = Corpus("c", [Text("", "x"), Text("a", "y")], [Text("", "x")])
        assert fitted(corpus, **TINY).evaluate(corpus.valid)["texts"] == 1
