"""N-gram models as a pipeline: every smoothing, counts by hand, ARPA files, a run in MLflow."""

import logging
import math
from collections import Counter

import mlflow
import numpy as np
import pytest

from keras_seq.datasets import Corpus, InputError, Text
from keras_seq.layers import ESTIMATORS, UNKNOWN_ID
from keras_seq.pipelines import NgramLanguageModel, load

TEXTS = ["the cat is small", "zebra", "", "after the zebra is here"]


def fitted(corpus, **options):
    return NgramLanguageModel(**options).fit(corpus, tracking=None, progress=False)


@pytest.fixture(scope="module", params=ESTIMATORS)
def smoothed(request, story):
    """Trigrams, of every smoothing."""
    return fitted(story, order=3, smoothing=request.param)


def after(model, *words):
    """p of every id after some words."""
    state = model.start(np.zeros((1, 0)))
    for token in [0, *(model.text([word])[0, 0].numpy() for word in words)]:
        log_p, state = model.advance(state, np.array([token]))
    return np.exp(log_p[0])


class TestEverySmoothing:
    @pytest.mark.parametrize("words", [(), ("the",), ("the", "cat"), ("zebra",), ("small", "zebra", "the")])
    def test_what_follows_sums_to_one(self, smoothed, words):
        total = after(smoothed, *words).sum()
        if smoothed.config.smoothing == "stupid-backoff":
            assert total != pytest.approx(1, abs=1e-2)
        else:
            assert total == pytest.approx(1, abs=1e-5)

    def test_the_graph_says_what_the_tables_say(self, smoothed):
        ids = smoothed.encode([Text(text) for text in TEXTS])
        expected = smoothed.log_probabilities(ids)
        found = np.concatenate([scored.log_probabilities for scored in smoothed.score(TEXTS)])
        np.testing.assert_allclose(found, expected, atol=1e-5)

    def test_a_loaded_model_says_the_same(self, smoothed, story, tmp_path):
        smoothed.save(tmp_path / "model")
        loaded = load(tmp_path / "model")
        assert loaded.evaluate(story.test) == smoothed.evaluate(story.test)
        assert loaded.table.types == smoothed.table.types
        np.testing.assert_allclose(after(loaded, "the"), after(smoothed, "the"))

    def test_scores_that_are_no_probabilities_are_said_to_be_none(self, smoothed, story):
        notes = smoothed.evaluate(story.test).notes
        assert bool(notes) == (smoothed.config.smoothing == "stupid-backoff")

    def test_what_was_never_seen_is_impossible_without_smoothing_alone(self, smoothed):
        found = smoothed.score("zebra").log_probability
        assert (found == -math.inf) == (smoothed.config.smoothing in ("mle", "stupid-backoff"))


class TestByHand:
    CORPUS = Corpus.from_texts(["a b a", "b a"], ["a"])

    def test_relative_frequencies(self):
        model = fitted(self.CORPUS, order=2, smoothing="mle")
        a, b, end = (model.text.vocabulary.tokens.index(word) for word in ("a", "b", "</s>"))
        np.testing.assert_allclose(after(model)[[a, b, end]], [1 / 2, 1 / 2, 0])
        np.testing.assert_allclose(after(model, "a")[[a, b, end]], [0, 1 / 3, 2 / 3], rtol=1e-6)
        assert model.evaluate([Text("a b a")])["perplexity"] == pytest.approx((2 * 3 * 1 * 3 / 2) ** (1 / 4))

    @pytest.mark.parametrize("delta", [1.0, 0.25])
    def test_something_added_to_every_count(self, delta):
        model = fitted(self.CORPUS, order=2, smoothing="add-delta", delta=delta)
        a, end = (model.text.vocabulary.tokens.index(word) for word in ("a", "</s>"))
        total = 3 + 4 * delta  # a is followed thrice; <UNK>, </s>, a and b may follow
        np.testing.assert_allclose(
            after(model, "a")[[a, end, UNKNOWN_ID]], [delta / total, (2 + delta) / total, delta / total], rtol=1e-5
        )

    def test_sparsity_counts_n_grams(self, story, ngram):
        examples = [Text("the cat is zebra"), Text("small zebra")]
        seen = [Counter(), Counter(), Counter()]
        for example in story.train:
            words = ["<s>", *example.text.split(), "</s>"]
            for n in (1, 2, 3):
                seen[n - 1].update(zip(*(words[i:] for i in range(n)), strict=False))
        for row, counts in zip(ngram.sparsity(examples), seen, strict=True):
            n = row["order"]
            grams = [
                gram
                for example in examples
                for gram in zip(*((["<s>", *example.text.split(), "</s>"])[i:] for i in range(n)), strict=False)
                if gram != ("<s>",)
            ]
            assert row["unseen"] == pytest.approx(np.mean([gram not in counts for gram in grams]))
            assert row["types"] == len(counts) + (n == 1)  # the unknown token
            assert row["bytes"] > 0


class TestOrders:
    def test_more_words_than_any_sentence_has_are_no_mistake(self, story):
        model = fitted(story, order=30)
        assert model.table.order == 30
        assert 1 < model.evaluate(story.test)["perplexity"] < 3
        assert model.generate("walking home", method="greedy").startswith("walking home after")

    def test_one_word_reads_none_before_it(self, story):
        model = fitted(story, order=1)
        np.testing.assert_array_equal(after(model, "the"), after(model, "zebra"))

    def test_pruning_leaves_rare_n_grams_out(self, story):
        whole, pruned, by_loss = (
            fitted(story, order=3, **options).table.types
            for options in ({}, {"prune": "0,0,5"}, {"prune_entropy": 0.01})
        )
        assert pruned[:2] == whole[:2]
        assert pruned[2] < whole[2]
        assert sum(by_loss) < sum(whole)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"order": 0}, "hyperparameter order=0: expected at least 1"),
        ({"smoothing": "laplace"}, "hyperparameter smoothing='laplace': expected one of mle, add-delta"),
        ({"delta": 0.5}, "delta=0.5 with smoothing=kneser-ney: expected smoothing=add-delta"),
        ({"delta": 0.0, "smoothing": "add-delta"}, "hyperparameter delta=0.0: expected at least 1e-09"),
        ({"prune": "0,a"}, "hyperparameter prune='0,a': expected whole numbers with commas, such as 0,0,1"),
        ({"prune": ""}, "hyperparameter prune='': expected whole numbers with commas"),
        (
            {"prune": "0,1", "smoothing": "stupid-backoff"},
            "pruning with smoothing=stupid-backoff: expected a smoothing",
        ),
        ({"prune": "1"}, "prune=[1], expected a threshold for each order: first 0"),
        ({"prune": "0,2,1"}, "prune=[0, 2, 1], expected a threshold for each order"),
    ],
)
def test_a_mistake_is_one_line(options, message, story):
    with pytest.raises(InputError) as error:
        fitted(story, **options)
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


class TestArpaFiles:
    @pytest.mark.parametrize("name", ["model.arpa", "model.arpa.gz"])
    def test_a_model_comes_back(self, ngram, story, tmp_path, name):
        ngram.write_arpa(tmp_path / name)
        again = NgramLanguageModel.read_arpa(tmp_path / name)
        for one, other in zip(again.score(TEXTS), ngram.score(TEXTS), strict=True):
            assert one.log_probabilities == pytest.approx(other.log_probabilities, abs=1e-4)
        assert again.generate("the", method="greedy") == ngram.generate("the", method="greedy")
        assert again.evaluate(story.test)["perplexity"] == pytest.approx(
            ngram.evaluate(story.test)["perplexity"], rel=1e-4
        )

    def test_it_is_saved_like_any(self, ngram, tmp_path):
        ngram.write_arpa(tmp_path / "model.arpa")
        again = NgramLanguageModel.read_arpa(tmp_path / "model.arpa")
        again.save(tmp_path / "model")
        assert load(tmp_path / "model").score(TEXTS) == again.score(TEXTS)

    def test_a_word_may_have_another_spelling_there(self, tmp_path):
        model, spelling = fitted(Corpus.from_texts(["a <unk> b"] * 3, ["a"]), order=2), {"<unk>": "<rare>"}
        with pytest.raises(InputError, match=r"model\.arpa: ARPA: ids 1 and \d are both spelt '<unk>'"):
            model.write_arpa(tmp_path / "model.arpa")
        model.write_arpa(tmp_path / "model.arpa", spelling)
        assert "<rare>" in (tmp_path / "model.arpa").read_text()
        again = NgramLanguageModel.read_arpa(tmp_path / "model.arpa", spelling)
        assert again.score("a <unk>").known == [True, True, True]

    def test_stupid_backoff_has_none(self, story, tmp_path):
        with pytest.raises(InputError, match="ARPA cannot say that"):
            fitted(story, smoothing="stupid-backoff").write_arpa(tmp_path / "model.arpa")

    @pytest.mark.parametrize("keep", [1, 40, 400])
    def test_one_that_is_cut_short_is_refused(self, ngram, tmp_path, keep):
        ngram.write_arpa(tmp_path / "model.arpa")
        (tmp_path / "cut.arpa").write_text((tmp_path / "model.arpa").read_text()[:keep])
        with pytest.raises(InputError) as error:
            NgramLanguageModel.read_arpa(tmp_path / "cut.arpa")
        assert "cut.arpa" in str(error.value)
        assert "\n" not in str(error.value)

    @pytest.mark.parametrize("word", ["<UNK>", "<PAD>"])
    def test_so_is_a_word_that_is_spelt_like_a_token_of_ours(self, ngram, tmp_path, word):
        ngram.write_arpa(tmp_path / "model.arpa", {"cat": word})
        with pytest.raises(InputError, match=rf"model\.arpa: .*{word}"):
            NgramLanguageModel.read_arpa(tmp_path / "model.arpa")


def test_a_run_is_tracked(story, tmp_path, monkeypatch, caplog):
    before = mlflow.get_tracking_uri()
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.chdir(tmp_path)
    with caplog.at_level(logging.WARNING, "keras_seq"):
        model = NgramLanguageModel(order=2).fit(story, progress=False)
    client = mlflow.MlflowClient(tracking_uri=f"sqlite:///{tmp_path}/mlruns/mlflow.db")
    mlflow.set_tracking_uri(before)
    run = client.get_run(model.run_id)
    assert run.info.status == "FINISHED"
    assert run.data.params["smoothing"] == "kneser-ney"
    assert run.data.metrics["valid_perplexity"] == pytest.approx(model.evaluate(story.valid)["perplexity"])
    (manifest,) = tmp_path.rglob("pipeline.json")
    assert load(manifest.parent).score(TEXTS) == model.score(TEXTS)
    assert not [record for record in caplog.records if "MLflow" in record.getMessage()]
