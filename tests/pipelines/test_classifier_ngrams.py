"""Pairs and n-grams that a classifier reads beside its units: which they are, what they add, how they are explained."""

import numpy as np
import pytest

from keras_seq.datasets import Corpus
from keras_seq.pipelines import Classifier, load, served

SEVERAL = Corpus.from_texts([("the cat", ("x",)), ("dog", ("x", "y")), ("a", ())], [("a", ("y",))])
SMALL = {"cell": "elman", "units": 3, "embedding_dim": 4}
IDS = np.array([[3, 4, 5, 3], [4, 5, 0, 0], [0, 0, 0, 0]], np.int32)


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


class TestBigrams:
    def test_pairs_seen_twice_have_a_vector_beside_the_unit(self, untrained, layer_output):
        model = untrained(bigrams=True, bigram_units=3, lowercase=True)
        tokens = model.text.vocabulary.tokens
        assert [(tokens[a] if a else "", tokens[b] if b else "") for a, b in model.pairs] == [("", "the")]
        found = layer_output(model, "features", IDS)
        np.testing.assert_array_equal(found[..., :4], layer_output(model, "embedding", IDS))
        np.testing.assert_array_equal(found[..., 4:], layer_output(model, "pairs", IDS))
        assert model.model.get_layer("recurrence_0").cell.kernel.shape[0] == 4 + 2 * 3

    def test_the_most_frequent_alone(self, untrained):
        corpus = Corpus.from_texts([("a b", "x"), ("a b", "y"), ("a c", "x")], [("a", "x")])
        assert len(untrained(corpus, bigrams=True).pairs) == 3
        assert untrained(corpus, bigrams=True, max_bigrams=1).pairs.tolist() == [[0, 3]]

    @pytest.mark.parametrize(("long_texts", "more"), [("cut", []), ("split", [(0, 5), (3, 0), (5, 0)])])
    def test_borders_are_those_of_what_is_read_at_once(self, untrained, long_texts, more):
        corpus = Corpus.from_texts([("a b c", "x"), ("a b c", "y"), ("a a a", "y")], [("a", "x")])
        model = untrained(corpus, bigrams=True, max_length=2, long_texts=long_texts)
        assert sorted(map(tuple, model.pairs.tolist())) == sorted([(0, 3), (3, 4), (4, 0), *more])

    def test_a_pair_with_an_unknown_unit_may_have_a_vector(self, untrained):
        corpus = Corpus.from_texts([("a b", "x"), ("a c", "y"), ("a", "x")], [("a", "x")])
        assert untrained(corpus, bigrams=True, min_count=2).pairs.tolist() == [[0, 3], [1, 0], [3, 1]]

    def test_without_them_all_other_weights_start_the_same(self, untrained):
        one, other = untrained().model, untrained(bigrams=True).model
        for name in ("embedding", "logits"):
            np.testing.assert_array_equal(one.get_layer(name).get_weights()[0], other.get_layer(name).get_weights()[0])

    def test_it_trains_saves_explains_and_exports(self, reviews, tmp_path):
        model = Classifier(**SMALL, bigrams=True, max_length=3, long_texts="split", epochs=2, learning_rate=0.01)
        model.fit(reviews, tracking=None, progress=False)
        assert model.history["loss"][1] < model.history["loss"][0]
        check_saved_exported_explained(model, tmp_path)

    def test_the_gradient_counts_pairs_too(self, untrained):
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

    def test_of_each_length_those_seen_twice_count(self, untrained):
        pairs, triples = ["ab", "bc", "c|", "|a"], ["abc", "bc|", "|ab"]
        assert spelt(untrained(self.THREE, ngrams=1)) == []
        assert spelt(untrained(self.THREE, ngrams=9)) == [pairs, triples, ["abc|", "|abc"], ["|abc|"], []]

    def test_the_most_frequent_of_each_length_alone(self, untrained):
        assert spelt(untrained(self.THREE, ngrams=3, max_ngrams=1)) == [["bc"], ["bc|"]]

    def test_at_first_the_network_answers_as_without_them(self, untrained):
        one, other = untrained().predict("the cat"), untrained(ngrams=3).predict("the cat")
        assert one.probabilities == pytest.approx(other.probabilities)

    def test_logits_are_those_of_the_network_and_of_ngrams(self, untrained, layer_output):
        model = untrained(ngrams=2)
        table = model.model.get_layer("ngrams").embeddings
        table.assign(np.random.default_rng(0).normal(size=table.shape))
        added = np.asarray(model.model.get_layer("ngrams")(IDS)[0])
        np.testing.assert_allclose(model.model(IDS), layer_output(model, "logits", IDS) + added, rtol=1e-6)

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

    @pytest.mark.parametrize("corpus", [None, SEVERAL])
    def test_the_gradient_counts_what_they_add(self, untrained, corpus):
        model = untrained(corpus, ngrams=2, cell="gru", units=16)
        tables = [model.model.get_layer(name).embeddings for name in ("embedding", "ngrams")]
        tables[1].assign(np.random.default_rng(0).normal(size=tables[1].shape))
        check_slope(model, tables)

    @pytest.mark.parametrize(("options", "cuts"), [({}, []), ({"max_length": 2, "long_texts": "split"}, [2])])
    def test_each_unit_has_its_part_in_the_gradient(self, untrained, options, cuts):
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
