"""Starting from a language model, or from word vectors."""

import logging

import keras
import numpy as np
import pytest

from keras_seq.datasets import Corpus, InputError
from keras_seq.pipelines import Classifier, NgramLanguageModel, RecurrentLanguageModel, load

TEXTS = ["the cat is small", "the dog is here", "a cat is here", "the dog is small"]
CORPUS = Corpus.from_texts([(text, text.split()[1]) for text in TEXTS], [(TEXTS[0], "cat")], name="animals")
SHAPE = {"cell": "gru", "units": 5, "embedding_dim": 4}


def language_model(path, corpus=None, **options):
    """A saved language model, hardly trained."""
    corpus = corpus or Corpus.from_texts([*TEXTS, "home again"], TEXTS[:1])
    model = RecurrentLanguageModel(**{**SHAPE, "layers": 2, "batch_size": 2, "steps": 4, "epochs": 1, **options})
    model.fit(corpus, tracking=None, progress=False).save(path)
    return model


def started(corpus=CORPUS, **options):
    """A classifier before its first step."""
    model = Classifier(**{**SHAPE, **options})
    model.learn(corpus)
    model.model = model.network()
    model.training(corpus)
    return model


@pytest.fixture(scope="module")
def pretrained(tmp_path_factory):
    """(path, model) of two layers."""
    path = tmp_path_factory.mktemp("language") / "model"
    return path, language_model(path)


@pytest.fixture(scope="module", params=[True, False], ids=["both ends", "left to right"])
def model(request, pretrained):
    """A classifier of two layers that starts from it."""
    return started(init_from=str(pretrained[0]), layers=2, bidirectional=request.param)


class TestLanguageModel:
    def test_units_and_vectors_are_its_own(self, model, pretrained):
        theirs = pretrained[1]
        assert model.text.vocabulary.tokens == theirs.text.vocabulary.tokens
        assert "again" in model.text.vocabulary.tokens
        table = np.asarray(model.model.get_layer("embedding").embeddings)
        np.testing.assert_array_equal(table[1:], theirs.model.vectors(np.arange(len(theirs.text) - 1)))

    def test_from_left_to_right_it_computes_what_the_language_model_does(self, model, pretrained):
        ids = model.text(["the cat is small again"]).to_tensor().numpy()
        x = model.model.get_layer("embedding")(ids)
        for number in range(2):
            x = model.model.get_layer(f"recurrence_{number}")(x)
        theirs, _ = pretrained[1].model.read(ids - 1, pretrained[1].model.start(1))
        np.testing.assert_allclose(np.asarray(x)[..., :5], theirs, atol=1e-5)

    @pytest.mark.parametrize("bidirectional", [True, False])
    def test_pairs_say_nothing_at_first(self, pretrained, bidirectional):
        options = {"init_from": str(pretrained[0]), "layers": 2, "bidirectional": bidirectional}
        ids = np.array([[3, 4, 5]], np.int32)
        states = []
        for bigrams in (False, True):
            network = started(bigrams=bigrams, **options).model
            layer = network.get_layer("recurrence_0")
            states.append(np.asarray(keras.Model(network.input, layer.output)(ids))[..., :5])
        np.testing.assert_allclose(*states, atol=1e-6)

    def test_the_other_direction_starts_by_chance(self, pretrained):
        layer = started(init_from=str(pretrained[0]), layers=2).model.get_layer("recurrence_0")
        alone = started(layers=2).model.get_layer("recurrence_0")
        for ours, theirs in zip(layer.backward_cell.get_weights(), alone.backward_cell.get_weights(), strict=True):
            assert ours.shape == theirs.shape or ours.shape[0] == 4
        assert not np.array_equal(layer.backward_cell.get_weights()[0], layer.cell.get_weights()[0])

    def test_vectors_may_stay_as_they_are(self, pretrained):
        model = Classifier(**SHAPE, layers=2, init_from=str(pretrained[0]), train_vectors=False, epochs=1)
        model.fit(CORPUS, tracking=None, progress=False)
        theirs = pretrained[1].model.vectors(np.arange(len(model.text) - 1))
        np.testing.assert_array_equal(np.asarray(model.model.get_layer("embedding").embeddings)[1:], theirs)

    def test_a_saved_classifier_needs_the_language_model_no_more(self, tmp_path):
        language_model(tmp_path / "language", layers=1)
        model = Classifier(**SHAPE, init_from=str(tmp_path / "language"), epochs=1)
        model.fit(CORPUS, tracking=None, progress=False).save(tmp_path / "classifier")
        (tmp_path / "language").rename(tmp_path / "gone")
        assert load(tmp_path / "classifier").predict("the cat") == model.predict("the cat")

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"cell": "elman"}, "the language model has cell=gru, expected elman"),
            ({"units": 6}, "the language model has units=5, expected 6"),
            ({"layers": 3}, "the language model has layers=2, expected 3"),
            ({"embedding_dim": 3}, "the language model has embedding_dim=4, expected 3"),
            ({"text_unit": "character"}, "the language model has text_unit=token, expected character"),
            ({"lowercase": True}, "the language model has lowercase=False, expected True"),
        ],
    )
    def test_another_shape_that_was_asked_for_is_refused(self, pretrained, options, message):
        with pytest.raises(InputError, match=f"^init_from=.*: {message}$"):
            started(init_from=str(pretrained[0]), **{"layers": 2, **options})

    def test_one_argument_is_enough(self, pretrained, tmp_path, caplog):
        model = Classifier(init_from=str(pretrained[0]), epochs=1)
        with caplog.at_level(logging.INFO):
            model.fit(CORPUS, tracking=None, progress=False).save(tmp_path / "classifier")
        assert "as the language model has it: cell=gru, layers=2, units=5, embedding_dim=4" in caplog.text
        assert model.model.get_layer("recurrence_1").cell.units == 5
        assert load(tmp_path / "classifier").config == model.config

    def test_so_is_one_that_splits_texts_otherwise(self, pretrained):
        corpus = Corpus.from_texts([("a b", "x")], [("a", "x")], tokens="char")
        with pytest.raises(InputError, match=r"the language model has tokens=whitespace, expected char$"):
            started(corpus, init_from=str(pretrained[0]), layers=2)

    @pytest.mark.parametrize(
        "options", [{"cell": "elman", "activation": "relu"}, {"tied": True, "embedding_dim": 3, "layers": 2}]
    )
    def test_so_are_other_activations_and_uneven_layers(self, tmp_path, options):
        language_model(tmp_path / "model", **{"layers": 1, **options})
        ours = {name: value for name, value in options.items() if name in ("cell", "embedding_dim", "layers")}
        with pytest.raises(InputError, match="layers of other widths or activations, expected equal ones with tanh"):
            started(init_from=str(tmp_path / "model"), **ours)

    def test_so_are_models_of_another_kind(self, tmp_path, critic):
        NgramLanguageModel().fit(Corpus.from_texts(TEXTS, TEXTS), tracking=None, progress=False).save(
            tmp_path / "ngram"
        )
        critic.save(tmp_path / "critic")
        for name, got in (("ngram", "language-model ngram"), ("critic", "classification")):
            with pytest.raises(InputError, match=f"a model of {got}, expected a recurrent language model"):
                started(init_from=str(tmp_path / name))

    def test_so_is_a_folder_without_a_model(self, tmp_path):
        with pytest.raises(InputError, match="no such directory"):
            started(init_from=str(tmp_path / "nothing"))


class TestVectors:
    @pytest.fixture
    def file(self, tmp_path):
        """Vectors of four words of the corpus, one of them in lower case alone, and of a strange one."""
        path = tmp_path / "vectors.txt"
        rows = {"the": [1, 2, 3, 4], "cat": [-1, 0, 1, 0], "is": [0.5, 0.5, 0.5, -3], "strange": [9, 9, 9, 9]}
        path.write_text("".join(f"{word} {' '.join(map(str, row))}\n" for word, row in rows.items()), "utf-8")
        return path

    def table(self, model):
        return dict(
            zip(model.text.vocabulary.tokens, np.asarray(model.model.get_layer("embedding").embeddings), strict=True)
        )

    def test_words_of_the_file_have_its_vectors(self, file):
        table = self.table(started(vectors=str(file)))
        assert table["the"].tolist() == [1, 2, 3, 4]
        assert table["cat"].tolist() == [-1, 0, 1, 0]

    def test_a_word_may_be_there_in_lower_case(self, file):
        corpus = Corpus.from_texts([("The CAT the", "x")], [("a", "x")])
        table = self.table(started(corpus, vectors=str(file)))
        assert table["The"].tolist() == table["the"].tolist() == [1, 2, 3, 4]
        assert table["CAT"].tolist() == [-1, 0, 1, 0]

    def test_others_are_drawn_by_the_seed_with_the_same_variance(self, file):
        names = [f"w{number}" for number in range(3000)]
        corpus = Corpus.from_texts([(" ".join(["the", "cat", "is", *names]), "x")], [("a", "x")])
        one, again, other = (self.table(started(corpus, vectors=str(file), seed=seed)) for seed in (1, 1, 2))
        drawn = np.array([one[name] for name in names])
        known = np.array([one[name] for name in ("the", "cat", "is")])
        assert drawn.std() == pytest.approx(known.std(), rel=0.05)
        assert abs(drawn.mean()) < 0.1
        np.testing.assert_array_equal(one["w7"], again["w7"])
        assert not np.array_equal(one["w7"], other["w7"])

    def test_coverage_is_said(self, file, caplog):
        # 8 words: the, is, cat, dog, here, small, a ... of which three are in the file: 3 + 4 + 2 of 16 tokens.
        with caplog.at_level(logging.INFO):
            model = started(vectors=str(file))
        words = len(model.text.vocabulary.tokens) - 3
        shares = 100 * 3 / words, 100 * 9 / 16
        assert "vectors for {:.1f} % of the vocabulary, {:.1f} % of the tokens".format(*shares) in caplog.text

    @pytest.mark.parametrize("train", [True, False])
    def test_they_are_learnt_further_or_not(self, file, train):
        model = Classifier(**SHAPE, vectors=str(file), train_vectors=train, epochs=1)
        model.fit(CORPUS, tracking=None, progress=False)
        assert (self.table(model)["the"].tolist() == [1, 2, 3, 4]) == (not train)

    def test_words_that_the_file_lacks_are_learnt_where_its_own_stay(self, file):
        start = self.table(started(vectors=str(file), train_vectors=False))
        model = Classifier(**SHAPE, vectors=str(file), train_vectors=False, epochs=1)
        after = self.table(model.fit(CORPUS, tracking=None, progress=False))
        assert {word for word in start if (start[word] != after[word]).any()} >= {"dog", "here", "small"}

    def test_a_saved_classifier_needs_the_file_no_more(self, file, tmp_path):
        model = Classifier(**SHAPE, vectors=str(file), train_vectors=False, epochs=1)
        model.fit(CORPUS, tracking=None, progress=False).save(tmp_path / "model")
        file.unlink()
        assert load(tmp_path / "model").predict("the cat") == model.predict("the cat")

    def test_another_width_is_refused(self, file):
        with pytest.raises(InputError, match=r"vectors.txt: 4 numbers a word, expected embedding_dim=3"):
            started(vectors=str(file), embedding_dim=3)

    def test_a_file_of_other_words_is_refused(self, file):
        corpus = Corpus.from_texts([("q r", "x")], [("a", "x")])
        with pytest.raises(InputError, match=r"vectors.txt: none for the 2 words of training, expected some$"):
            started(corpus, vectors=str(file))
