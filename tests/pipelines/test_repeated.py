"""Mean and deviation by the standard library; which corpus and seed each training gets; one real training."""

import logging
import math
import statistics

import pytest

import keras_seq as ks
from keras_seq.datasets import Corpus, InputError
from keras_seq.pipelines import Evaluation, RepeatedRuns, Run, cross_validate, over_seeds

TEXTS = [(f"text {i}", "ab"[i % 2]) for i in range(24)]
F1 = [0.9, 0.95, 0.91]


@pytest.fixture
def corpus():
    return Corpus.from_texts(TEXTS[:12], TEXTS[12:16], TEXTS[16:])


class Model:
    """A stand-in for a trained pipeline: its figures are given, what it is evaluated on is kept."""

    def __init__(self, figures, notes=(), run_id=None):
        self.figures, self.run_id = Evaluation(figures, notes=list(notes)), run_id

    def evaluate(self, examples, **measures):
        self.examples, self.measures = list(examples), measures
        return self.figures


class Training:
    """Gives stand-ins one after the other and keeps what it was called with."""

    def __init__(self, *models):
        self.models, self.calls = models, []

    def __call__(self, corpus, number):
        self.calls.append((corpus, number))
        return self.models[len(self.calls) - 1]


def runs_of(*figures, notes=((), (), ())):
    evaluations = (Evaluation(each, notes=list(some)) for each, some in zip(figures, notes, strict=False))
    return RepeatedRuns("seed", "test", [Run(number, each) for number, each in enumerate(evaluations)])


class TestFigures:
    def test_mean_and_sample_deviation_are_those_of_the_standard_library(self):
        runs = runs_of(*({"f1": f1} for f1 in F1))
        assert runs.mean == pytest.approx({"f1": statistics.mean(F1)})
        assert runs.deviation == pytest.approx({"f1": statistics.stdev(F1)})

    def test_a_figure_that_one_run_lacks_has_no_mean(self):
        assert set(runs_of({"f1": 0.5, "nll": 1.0}, {"f1": 0.5}, {"f1": 0.5, "ece": 1.0}).mean) == {"f1"}

    def test_infinity_is_no_failure(self):
        runs = runs_of({"perplexity": math.inf}, {"perplexity": 2.0})
        assert runs.mean["perplexity"] == math.inf
        assert math.isnan(runs.deviation["perplexity"])


class TestTable:
    def test_a_line_for_each_run_and_the_mean_with_its_deviation(self):
        runs = runs_of(*({"f1": f1, "nll": 2 * f1, "texts": 10} for f1 in F1))
        head, *lines, mean, ends = str(runs).splitlines()
        assert head.split() == ["f1", "nll"]
        assert [line.split() for line in lines] == [
            ["seed", "0", "90.00%", "1.8000"],
            ["seed", "1", "95.00%", "1.9000"],
            ["seed", "2", "91.00%", "1.8200"],
        ]
        assert mean.split() == ["mean", "92.00%", "±", "2.65%", "1.8400", "±", "0.0529"]
        assert ends == "on test; mean ± sample deviation (n - 1) of 3 seeds"
        assert len({line.index("%") for line in (*lines, mean)}) == 1  # in columns

    def test_a_note_says_which_runs_it_is_of(self):
        runs = runs_of({"f1": 1.0}, {"f1": 1.0}, {"f1": 1.0}, notes=(["all", "some"], ["all"], ["all", "some"]))
        assert str(runs).splitlines()[-2:] == ["all", "seed 0, 2: some"]


class TestOverSeeds:
    def test_every_seed_learns_the_corpus_and_is_tested(self, corpus):
        models = [Model({"f1": f1}, run_id=None) for f1 in F1]
        training = Training(*models)
        runs = over_seeds(corpus, training, [3, 0, 5])
        assert training.calls == [(corpus, 3), (corpus, 0), (corpus, 5)]
        assert [model.examples for model in models] == [list(corpus.test)] * 3
        assert (runs.unit, runs.split) == ("seed", "test")
        assert runs.runs == [Run(3, models[0].figures), Run(0, models[1].figures), Run(5, models[2].figures)]

    def test_further_figures_are_asked_of_every_model(self, corpus):
        models = [Model({"f1": 0.5}), Model({"f1": 0.7})]
        over_seeds(corpus, Training(*models), [0, 1], also=["borders"])
        cross_validate(corpus, Training(*(folded := [Model({"f1": 0.5}) for _ in range(3)])), 3, also=["borders"])
        assert all(model.measures == {"also": ["borders"]} for model in (*models, *folded))

    def test_without_a_test_split_the_validation_split_counts(self, corpus):
        models = [Model({"f1": 0.5}), Model({"f1": 0.7})]
        found = over_seeds(Corpus("x", corpus.train, corpus.valid), Training(*models), [0, 1])
        assert found.split == "valid"
        assert models[1].examples == list(corpus.valid)

    def test_figures_go_to_the_log_and_to_the_tracked_run_at_once(self, corpus, caplog, monkeypatch):
        logged = []
        monkeypatch.setattr(
            "keras_seq.pipelines.repeated.log_figures",
            lambda run, figures, prefix: logged.append((run, dict(figures), prefix)),
        )
        with caplog.at_level(logging.INFO, "keras_seq"):
            over_seeds(corpus, Training(Model({"f1": 0.5, "texts": 8}, run_id="a"), Model({"f1": 0.7})), [0, 1])
        assert logged == [("a", {"f1": 0.5, "texts": 8}, "test_"), (None, {"f1": 0.7}, "test_")]
        assert caplog.messages == ["seed 0, test: f1 50.00%", "seed 1, test: f1 70.00%"]

    @pytest.mark.parametrize(
        ("seeds", "message"),
        [
            ([0, 1, 0], "seed 0 stands twice: expected different seeds"),
            ([4], "1 seeds: expected at least 2"),
            ([], "0 seeds: expected at least 2"),
        ],
    )
    def test_mistakes_are_found_before_anything_is_trained(self, corpus, seeds, message):
        training = Training()
        with pytest.raises(InputError, match=message):
            over_seeds(corpus, training, seeds)
        assert not training.calls


class TestCrossValidate:
    def test_every_example_is_tested_once_by_a_model_that_has_not_seen_it(self, corpus):
        models = [Model({"accuracy": 0.5}) for _ in range(4)]
        training = Training(*models)
        runs = cross_validate(corpus, training, 4, seed=2)
        assert [number for _, number in training.calls] == [run.number for run in runs.runs] == [0, 1, 2, 3]
        tested = [example.text for model in models for example in model.examples]
        assert sorted(tested) == sorted(text for text, _ in TEXTS)
        for (fold, _), model in zip(training.calls, models, strict=True):
            assert not {example.text for example in model.examples} & {example.text for example in fold.train}
        assert (runs.unit, runs.split) == ("fold", "test")

    def test_the_seed_decides_on_the_cut(self, corpus):
        def tested(seed):
            models = [Model({}) for _ in range(3)]
            cross_validate(corpus, Training(*models), 3, seed)
            return [model.examples for model in models]

        assert tested(1) == tested(1)
        assert tested(1) != tested(2)

    def test_that_the_splits_are_joined_is_said(self, corpus, caplog):
        with caplog.at_level(logging.WARNING, "keras_seq"):
            cross_validate(corpus, Training(*(Model({}) for _ in range(3))), 3, seed=4)
        assert caplog.messages == [
            f"all {len(TEXTS)} examples joined, those held out too, and cut into 3 folds (seed 4)"
        ]

    def test_too_few_folds_are_refused(self, corpus):
        with pytest.raises(InputError, match="2 folds: expected at least 3"):
            cross_validate(corpus, Training(), 2)


def test_a_classifier_is_trained_again_with_each_seed(reviews):
    options = {"cell": "elman", "units": 4, "embedding_dim": 4, "epochs": 1, "bidirectional": False}

    def train(corpus, seed):
        model = ks.pipelines.Classifier(**options, seed=seed, calibration="none")
        return model.fit(corpus, tracking=None, progress=False)

    runs = over_seeds(reviews, train, range(2))
    again = train(reviews, 1).evaluate(reviews.test)
    assert runs.runs[1].figures["nll"] == pytest.approx(again["nll"], rel=1e-5)
    assert runs.runs[0].figures["nll"] != pytest.approx(again["nll"], rel=1e-5)
