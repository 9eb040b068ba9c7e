"""Each option of the classifier does what it says, by mathematics or to the eye."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_seq.datasets import Corpus, Text
from keras_seq.pipelines import Classifier, load, served

CORPUS = Corpus.from_texts([("The cat sat", "x"), ("the dog", "y"), ("a cat", "x"), ("the the", "x")], [("a", "x")])
SEVERAL = Corpus.from_texts([("the cat", ("x",)), ("dog", ("x", "y")), ("a", ())], [("a", ("y",))])
SMALL = {"cell": "elman", "units": 3, "embedding_dim": 4}
IDS = np.array([[3, 4, 5, 3], [4, 5, 0, 0], [0, 0, 0, 0]], np.int32)
REAL = IDS > 0


def untrained(corpus=CORPUS, **options):
    model = Classifier(**{**SMALL, **options})
    model.learn(corpus)
    model.model = model.network()
    return model


def layer_output(model, name, training=False):
    """What a layer of the network gives for IDS."""
    network = model.model
    return np.asarray(keras.Model(network.input, network.get_layer(name).output)(IDS, training=training))


def check_slope(model, tables):
    """The sum over t of x[t] · ∂ log p / ∂ x[t] is the slope of log p where all vectors grow alike, by differences."""
    text, step = "the cat the", 1e-2
    effects = model.explain(text, label="x").effects
    starts, found = [np.asarray(table) for table in tables], []
    for scale in (1 + step, 1 - step):
        for table, start in zip(tables, starts, strict=True):
            table.assign(scale * start)
        found.append(np.log(model.predict(text).probabilities["x"]))
    assert effects.sum() == pytest.approx((found[0] - found[1]) / (2 * step), rel=0.01)


def check_saved_exported_explained(model, folder):
    """A model of reviews answers alike when it is loaded and when it is served, and explains every unit."""
    model.save(folder / "saved")
    texts = ["so fine", "", "a dull and long and dull one"]
    found = model.predict(texts)
    assert load(folder / "saved").predict(texts) == found
    exported = served(model.export(folder / "served")).predict(texts)
    for one, each in zip(exported, found, strict=True):
        assert one.probabilities == pytest.approx(each.probabilities, abs=1e-5)
    for method in ("gradient", "occlusion"):
        assert len(model.explain("a dull and long one", method).effects) == 5


class TestUnits:
    @pytest.mark.parametrize(
        ("options", "tokens"),
        [
            ({}, ["the", "cat", "The", "a", "dog", "sat"]),
            ({"lowercase": True}, ["the", "cat", "a", "dog", "sat"]),
            ({"min_count": 2}, ["the", "cat"]),
            ({"max_vocabulary": 1}, ["the"]),
        ],
    )
    def test_the_vocabulary(self, options, tokens):
        model = untrained(**options)
        assert list(model.text.vocabulary.tokens[3:]) == tokens
        assert model.model.get_layer("embedding").embeddings.shape == (len(tokens) + 3, 4)

    def test_characters(self):
        model = untrained(text_unit="character")
        assert set(model.text.vocabulary.tokens[3:]) == set("The cat sat dog")

    def test_subwords(self):
        model = untrained(text_unit="subword")
        assert (
            model.text.join(unit.decode() for unit in model.text.split(["the catdog"]).values.numpy()) == "the catdog"
        )

    def test_case_tells_words_apart_unless_it_is_folded(self):
        one, other = untrained().predict(["THE", "the"])
        assert one.probabilities != other.probabilities
        one, other = untrained(lowercase=True).predict(["THE", "the"])
        assert one.probabilities == pytest.approx(other.probabilities)


class TestShapes:
    @pytest.mark.parametrize("bidirectional", [True, False])
    @pytest.mark.parametrize("layers", [1, 2])
    def test_sizes(self, bidirectional, layers):
        network = untrained(bidirectional=bidirectional, layers=layers, units=5, embedding_dim=6).model
        width = 10 if bidirectional else 5
        inputs = [network.get_layer(f"recurrence_{i}").cell.kernel.shape[0] for i in range(layers)]
        assert inputs == [6, width][:layers]
        assert network.get_layer("logits").kernel.shape == (width, 2)
        assert network.output_shape == (None, 2)

    @pytest.mark.parametrize(("cell", "gates"), [("elman", 1), ("gru", 3), ("lstm", 4)])
    def test_cells(self, cell, gates):
        network = untrained(cell=cell).model
        assert network.get_layer("recurrence_0").cell.kernel.shape == (4, 3 * gates)


class TestPooling:
    """The vector that the output reads, from the states of a network that keeps all of them."""

    def states(self, model):
        """(B, T, 2H) by the layers of the model itself."""
        vectors = model.model.get_layer("embedding")(IDS)
        layer = model.model.get_layer("recurrence_0")
        layer.return_sequences = True
        return np.asarray(layer(vectors, mask=REAL))

    @pytest.mark.parametrize("pooling", ["mean", "max"])
    def test_mean_and_maximum(self, pooling):
        model = untrained(pooling=pooling)
        z = np.asarray(model.model(IDS))
        pool = {"mean": np.mean, "max": np.max}[pooling]
        vectors = [
            pool(row[real], axis=0) if real.any() else np.zeros(6)
            for row, real in zip(self.states(model), REAL, strict=True)
        ]
        kernel, bias = model.model.get_layer("logits").get_weights()
        np.testing.assert_allclose(z, np.array(vectors) @ kernel + bias, atol=1e-5)

    def test_last_is_the_end_of_either_direction(self):
        model = untrained(pooling="last")
        z = np.asarray(model.model(IDS))
        states = self.states(model)
        vectors = np.stack(
            [np.concatenate([states[0, 3, :3], states[0, 0, 3:]]), np.concatenate([states[1, 1, :3], states[1, 0, 3:]])]
        )
        kernel, bias = model.model.get_layer("logits").get_weights()
        np.testing.assert_allclose(z, np.concatenate([vectors, np.zeros((1, 6))]) @ kernel + bias, atol=1e-5)

    def test_attention_weighs(self):
        model = untrained(pooling="attention")
        inside = model._inside(IDS, training=False)
        weights = np.asarray(inside["weights"])
        vectors = np.einsum("bt,bth->bh", weights, self.states(model))
        kernel, bias = model.model.get_layer("logits").get_weights()
        np.testing.assert_allclose(inside["logits"], vectors @ kernel + bias, atol=1e-5)
        np.testing.assert_allclose(weights.sum(axis=1), [1, 1, 0], atol=1e-6)


class TestPositions:
    def test_each_place_adds_its_vector(self):
        model = untrained(positions=2)
        table = np.array([[1, 2, 3, 0.5], [-1, 0, 4, 2]], np.float32)
        model.model.get_layer("positions").vectors.assign(table)
        words = layer_output(model, "embedding")
        expected = words + table[np.minimum(np.arange(words.shape[1]), 1)]
        np.testing.assert_allclose(layer_output(model, "positions"), expected, atol=1e-6)


class TestBigrams:
    def test_pairs_seen_twice_have_a_vector_beside_the_unit(self):
        model = untrained(bigrams=True, bigram_units=3, lowercase=True)
        tokens = model.text.vocabulary.tokens
        assert [(tokens[a] if a else "", tokens[b] if b else "") for a, b in model.pairs] == [("", "the")]
        found = layer_output(model, "features")
        np.testing.assert_array_equal(found[..., :4], layer_output(model, "embedding"))
        np.testing.assert_array_equal(found[..., 4:], layer_output(model, "pairs"))
        assert model.model.get_layer("recurrence_0").cell.kernel.shape[0] == 4 + 2 * 3

    def test_the_most_frequent_alone(self):
        corpus = Corpus.from_texts([("a b", "x"), ("a b", "y"), ("a c", "x")], [("a", "x")])
        assert len(untrained(corpus, bigrams=True).pairs) == 3
        assert untrained(corpus, bigrams=True, max_bigrams=1).pairs.tolist() == [[0, 3]]

    @pytest.mark.parametrize(("long_texts", "more"), [("cut", []), ("split", [(0, 5), (3, 0), (5, 0)])])
    def test_borders_are_those_of_what_is_read_at_once(self, long_texts, more):
        corpus = Corpus.from_texts([("a b c", "x"), ("a b c", "y"), ("a a a", "y")], [("a", "x")])
        model = untrained(corpus, bigrams=True, max_length=2, long_texts=long_texts)
        assert sorted(map(tuple, model.pairs.tolist())) == sorted([(0, 3), (3, 4), (4, 0), *more])

    def test_a_pair_with_an_unknown_unit_may_have_a_vector(self):
        corpus = Corpus.from_texts([("a b", "x"), ("a c", "y"), ("a", "x")], [("a", "x")])
        assert untrained(corpus, bigrams=True, min_count=2).pairs.tolist() == [[0, 3], [1, 0], [3, 1]]

    def test_without_them_all_other_weights_start_the_same(self):
        one, other = untrained().model, untrained(bigrams=True).model
        for name in ("embedding", "logits"):
            np.testing.assert_array_equal(one.get_layer(name).get_weights()[0], other.get_layer(name).get_weights()[0])

    def test_it_trains_saves_explains_and_exports(self, reviews, tmp_path):
        model = Classifier(**SMALL, bigrams=True, max_length=3, long_texts="split", epochs=2, learning_rate=0.01)
        model.fit(reviews, tracking=None, progress=False)
        assert model.history["loss"][1] < model.history["loss"][0]
        check_saved_exported_explained(model, tmp_path)

    def test_the_gradient_counts_pairs_too(self):
        model = untrained(bigrams=True, cell="gru", units=16)
        check_slope(model, [model.model.get_layer(name).embeddings for name in ("embedding", "pairs")])


def spelt(model):
    """The n-grams of each table as strings, of units of one letter; | is a border."""
    tokens, found = model.text.vocabulary.tokens, []
    units = names = {unit: tokens[unit] if unit else "|" for unit in range(len(tokens))}
    for table in model.ngrams:
        names = {row: names[first] + units[last] for row, (first, last) in enumerate(table.tolist(), 2)}
        found.append(sorted(names.values()))
    return found


class TestNgrams:
    THREE = Corpus.from_texts([("a b c", "x"), ("b c", "y"), ("a b c", "x")], [("a", "x")])

    def test_of_each_length_those_seen_twice_count(self):
        pairs, triples = ["ab", "bc", "c|", "|a"], ["abc", "bc|", "|ab"]
        assert spelt(untrained(self.THREE, ngrams=1)) == []
        assert spelt(untrained(self.THREE, ngrams=9)) == [pairs, triples, ["abc|", "|abc"], ["|abc|"], []]

    def test_the_most_frequent_of_each_length_alone(self):
        assert spelt(untrained(self.THREE, ngrams=3, max_ngrams=1)) == [["bc"], ["bc|"]]

    def test_at_first_the_network_answers_as_without_them(self):
        one, other = untrained().predict("the cat"), untrained(ngrams=3).predict("the cat")
        assert one.probabilities == pytest.approx(other.probabilities)

    def test_logits_are_those_of_the_network_and_of_ngrams(self):
        model = untrained(ngrams=2)
        table = model.model.get_layer("ngrams").embeddings
        table.assign(np.random.default_rng(0).normal(size=table.shape))
        added = np.asarray(model.model.get_layer("ngrams")(IDS)[0])
        np.testing.assert_allclose(model.model(IDS), layer_output(model, "logits") + added, rtol=1e-6)

    def test_counts_alone_tell_texts_apart(self):
        """What the recurrence says is taken away after training."""
        corpus = Corpus.from_texts([("a b", "x"), ("b a", "y")] * 20, [("a b", "x"), ("b a", "y")])
        model = Classifier(**SMALL, ngrams=2, dropout=0.0, learning_rate=0.05, epochs=15)
        model.fit(corpus, tracking=None, progress=False)
        kernel = model.model.get_layer("logits").kernel
        kernel.assign(0 * kernel)
        assert [found.label for found in model.predict(["a b", "b a"])] == ["x", "y"]

    def test_it_trains_saves_explains_and_exports(self, reviews, tmp_path):
        model = Classifier(**SMALL, ngrams=3, max_length=3, long_texts="split", epochs=2, learning_rate=0.01)
        model.fit(reviews, tracking=None, progress=False)
        assert np.asarray(model.model.get_layer("ngrams").embeddings).any()
        check_saved_exported_explained(model, tmp_path)

    @pytest.mark.parametrize("corpus", [CORPUS, SEVERAL])
    def test_the_gradient_counts_what_they_add(self, corpus):
        model = untrained(corpus, ngrams=2, cell="gru", units=16)
        tables = [model.model.get_layer(name).embeddings for name in ("embedding", "ngrams")]
        tables[1].assign(np.random.default_rng(0).normal(size=tables[1].shape))
        check_slope(model, tables)

    @pytest.mark.parametrize(("options", "cuts"), [({}, []), ({"max_length": 2, "long_texts": "split"}, [2])])
    def test_each_unit_has_its_part_in_the_gradient(self, options, cuts):
        """Vectors of 0 leave n-grams alone: ∂ log p(x) / ∂ z = 1(x) - p, of P pieces each a share of 1/P."""
        model = untrained(ngrams=2, **options)
        layer, table = model.model.get_layer("ngrams"), model.model.get_layer("embedding").embeddings
        table.assign(0 * table)
        layer.embeddings.assign(np.random.default_rng(0).normal(size=layer.embeddings.shape))
        text = "the cat the"
        pieces = np.split(model.text([text]).values.numpy(), cuts)
        parts = np.concatenate([layer(piece[None])[1][0] for piece in pieces])
        p = np.array([model.predict(text).probabilities[name] for name in model.labels.names])
        towards = (np.array(model.labels.names) == "x") - p
        np.testing.assert_allclose(model.explain(text, label="x").effects, parts @ towards / len(pieces), rtol=1e-4)


class TestNoise:
    def test_dropout_hides_a_feature_for_a_whole_text(self):
        model = untrained(dropout=0.5, token_dropout=0.0, layers=2, units=8, embedding_dim=8, cell="gru")
        for name in ("dropout_0", "dropout_1"):
            hidden = layer_output(model, name, training=True)[0] == 0
            assert 0 < hidden.mean() < 1
            assert (hidden == hidden[0]).all()
        assert 0 < (layer_output(model, "dropout", training=True)[0] == 0).mean() < 1

    def test_without_noise_training_is_like_answering(self):
        model = untrained(dropout=0.0, token_dropout=0.0)
        np.testing.assert_allclose(model.model(IDS, training=True), model.model(IDS), atol=1e-5)

    @pytest.mark.parametrize("noise", ["dropout", "token_dropout", "weight_drop", "state_dropout"])
    def test_each_kind_is_drawn_anew_in_training_alone(self, noise):
        options = {"dropout": 0.0, "token_dropout": 0.0, "cell": "gru", "units": 8, noise: 0.5}
        model = untrained(**options).model
        one, other = (np.asarray(model(IDS, training=True)) for _ in range(2))
        assert np.abs(one - other).max() > 1e-4
        np.testing.assert_array_equal(model(IDS), model(IDS))

    def test_tokens_are_read_as_unknown(self):
        model = untrained(token_dropout=0.5)
        table = np.asarray(model.model.get_layer("embedding").embeddings)
        read = np.concatenate([layer_output(model, "embedding", training=True)[REAL] for _ in range(20)])
        unknown = (read == table[1]).all(axis=1).mean()
        assert 0.3 < unknown < 0.7


class TestLoss:
    Z = np.array([[1.0, -2.0], [0.5, 3.0], [0.0, 0.0]], np.float32)
    ROWS = np.array([[1, 0], [1, 0], [0, 1]], np.float32)
    WEIGHTS = np.array([1.0, 2.0, 0.0], np.float32)

    def loss(self, corpus, **options):
        loss = untrained(corpus, **options).losses(None)["loss"]
        return float(loss(self.ROWS, self.Z, sample_weight=self.WEIGHTS))

    @pytest.mark.parametrize("smoothing", [0.0, 0.2])
    def test_of_one_label_it_is_the_cross_entropy(self, smoothing):
        log_p = self.Z - np.log(np.exp(self.Z).sum(axis=1, keepdims=True))
        targets = self.ROWS * (1 - smoothing) + smoothing / 2
        expected = np.sum(self.WEIGHTS * -(targets * log_p).sum(axis=1)) / 3
        assert self.loss(CORPUS, label_smoothing=smoothing) == pytest.approx(expected, rel=1e-5)

    @pytest.mark.parametrize("smoothing", [0.0, 0.2])
    def test_of_several_it_is_that_of_each(self, smoothing):
        p = 1 / (1 + np.exp(-self.Z))
        targets = self.ROWS * (1 - smoothing) + smoothing / 2
        each = -(targets * np.log(p) + (1 - targets) * np.log(1 - p)).mean(axis=1)
        assert self.loss(SEVERAL, label_smoothing=smoothing) == pytest.approx(np.sum(self.WEIGHTS * each) / 3, rel=1e-5)

    @pytest.mark.parametrize("smoothing", [0.0, 0.2])
    def test_of_several_each_answer_has_its_weight(self, smoothing):
        """x stands in two of three training texts, y in one."""
        p = 1 / (1 + np.exp(-self.Z))
        weights = np.where(self.ROWS > 0, [3 / 4, 3 / 2], [3 / 2, 3 / 4])
        targets = self.ROWS * (1 - smoothing) + smoothing / 2
        each = (weights * -(targets * np.log(p) + (1 - targets) * np.log(1 - p))).mean(axis=1)
        found = self.loss(SEVERAL, label_smoothing=smoothing, class_weights="balanced")
        assert found == pytest.approx(np.sum(self.WEIGHTS * each) / 3, rel=1e-5)

    def test_of_several_it_is_pieces_that_are_counted(self):
        corpus = Corpus.from_texts([("a b c d e", ("x",)), ("a", ()), ("b", ())], [("a", ("x",))])
        model = untrained(corpus, class_weights="balanced", max_length=1, long_texts="split")
        np.testing.assert_allclose(model._answer_weights, [[7 / 4], [7 / 10]], rtol=1e-6)

    @pytest.mark.parametrize("kind", ["none", "balanced"])
    def test_they_reach_the_loss(self, kind):
        model = untrained(class_weights=kind)
        found = {}
        for batch in model.batches(CORPUS.train, seed=0).epoch(0):
            _, targets, weights = model.example({name: tf.constant(value) for name, value in batch.items()})
            found |= {int(np.argmax(y)): float(w) for y, w in zip(targets, weights, strict=True) if w}
        assert found == pytest.approx({0: 4 / 6, 1: 4 / 2} if kind == "balanced" else {0: 1.0, 1: 1.0})


@pytest.mark.parametrize("threshold", [0.1, 0.5, 0.9])
def test_a_threshold_lets_labels_pass(threshold):
    model = untrained(SEVERAL, threshold=threshold, calibration="none")
    layer = model.model.get_layer("logits")
    layer.set_weights([layer.get_weights()[0] * 10, np.array([0.3, -0.3])])
    texts = ["the cat", "dog", "a", "", "cat a dog the"]
    for result in model.predict(texts):
        assert result.label == tuple(name for name, p in result.probabilities.items() if p >= threshold)
    gold = [Text(text, ("x",)) for text in texts]
    right = np.mean([result.label == ("x",) for result in model.predict(texts)])
    assert model.evaluate(gold)["exact_match"] == right


def test_the_criterion_chooses_the_epoch_and_calibration_can_wait(reviews):
    model = Classifier(**SMALL, criterion="macro_f1", calibration="none", epochs=2)
    model.fit(reviews, tracking=None, progress=False)
    assert model.history["valid_score"] == model.history["valid_macro_f1"]
    assert model.temperature == 1
    assert model.calibrate(reviews.train).temperature == model.temperature != 1


def test_so_may_the_list_of_several_labels():
    texts = [(f"{first} {second}", (first, second)) for first in "abcdef" for second in "abcdef" if first < second]
    model = Classifier(**SMALL, criterion="f1_at_5", epochs=2)
    model.fit(Corpus.from_texts(texts, texts), tracking=None, progress=False)
    assert model.history["valid_score"] == model.history["valid_f1_at_5"]


def test_the_likelihood_may_choose_the_epoch(reviews):
    model = Classifier(**SMALL, criterion="nll", calibration="none", epochs=2)
    model.fit(reviews, tracking=None, progress=False)
    assert model.history["valid_score"] == [-nll for nll in model.history["valid_nll"]]
    assert model.describe_criterion(-0.25) == "0.2500 nats a text"


def test_the_criterion_is_accuracy_or_micro_f1(critic, sorter):
    assert critic.history["valid_score"] == critic.history["valid_accuracy"]
    assert sorter.history["valid_score"] == sorter.history["valid_micro_f1"]


class TestPrecision:
    def test_layers_compute_in_bfloat16_and_outputs_are_float32(self):
        network = untrained(precision="bfloat16", pooling="attention").model
        assert network.get_layer("embedding").compute_dtype == "bfloat16"
        assert network.get_layer("recurrence_0").cell.compute_dtype == "bfloat16"
        assert network(IDS).dtype == tf.float32
        assert {weight.dtype for weight in network.weights} == {"float32"}

    @pytest.mark.parametrize("pooling", ["last", "mean", "max", "attention"])
    def test_it_answers_alike_but_for_rounding(self, pooling):
        exact, rounded = (untrained(precision=name, pooling=pooling) for name in ("float32", "bfloat16"))
        texts = ["the cat sat", "dog", ""]
        for one, other in zip(exact.predict(texts), rounded.predict(texts), strict=True):
            assert one.probabilities == pytest.approx(other.probabilities, abs=0.02)
        assert exact.predict(texts) != rounded.predict(texts)

    def test_it_trains_explains_and_exports(self, reviews, tmp_path):
        model = Classifier(**SMALL, precision="bfloat16", epochs=2, learning_rate=0.01)
        model.fit(reviews, tracking=None, progress=False)
        assert model.history["loss"][1] < model.history["loss"][0]
        assert np.isfinite(model.explain("so fine").effects).all()
        exported = served(model.export(tmp_path)).predict("so fine")
        assert exported.probabilities == pytest.approx(model.predict("so fine").probabilities, abs=0.01)
