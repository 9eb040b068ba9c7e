"""N-best lists with a language model: sums by hand, and the weight that is best on validation by trying all."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

from keras_seq.datasets import Corpus, InputError, Parallel
from keras_seq.pipelines import NgramLanguageModel, ScoredText, TranslatedText, fit_reranking, rerank

# log P(Y|X) of each translation, and log P(Y) of a language model.
FOUND = {
    "j'ai": {"I has": -1.0, "I have": -1.2, "I had": -2.0},
    "tu as": {"you has": -0.5, "you have": -2.5},
    "il a": {"he has": -0.3, "he have": -0.4},
}
LANGUAGE = {
    "I has": -8.0,
    "I have": -4.0,
    "I had": -4.5,
    "you has": -9.0,
    "you have": -4.0,
    "he has": -4,
    "he have": -9,
}
RIGHT = ["I have", "you have", "he has"]


def translated(text, translation, score):
    units = [*translation.split(), "</s>"]
    return TranslatedText(text, translation, score, score, [], units, np.zeros((0, 0)), True, False)


def lists():
    return [[translated(text, *each) for each in found.items()] for text, found in FOUND.items()]


class Spoken:
    """A language model whose log p are those above, or others."""

    def __init__(self, values=LANGUAGE):
        self.values = values

    def score(self, texts):
        return [ScoredText(text, [], [self.values[text]], [], []) for text in texts]


def first(found):
    return [each[0].translation for each in found]


class TestRerank:
    @pytest.mark.parametrize("weight", [0.05, 0.3, 1.0, -0.5])
    def test_the_sum_decides_and_is_the_score(self, weight):
        found = rerank(lists(), Spoken(), weight)
        for each, (text, scores) in zip(found, FOUND.items(), strict=True):
            totals = {name: score + weight * LANGUAGE[name] for name, score in scores.items()}
            assert [one.translation for one in each] == sorted(totals, key=totals.get, reverse=True)
            assert [one.score for one in each] == pytest.approx(sorted(totals.values(), reverse=True))
            assert {one.text for one in each} == {text}

    def test_i_have_and_not_i_has(self):
        assert first(rerank(lists(), Spoken(), 0.0)) == ["I has", "you has", "he has"]
        assert first(rerank(lists(), Spoken(), 0.5)) == RIGHT

    def test_the_length_penalty_divides_it_too(self):
        """Two words and an end: lp = ((5 + 3) / 6)^α."""
        (found,) = rerank(lists()[:1], Spoken(), 0.1, length_penalty=2.0)
        expected = {name: score + 0.1 * LANGUAGE[name] / (8 / 6) ** 2 for name, score in FOUND["j'ai"].items()}
        assert {each.translation: each.score for each in found} == pytest.approx(expected)

    def test_equal_ones_keep_their_order(self):
        (found,) = rerank([[translated("x", name, -1.0) for name in "cab"]], Spoken(dict.fromkeys("abc", -2.0)), 1.0)
        assert [each.translation for each in found] == ["c", "a", "b"]

    @pytest.mark.parametrize(("weight", "order"), [(0.0, "ab"), (0.1, "ba")])
    def test_what_the_language_model_rules_out_comes_last_where_it_counts(self, weight, order):
        candidates = [[translated("x", "a", -1.0), translated("x", "b", -2.0)]]
        (found,) = rerank(candidates, Spoken({"a": -math.inf, "b": -3.0}), weight)
        assert "".join(each.translation for each in found) == order
        assert not any(math.isnan(each.score) for each in found)

    def test_no_texts_are_none(self):
        assert rerank([], Spoken(), 1.0) == []

    @pytest.mark.parametrize("weight", [math.inf, math.nan])
    def test_a_weight_is_a_finite_number(self, weight):
        with pytest.raises(InputError, match="expected a finite number"):
            rerank(lists(), Spoken(), weight)

    def test_a_model_of_the_package_prefers_what_people_write(self):
        texts = ["I have a dog", "I have it", "she has it", "you have a cat"] * 3
        model = NgramLanguageModel(order=2).fit(Corpus.from_texts(texts, texts), tracking=None, progress=False)
        found = [[translated("j'ai", "I has it", -1.0), translated("j'ai", "I have it", -1.1)]]
        assert first(rerank(found, model, 0.5)) == ["I have it"]


@pytest.fixture
def translator():
    """What gives the lists above, of the second language to the first."""
    given = dict(zip(FOUND, lists(), strict=True))
    return SimpleNamespace(
        places=(1, 0),
        languages=("fr", "en"),
        config=SimpleNamespace(length_penalty=0.0),
        target=SimpleNamespace(tokenizer=SimpleNamespace(rule="char")),
        translate=lambda texts, n_best: [given[text][:n_best] for text in texts],
    )


@pytest.fixture
def examples():
    return [Parallel((right, text)) for right, text in zip(RIGHT, FOUND, strict=True)]


class TestFit:
    def test_the_weight_is_the_first_of_the_best_by_trying_all(self, translator, examples):
        fit = fit_reranking(translator, Spoken(), examples, measure="exact_match", progress=False)
        assert list(fit.tried) == pytest.approx([0.05 * step for step in range(21)])
        for weight, figure in fit.tried.items():
            right = sum(
                max(scores, key=lambda name, scores=scores, w=weight: scores[name] + w * LANGUAGE[name]) == expected
                for scores, expected in zip(FOUND.values(), RIGHT, strict=True)
            )
            assert figure == pytest.approx(right / 3)
        # "I have" from 0.05 on: 0.2 behind and 4 ahead; "you have" from 0.4 on: 2 behind and 5 ahead.
        assert fit.weight == pytest.approx(0.45)
        assert (fit.figure, fit.alone) == (1, pytest.approx(1 / 3))

    @pytest.mark.parametrize("measure", ["bleu", "chrf"])
    def test_other_measures_reach_all_there_is(self, translator, examples, measure):
        fit = fit_reranking(translator, Spoken(), examples, measure=measure, progress=False)
        assert fit.figure == pytest.approx(100)
        assert fit.alone < 100

    def test_so_many_translations_are_sorted(self, translator, examples):
        fit = fit_reranking(translator, Spoken(), examples, n_best=1, measure="exact_match", progress=False)
        assert set(fit.tried.values()) == {fit.alone}

    def test_weights_of_a_user(self, translator, examples):
        fit = fit_reranking(translator, Spoken(), examples, weights=[1.0, 0.5], measure="exact_match", progress=False)
        assert fit.weight == 1.0
        assert list(fit.tried) == [1.0, 0.5]
        assert fit.alone == pytest.approx(1 / 3)

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"measure": "blue"}, "measure='blue': expected one of bleu, chrf, exact_match"),
            ({"weights": []}, "expected examples and weights, got 3 and 0"),
            ({"weights": [0.1, math.nan]}, "weight nan, expected a finite number"),
        ],
    )
    def test_a_mistake_is_said(self, translator, examples, options, message):
        with pytest.raises(InputError, match=message):
            fit_reranking(translator, Spoken(), examples, **options)

    def test_so_are_no_examples(self, translator):
        with pytest.raises(InputError, match="got 0 and 21"):
            fit_reranking(translator, Spoken(), [])
