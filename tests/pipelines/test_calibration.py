"""Temperatures and bins, by their definitions."""

import matplotlib.image
import numpy as np
import pytest
from scipy.special import expit

from keras_seq.datasets import InputError, Text
from keras_seq.pipelines import load
from keras_seq.pipelines.calibration import BINS, binned, fit_temperature, reliability_diagram, text_nll


def drawn(temperature, several, size=4000):
    """Logits that are `temperature` times too large for labels drawn from them."""
    draw = np.random.default_rng(3)
    z = draw.normal(size=(size, 4)) * 1.5
    if several:
        rows = draw.random(z.shape) < expit(z)
    else:
        noise = draw.gumbel(size=z.shape)  # argmax of z + Gumbel noise is a draw from softmax(z)
        rows = np.eye(4)[(z + noise).argmax(axis=1)]
    return z * temperature, rows.astype(np.uint8)


class TestBins:
    def test_by_hand(self):
        bins = binned(np.array([0.05, 0.06, 0.5, 0.95, 1.0]), np.array([0, 1, 1, 1, 0]))
        assert np.flatnonzero(bins.counts).tolist() == [0, 7, 14]
        assert bins.counts[[0, 7, 14]].tolist() == [2, 1, 2]
        assert bins.confidences[[0, 7, 14]] == pytest.approx([0.055, 0.5, 0.975])
        assert bins.shares[[0, 7, 14]] == pytest.approx([0.5, 1.0, 0.5])
        assert bins.error == pytest.approx((2 * 0.445 + 0.5 + 2 * 0.475) / 5)

    def test_a_border_belongs_to_the_lower_bin(self):
        assert np.flatnonzero(binned(np.array([3 / BINS]), np.array([1])).counts).tolist() == [2]
        assert np.flatnonzero(binned(np.array([0.0]), np.array([1])).counts).tolist() == [0]

    def test_probabilities_that_are_what_they_say_have_no_error(self):
        p = np.repeat(np.arange(1, 10) / 10, 10)
        right = np.concatenate([np.arange(10) < 10 * share for share in np.arange(1, 10) / 10])
        assert binned(p, right).error == pytest.approx(0, abs=1e-12)

    def test_of_nothing_it_is_nothing(self):
        assert binned(np.zeros(0), np.zeros(0)).error == 0


class TestTemperature:
    @pytest.mark.parametrize("several", [False, True])
    @pytest.mark.parametrize("temperature", [0.5, 1.0, 4.0])
    def test_what_labels_were_drawn_with_is_found(self, temperature, several):
        assert fit_temperature(*drawn(temperature, several), several) == pytest.approx(temperature, rel=0.1)

    @pytest.mark.parametrize("several", [False, True])
    def test_it_is_the_best_of_a_grid(self, several):
        logits, rows = drawn(2.0, several, 50)
        grid = np.exp(np.linspace(np.log(0.05), np.log(20), 2000))
        best = min(grid, key=lambda t: text_nll(logits, rows, several, t))
        assert fit_temperature(logits, rows, several) == pytest.approx(best, rel=0.01)

    @pytest.mark.parametrize(
        ("logits", "rows", "several"),
        [
            ([[1.0, -1.0], [0.0, 0.1]], [[1, 0], [0, 1]], False),
            ([[1.0, -1.0], [0.1, 0.1]], [[1, 0], [1, 1]], True),
            ([[3.0], [2.0]], [[1], [1]], False),
            (np.zeros((0, 2)), np.zeros((0, 2)), False),
            (np.zeros((0, 2)), np.zeros((0, 2)), True),
        ],
    )
    def test_where_nothing_is_wrong_it_is_one(self, logits, rows, several):
        assert fit_temperature(np.array(logits), np.array(rows), several) == 1.0

    def test_worse_than_chance_is_as_unsure_as_can_be(self):
        assert fit_temperature(np.array([[5.0, 0.0]]), np.array([[0, 1]]), False) == pytest.approx(20, rel=1e-3)


@pytest.mark.parametrize("titles", [["one"], ["before", "after"]])
def test_a_diagram_is_a_png(tmp_path, titles):
    bins = binned(np.array([0.2, 0.7, 0.9]), np.array([0, 1, 1]))
    reliability_diagram([(title, bins) for title in titles], tmp_path / "reliability.png")
    height, width, _ = matplotlib.image.imread(tmp_path / "reliability.png").shape
    assert width == pytest.approx(height * len(titles), rel=0.05)


class TestOfAClassifier:
    @pytest.fixture
    def shaken(self, classifier, tmp_path):
        """A copy of a classifier that is far too sure."""
        classifier.save(tmp_path / "model")
        model = load(tmp_path / "model")
        kernel, bias = model.model.get_layer("logits").get_weights()
        model.model.get_layer("logits").set_weights([20 * kernel, bias])
        model.temperature = 1.0
        return model

    @pytest.fixture
    def examples(self, shaken, reviews, topics):
        """Every fifth of them with another label than the rule has."""
        corpus, other = (topics, ("food", "price")) if shaken.labels.several else (reviews, "good")
        return [Text(each.text, each.label if i % 5 else other) for i, each in enumerate(corpus.train)]

    def test_it_lowers_the_likelihood_s_cost_and_the_error(self, shaken, examples):
        before = shaken.evaluate(examples)
        found = shaken.calibrate(examples)
        after = shaken.evaluate(examples)
        assert found.temperature == shaken.temperature > 1.5
        assert (found.nll_before, found.ece_before) == pytest.approx((before["nll"], before["ece"]), abs=1e-5)
        assert (found.nll_after, found.ece_after) == pytest.approx((after["nll"], after["ece"]), abs=1e-5)
        assert after["nll"] < before["nll"]
        assert after["ece"] < before["ece"]

    def test_it_changes_no_label(self, shaken, examples):
        texts = [example.text for example in examples]
        before = shaken.predict(texts)
        for temperature in (0.07, 1.0, 19.0):
            shaken.temperature = temperature
            shaken._prepare()
            after = shaken.predict(texts)
            assert [result.label for result in before] == [result.label for result in after]
        assert before[0].probabilities != after[0].probabilities

    def test_it_is_kept_with_the_model(self, shaken, examples, tmp_path):
        shaken.calibrate(examples)
        shaken.save(tmp_path / "again")
        again = load(tmp_path / "again")
        assert again.temperature == shaken.temperature
        assert again.predict(examples[0].text) == shaken.predict(examples[0].text)

    def test_it_is_drawn_before_and_after(self, shaken, examples, tmp_path):
        found = shaken.calibrate(examples)
        figures = shaken.reliability(examples, tmp_path / "reliability.png")
        assert figures == pytest.approx({"ece_before": found.ece_before, "ece_after": found.ece_after})
        assert matplotlib.image.imread(tmp_path / "reliability.png").shape[1] > 600

    def test_nothing_to_calibrate_on_is_refused(self, critic):
        with pytest.raises(InputError, match="no examples, expected at least one"):
            critic.calibrate([])
