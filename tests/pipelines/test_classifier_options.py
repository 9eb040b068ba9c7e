"""Each option of the classifier does what it says, by mathematics or to the eye."""

import numpy as np
import pytest
import tensorflow as tf

from keras_seq.datasets import Corpus, Text
from keras_seq.pipelines import Classifier, served

SEVERAL = Corpus.from_texts([("the cat", ("x",)), ("dog", ("x", "y")), ("a", ())], [("a", ("y",))])
SMALL = {"cell": "elman", "units": 3, "embedding_dim": 4}
IDS = np.array([[3, 4, 5, 3], [4, 5, 0, 0], [0, 0, 0, 0]], np.int32)
REAL = IDS > 0


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
    def test_the_vocabulary(self, untrained, options, tokens):
        model = untrained(**options)
        assert list(model.text.vocabulary.tokens[3:]) == tokens
        assert model.model.get_layer("embedding").embeddings.shape == (len(tokens) + 3, 4)

    def test_characters(self, untrained):
        model = untrained(text_unit="character")
        assert set(model.text.vocabulary.tokens[3:]) == set("The cat sat dog")

    def test_subwords(self, untrained):
        model = untrained(text_unit="subword")
        assert (
            model.text.join(unit.decode() for unit in model.text.split(["the catdog"]).values.numpy()) == "the catdog"
        )

    def test_case_tells_words_apart_unless_it_is_folded(self, untrained):
        one, other = untrained().predict(["THE", "the"])
        assert one.probabilities != other.probabilities
        one, other = untrained(lowercase=True).predict(["THE", "the"])
        assert one.probabilities == pytest.approx(other.probabilities)


class TestShapes:
    @pytest.mark.parametrize("bidirectional", [True, False])
    @pytest.mark.parametrize("layers", [1, 2])
    def test_sizes(self, untrained, bidirectional, layers):
        network = untrained(bidirectional=bidirectional, layers=layers, units=5, embedding_dim=6).model
        width = 10 if bidirectional else 5
        inputs = [network.get_layer(f"recurrence_{i}").cell.kernel.shape[0] for i in range(layers)]
        assert inputs == [6, width][:layers]
        assert network.get_layer("logits").kernel.shape == (width, 2)
        assert network.output_shape == (None, 2)

    @pytest.mark.parametrize(("cell", "gates"), [("elman", 1), ("gru", 3), ("lstm", 4)])
    def test_cells(self, untrained, cell, gates):
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
    def test_mean_and_maximum(self, untrained, pooling):
        model = untrained(pooling=pooling)
        z = np.asarray(model.model(IDS))
        pool = {"mean": np.mean, "max": np.max}[pooling]
        vectors = [
            pool(row[real], axis=0) if real.any() else np.zeros(6)
            for row, real in zip(self.states(model), REAL, strict=True)
        ]
        kernel, bias = model.model.get_layer("logits").get_weights()
        np.testing.assert_allclose(z, np.array(vectors) @ kernel + bias, atol=1e-5)

    def test_last_is_the_end_of_either_direction(self, untrained):
        model = untrained(pooling="last")
        z = np.asarray(model.model(IDS))
        states = self.states(model)
        vectors = np.stack(
            [np.concatenate([states[0, 3, :3], states[0, 0, 3:]]), np.concatenate([states[1, 1, :3], states[1, 0, 3:]])]
        )
        kernel, bias = model.model.get_layer("logits").get_weights()
        np.testing.assert_allclose(z, np.concatenate([vectors, np.zeros((1, 6))]) @ kernel + bias, atol=1e-5)

    def test_attention_weighs(self, untrained):
        model = untrained(pooling="attention")
        inside = model._inside(IDS, training=False)
        weights = np.asarray(inside["weights"])
        vectors = np.einsum("bt,bth->bh", weights, self.states(model))
        kernel, bias = model.model.get_layer("logits").get_weights()
        np.testing.assert_allclose(inside["logits"], vectors @ kernel + bias, atol=1e-5)
        np.testing.assert_allclose(weights.sum(axis=1), [1, 1, 0], atol=1e-6)


class TestPositions:
    def test_each_place_adds_its_vector(self, untrained, layer_output):
        model = untrained(positions=2)
        table = np.array([[1, 2, 3, 0.5], [-1, 0, 4, 2]], np.float32)
        model.model.get_layer("positions").vectors.assign(table)
        words = layer_output(model, "embedding", IDS)
        expected = words + table[np.minimum(np.arange(words.shape[1]), 1)]
        np.testing.assert_allclose(layer_output(model, "positions", IDS), expected, atol=1e-6)


class TestNoise:
    def test_dropout_hides_a_feature_for_a_whole_text(self, untrained, layer_output):
        model = untrained(dropout=0.5, token_dropout=0.0, layers=2, units=8, embedding_dim=8, cell="gru")
        for name in ("dropout_0", "dropout_1"):
            hidden = layer_output(model, name, IDS, training=True)[0] == 0
            assert 0 < hidden.mean() < 1
            assert (hidden == hidden[0]).all()
        assert 0 < (layer_output(model, "dropout", IDS, training=True)[0] == 0).mean() < 1

    def test_without_noise_training_is_like_answering(self, untrained):
        model = untrained(dropout=0.0, token_dropout=0.0)
        np.testing.assert_allclose(model.model(IDS, training=True), model.model(IDS), atol=1e-5)

    @pytest.mark.parametrize("noise", ["dropout", "token_dropout", "weight_drop", "state_dropout"])
    def test_each_kind_is_drawn_anew_in_training_alone(self, untrained, noise):
        options = {"dropout": 0.0, "token_dropout": 0.0, "cell": "gru", "units": 8, noise: 0.5}
        model = untrained(**options).model
        one, other = (np.asarray(model(IDS, training=True)) for _ in range(2))
        assert np.abs(one - other).max() > 1e-4
        np.testing.assert_array_equal(model(IDS), model(IDS))

    def test_tokens_are_read_as_unknown(self, untrained, layer_output):
        model = untrained(token_dropout=0.5)
        table = np.asarray(model.model.get_layer("embedding").embeddings)
        read = np.concatenate([layer_output(model, "embedding", IDS, training=True)[REAL] for _ in range(20)])
        unknown = (read == table[1]).all(axis=1).mean()
        assert 0.3 < unknown < 0.7


class TestLoss:
    Z = np.array([[1.0, -2.0], [0.5, 3.0], [0.0, 0.0]], np.float32)
    ROWS = np.array([[1, 0], [1, 0], [0, 1]], np.float32)
    WEIGHTS = np.array([1.0, 2.0, 0.0], np.float32)

    def loss(self, untrained, corpus=None, **options):
        loss = untrained(corpus, **options).losses(None)["loss"]
        return float(loss(self.ROWS, self.Z, sample_weight=self.WEIGHTS))

    @pytest.mark.parametrize("smoothing", [0.0, 0.2])
    def test_of_one_label_it_is_the_cross_entropy(self, untrained, smoothing):
        log_p = self.Z - np.log(np.exp(self.Z).sum(axis=1, keepdims=True))
        targets = self.ROWS * (1 - smoothing) + smoothing / 2
        expected = np.sum(self.WEIGHTS * -(targets * log_p).sum(axis=1)) / 3
        assert self.loss(untrained, label_smoothing=smoothing) == pytest.approx(expected, rel=1e-5)

    @pytest.mark.parametrize("smoothing", [0.0, 0.2])
    def test_of_several_it_is_that_of_each(self, untrained, smoothing):
        p = 1 / (1 + np.exp(-self.Z))
        targets = self.ROWS * (1 - smoothing) + smoothing / 2
        each = -(targets * np.log(p) + (1 - targets) * np.log(1 - p)).mean(axis=1)
        found = self.loss(untrained, SEVERAL, label_smoothing=smoothing)
        assert found == pytest.approx(np.sum(self.WEIGHTS * each) / 3, rel=1e-5)

    @pytest.mark.parametrize("smoothing", [0.0, 0.2])
    def test_of_several_each_answer_has_its_weight(self, untrained, smoothing):
        """x stands in two of three training texts, y in one."""
        p = 1 / (1 + np.exp(-self.Z))
        weights = np.where(self.ROWS > 0, [3 / 4, 3 / 2], [3 / 2, 3 / 4])
        targets = self.ROWS * (1 - smoothing) + smoothing / 2
        each = (weights * -(targets * np.log(p) + (1 - targets) * np.log(1 - p))).mean(axis=1)
        found = self.loss(untrained, SEVERAL, label_smoothing=smoothing, class_weights="balanced")
        assert found == pytest.approx(np.sum(self.WEIGHTS * each) / 3, rel=1e-5)

    def test_of_several_it_is_pieces_that_are_counted(self, untrained):
        corpus = Corpus.from_texts([("a b c d e", ("x",)), ("a", ()), ("b", ())], [("a", ("x",))])
        model = untrained(corpus, class_weights="balanced", max_length=1, long_texts="split")
        np.testing.assert_allclose(model._answer_weights, [[7 / 4], [7 / 10]], rtol=1e-6)

    @pytest.mark.parametrize("kind", ["none", "balanced"])
    def test_they_reach_the_loss(self, untrained, cat_texts, kind):
        model = untrained(class_weights=kind)
        found = {}
        for batch in model.batches(cat_texts.train, seed=0).epoch(0):
            _, targets, weights = model.example({name: tf.constant(value) for name, value in batch.items()})
            found |= {int(np.argmax(y)): float(w) for y, w in zip(targets, weights, strict=True) if w}
        assert found == pytest.approx({0: 4 / 6, 1: 4 / 2} if kind == "balanced" else {0: 1.0, 1: 1.0})


@pytest.mark.parametrize("threshold", [0.1, 0.5, 0.9])
def test_a_threshold_lets_labels_pass(untrained, threshold):
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
    def test_layers_compute_in_bfloat16_and_outputs_are_float32(self, untrained):
        network = untrained(precision="bfloat16", pooling="attention").model
        assert network.get_layer("embedding").compute_dtype == "bfloat16"
        assert network.get_layer("recurrence_0").cell.compute_dtype == "bfloat16"
        assert network(IDS).dtype == tf.float32
        assert {weight.dtype for weight in network.weights} == {"float32"}

    @pytest.mark.parametrize("pooling", ["last", "mean", "max", "attention"])
    def test_it_answers_alike_but_for_rounding(self, untrained, pooling):
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
