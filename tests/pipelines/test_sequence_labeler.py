"""A labeller from end to end, on corpora of a hundred sentences."""

import dataclasses
import itertools
import math

import numpy as np
import pytest
import tensorflow as tf
from seqeval.metrics import f1_score

from keras_seq.datasets import Corpus, InputError, LabeledSequence, Text, irregular
from keras_seq.layers import CELLS
from keras_seq.pipelines import LabelingError, SequenceLabeler

SMALL = {"cell": "elman", "units": 16, "embedding_dim": 8, "learning_rate": 0.02, "batch_size": 16}
SMALL |= {"input_dropout": 0.1, "dropout": 0.1}
STILL = {"input_dropout": 0.0, "dropout": 0.0, "token_dropout": 0.0}
TINY = {"cell": "elman", "units": 3, "embedding_dim": 3, "epochs": 1, "output": "softmax", "bidirectional": False}


def fitted(corpus, **options):
    return SequenceLabeler(**options).fit(corpus, tracking=None, progress=False)


def untrained(corpus, **options):
    """A labeller with the weights that it starts from."""
    labeler = SequenceLabeler(**options)
    labeler.learn(corpus)
    labeler.model = labeler.network()
    return labeler


@pytest.fixture(scope="module")
def ruled(rule):
    """Elman cells that have learnt the rule."""
    return fitted(rule, **{**SMALL, "token_dropout": 0.2}, epochs=8)


def train_examples(pairs):
    """Pairs of lists as examples."""
    return [LabeledSequence(tuple(tokens), tuple(tags)) for tokens, tags in pairs]


def bare(examples):
    """The same sentences as pairs of lists."""
    return [(example.tokens, example.tags) for example in examples]


class TestLearning:
    def test_a_rule_that_the_words_around_decide_is_learnt(self, rule, ruled):
        # A label by the word alone is right for half of the cities: each is a destination as often as an origin.
        assert ruled.evaluate(rule.test)["f1"] > 0.9
        assert ruled.predict("please to Rome").spans[0].label == "destination"
        assert ruled.predict("please from Rome").spans[0].label == "origin"

    def test_every_option_learns(self, labeler, desk, rule):
        corpus = desk if labeler.tokenizer.rule == "char" else rule
        assert labeler.evaluate(corpus.valid)["f1"] > 0.7

    def test_the_loss_falls(self, labeler):
        assert labeler.history["loss"][-1] < labeler.history["loss"][0] / 2


class TestKinds:
    def test_a_corpus_without_tokens_and_tags_is_refused(self):
        corpus = Corpus("ptb", [Text("to Rome")], [Text("from Rome")])
        with pytest.raises(InputError, match=r"^corpus ptb: examples are Text, expected LabeledSequence"):
            fitted(corpus, **TINY)

    def test_so_are_examples_to_evaluate(self, ruled):
        with pytest.raises(InputError, match="examples are Text, expected LabeledSequence"):
            ruled.evaluate([Text("to Rome")])


class TestSeeds:
    def test_one_seed_gives_one_model_after_every_kind_of_draw(self, rule):
        options = {"characters": "cnn", "character_units": 3, "dropout": 0.3, "token_dropout": 0.2, "joint": True}
        options |= {"output": "crf", "bidirectional": True}
        one, again = (fitted(rule, **{**TINY, **options}, seed=7).model.get_weights() for _ in range(2))
        for a, b in zip(one, again, strict=True):
            np.testing.assert_array_equal(a, b)

    def test_names_of_weights_do_not_depend_on_what_was_built_before(self, rule):
        one, again = (untrained(rule, cell="gru", units=3, layers=2, characters="cnn").model for _ in range(2))
        names = [weight.path for weight in one.weights]
        assert names == [weight.path for weight in again.weights]
        assert len(set(names)) == len(names)

    @pytest.mark.parametrize("cell", CELLS)
    def test_every_start_value_comes_from_the_seed(self, rule, cell):
        one, again, other = (
            untrained(rule, cell=cell, units=4, embedding_dim=3, layers=2, characters="cnn", seed=seed).model
            for seed in (1, 1, 2)
        )
        for a, b, c in zip(one.weights, again.weights, other.weights, strict=True):
            np.testing.assert_array_equal(a, b)
            assert a.path.endswith("bias") or len(a.shape) < 2 or not np.any(a) or not np.array_equal(a, c), a.path

    def test_directions_and_layers_start_apart(self, rule):
        model = untrained(rule, cell="elman", units=4, embedding_dim=8, layers=2).model
        drawn = [np.asarray(weight) for weight in model.weights if np.ptp(np.asarray(weight))]
        for one, other in itertools.combinations(drawn, 2):
            assert one.shape != other.shape or not np.array_equal(one, other)


class TestEvaluation:
    def test_it_agrees_with_seqeval_on_what_predict_says(self, labeler, desk, rule):
        corpus, space = (desk, "") if labeler.tokenizer.rule == "char" else (rule, " ")
        found = labeler.predict([space.join(example.tokens) for example in corpus.test])
        assert [tuple(result.tokens) for result in found] == [example.tokens for example in corpus.test]
        gold, tags = [list(example.tags) for example in corpus.test], [result.labels for result in found]
        evaluation = labeler.evaluate(corpus.test)
        assert evaluation["f1"] == pytest.approx(f1_score(gold, tags))
        assert evaluation["sentences"] == len(gold)
        assert evaluation["tokens"] == sum(map(len, gold))

    def test_errors_are_the_sentences_that_predict_gets_wrong(self, labeler, desk, rule):
        corpus = desk if labeler.tokenizer.rule == "char" else rule
        found = labeler.predict_tokens(example.tokens for example in corpus.test)
        expected = [
            LabelingError(
                example.tokens, example.tags, result.labels, example.label if result.label else None, result.label
            )
            for example, result in zip(corpus.test, found, strict=True)
            if example.tags != tuple(result.labels) or (result.label and result.label != example.label)
        ]
        evaluation = labeler.evaluate(corpus.test)
        assert list(evaluation.errors) == expected
        assert len(expected) == round((1 - evaluation["exact_match"]) * evaluation["sentences"])

    @pytest.mark.parametrize("batch_size", [1, 2, 7, 64])
    def test_the_size_of_a_batch_changes_no_figure(self, labeler, desk, rule, batch_size, monkeypatch):
        corpus = desk if labeler.tokenizer.rule == "char" else rule
        expected = labeler.evaluate(corpus.test)
        monkeypatch.setattr(labeler, "config", dataclasses.replace(labeler.config, batch_size=batch_size))
        assert labeler.evaluate(corpus.test) == expected

    def test_the_order_of_examples_changes_no_figure(self, speller, rule):
        assert speller.evaluate(list(reversed(rule.test))) == speller.evaluate(rule.test)

    def test_labels_that_training_never_had_are_errors_and_named(self, speller, rule):
        stranger = LabeledSequence(("to", "Rome", "now"), ("O", "B-destination", "B-when"))
        examples = [*rule.test, stranger]
        evaluation = speller.evaluate(examples)
        assert evaluation.notes == ["labels that never occur in training, counted as errors (spans): when (1)"]
        found = speller.predict([" ".join(example.tokens) for example in examples])
        expected = f1_score([list(example.tags) for example in examples], [result.labels for result in found])
        assert evaluation["f1"] == pytest.approx(expected)
        when = next(row for row in evaluation.report if row.label == "when")
        assert (when.recall, when.support) == (0.0, 1)

    def test_any_tokens_of_a_corpus_are_scored(self, speller):
        strange = [LabeledSequence(("two words", "\u3000", "<PAD>", "<UNK>", "👩‍👩‍👧", "x" * 5000), ("O",) * 6)]
        assert speller.evaluate(strange)["tokens"] == 6


class TestTags:
    @pytest.mark.parametrize("scheme", ["IOB2", "BIOES"])
    @pytest.mark.parametrize("seed", [0, 1])
    def test_a_crf_gives_well_formed_tags_before_it_has_learnt_any(self, desk, scheme, seed):
        labeler = untrained(desk, units=4, embedding_dim=4, cell="gru", scheme=scheme, seed=seed)
        found = labeler.predict(["".join(example.tokens) for example in desk.train])
        assert not [result.labels for result in found if irregular(result.labels, "IOB2")]
        assert {label[0] for result in found for label in result.labels} == set("BIO")

    def test_a_softmax_may_give_others(self, desk):
        labeler = untrained(desk, units=4, embedding_dim=4, cell="gru", output="softmax")
        found = labeler.predict(["".join(example.tokens) for example in desk.train])
        assert any(irregular(result.labels, "IOB2") for result in found)

    def test_probabilities_are_shares(self, labeler, desk):
        for result in labeler.predict(["".join(example.tokens) for example in desk.test]):
            assert all(0 < p <= 1 + 1e-6 for p in result.probabilities)


class TestNBest:
    def test_the_first_is_what_is_given_alone(self, labeler):
        for text in ("please to Rome now", "我一月一号去郑州"):
            alone, several = labeler.predict(text), labeler.predict(text, n_best=3)
            assert several[0].labels == alone.labels
            assert several[0].spans == alone.spans
            assert several[0].probability == pytest.approx(alone.probability, abs=1e-6)

    def test_they_differ_and_become_less_probable(self, labeler):
        several = labeler.predict("from Rome to Oslo", n_best=6)
        assert len({tuple(result.labels) for result in several}) == len(several) > 1
        probabilities = [result.probability for result in several]
        assert probabilities == sorted(probabilities, reverse=True)
        assert sum(probabilities) <= 1 + 1e-6

    def test_several_texts_have_a_list_each(self, labeler):
        texts = ["to Rome", "", "from Oslo now please", "郑州"]
        several = labeler.predict(texts, n_best=2)
        for text, results in zip(texts, several, strict=True):
            assert {result.text for result in results} == {text}
        assert labeler.predict([], n_best=2) == []

    def test_an_empty_text_has_one(self, labeler):
        (result,) = labeler.predict("", n_best=3)
        assert (result.labels, result.probability) == ([], 1)

    def test_there_are_no_more_than_there_can_be(self, rule):
        labeler = untrained(rule, **{**TINY, "output": "crf"}, scheme="IOB2")
        assert len(labeler.predict("Rome", n_best=50)) == 3  # O, B-destination, B-origin

    def test_a_long_text_has_them_though_the_probability_of_each_rounds_to_zero(self, rule):
        labeler = untrained(rule, **{**TINY, "output": "softmax"}, scheme="IOB2")
        best, second = labeler.predict("we " * 300, n_best=2)
        assert (best.probability, second.probability) == (0, 0)  # about 5 ** -300, which float32 does not hold
        assert best.labels == labeler.predict("we " * 300).labels
        assert sum(a != b for a, b in zip(best.labels, second.labels, strict=True)) == 1

    @pytest.mark.parametrize("n_best", [0, -1, 1.5, "3", True])
    def test_another_number_is_refused(self, labeler, n_best):
        with pytest.raises(InputError, match=rf"^n_best={n_best!r}: expected a whole number of at least 1$"):
            labeler.predict("to Rome", n_best=n_best)


class TestTraining:
    @pytest.mark.parametrize("step", [0, 1, 50, 99, 100])
    @pytest.mark.parametrize(
        ("decay", "left"),
        [("cosine", lambda done: (1 + math.cos(math.pi * done)) / 2), ("linear", lambda done: 1 - done)],
    )
    def test_the_rate_falls_to_a_fiftieth(self, decay, left, step):
        rate = SequenceLabeler(learning_rate=0.1, decay=decay)._rate(100)(step)
        assert float(rate) == pytest.approx(0.1 * (0.02 + 0.98 * left(step / 100)))

    def test_the_rate_may_stay(self):
        assert SequenceLabeler(learning_rate=0.1, decay="none")._rate(100) == 0.1

    def test_balanced_labels_weigh_the_same_together(self):
        # One `a` in five is a span, and nothing says which: the weights make both labels equally probable.
        train = [(["a"], ["B-x" if number == 0 else "O"]) for number in range(5)] * 8
        corpus = Corpus.from_lists(train, train[:5])
        shares = {}
        for weights in ("none", "balanced"):
            options = {**TINY, **STILL, "epochs": 12, "learning_rate": 0.05, "scheme": "IOB2", "label_weights": weights}
            labeler = fitted(corpus, **options)
            result = labeler.predict("a", n_best=2)
            shares[weights] = {found.labels[0]: found.probability for found in result}["B-x"]
        assert shares["none"] == pytest.approx(0.2, abs=0.05)
        assert shares["balanced"] == pytest.approx(0.5, abs=0.05)
        assert labeler._label_weights == [5 / (2 * 4), 5 / 2, 0.0]  # N / (K n); I-x never stands there


class TestWords:
    def test_folded_words_are_read_alike_where_letters_are_not_read(self, rule):
        labeler = untrained(rule, **TINY, lowercase=True, mask_digits=True)
        lower, upper = labeler.predict(["to rome 12", "TO ROME ９9"])
        assert lower.labels == upper.labels
        assert lower.probabilities == upper.probabilities

    def test_unfolded_words_are_not(self, rule):
        labeler = untrained(rule, **TINY, lowercase=False)
        lower, upper = labeler.predict(["to Rome", "TO Rome"])
        assert lower.probabilities != upper.probabilities

    def test_letters_tell_unknown_words_apart(self, speller, rule):
        one, other = speller.predict(["to Romx", "to ticke"])
        assert one.probabilities != other.probabilities
        one, other = untrained(rule, **TINY).predict(["to Romx", "to ticke"])
        assert one.probabilities == other.probabilities

    @pytest.mark.parametrize("word", ["<PAD>", "<UNK>"])
    def test_the_names_of_special_tokens_are_words_like_others(self, rule, word):
        labeler = untrained(rule, **TINY)
        named, unknown = labeler.predict([f"to {word} Rome", "to nowhere Rome"])
        assert named.tokens == ["to", word, "Rome"]
        assert named.probabilities == unknown.probabilities


class TestSentenceLabels:
    def test_each_text_gets_one(self, tagger, desk):
        found = tagger.predict(["".join(example.tokens) for example in desk.test])
        right = [result.label == example.label for result, example in zip(found, desk.test, strict=True)]
        assert sum(right) / len(right) == tagger.evaluate(desk.test)["label_accuracy"]
        assert {result.label for result in found} <= {example.label for example in desk.train}
        assert all(1 / 7 < result.label_probability <= 1 for result in found)

    def test_without_joint_there_is_none(self, speller):
        result = speller.predict("to Rome")
        assert (result.label, result.label_probability) == (None, None)

    def test_the_loss_is_the_sum_of_both(self):
        train = [(["a", "b"], ["B-x", "O"], "yes"), (["b", "a"], ["O", "B-x"], "no"), (["a", "a"], ["O", "O"], "no")]
        corpus = Corpus.from_lists(train, train)
        labeler = untrained(corpus, **TINY, **STILL, joint=True)
        (batch,) = labeler.batches(corpus.train, seed=0).epoch(0)
        features, targets, weights = labeler.example({name: tf.constant(value) for name, value in batch.items()})
        labeler.model.compile(**labeler.losses(labeler.model))
        found = labeler.model.test_on_batch(features, targets, weights, return_dict=True)["loss"]
        logits = {name: value.numpy().astype(float) for name, value in labeler.model(features).items()}
        losses = []
        for row in np.flatnonzero(batch["weight"]):
            steps = [(logits["labels"][row, t], label) for t, label in enumerate(batch["labels"][row]) if label >= 0]
            chosen = [*steps, (logits["sentence"][row], batch["sentence"][row])]
            losses.append(sum(np.log(np.exp(z).sum()) - z[label] for z, label in chosen))
        assert len(losses) == 3
        assert found == pytest.approx(np.mean(losses), rel=1e-5)

    def test_the_score_is_the_mean_of_both_figures(self, tagger):
        history = tagger.history
        for score, f1, accuracy in zip(
            history["valid_score"], history["valid_f1"], history["valid_label_accuracy"], strict=True
        ):
            assert score == pytest.approx((f1 + accuracy) / 2)

    @pytest.mark.parametrize("without", ["train", "valid"])
    def test_a_corpus_that_lacks_them_is_refused(self, rule, without):
        splits = {split: [(e.tokens, e.tags, e.label) for e in getattr(rule, split)] for split in ("train", "valid")}
        splits[without] = bare(getattr(rule, without))
        with pytest.raises(InputError, match="joint=true: corpus lists has sentences without a label"):
            fitted(Corpus.from_lists(**splits), joint=True)

    def test_one_that_only_validation_has_is_an_error_and_named(self):
        train = [(["a"], ["B-x"], "yes"), (["b"], ["O"], "no")]
        corpus = Corpus.from_lists(train, [(["a"], ["B-x"], "maybe"), (["b"], ["B-new"], "no")])
        labeler = fitted(corpus, **TINY, joint=True)
        assert labeler.sentence_labels == ["no", "yes"]
        evaluation = labeler.evaluate(corpus.valid)
        assert evaluation["label_accuracy"] <= 1 / 2
        assert [note.rpartition(": ")[2] for note in evaluation.notes] == ["new (1)", "maybe (1)"]

    def test_examples_without_any_are_scored_by_their_tags(self, tagger, desk):
        evaluation = tagger.evaluate([LabeledSequence(e.tokens, e.tags) for e in desk.test])
        assert "label_accuracy" not in evaluation
        assert evaluation["f1"] == tagger.evaluate(desk.test)["f1"]


class TestSmallCorpora:
    def test_one_sentence_without_spans_is_enough(self):
        corpus = Corpus.from_lists([(["a", "b"], ["O", "O"])], [(["c"], ["O"])])
        labeler = fitted(corpus, **{**TINY, "output": "crf"})
        assert labeler.predict("a c").labels == ["O", "O"]
        assert labeler.predict("a c").probabilities == pytest.approx([1, 1])
        assert labeler.evaluate(corpus.valid)["f1"] == 0

    def test_words_may_all_be_unknown(self):
        corpus = Corpus.from_lists([(["a", "b"], ["B-x", "I-x"])] * 2, [(["c", "d"], ["O", "B-x"])])
        labeler = SequenceLabeler(**TINY, min_count=5)
        assert labeler.fit(corpus, tracking=None, progress=False) is labeler
        assert len(labeler.encoder.words) == 2
        one, other = labeler.predict(["a b", "x y"])
        assert one.probabilities == other.probabilities

    def test_a_label_may_have_one_example(self):
        train = [(["a", "b"], ["O", "B-x"])] * 5 + [(["c"], ["B-y"])]
        labeler = fitted(Corpus.from_lists(train, train[-2:]), **TINY, scheme="BIOES", label_weights="balanced")
        assert labeler.labels.names == ["x", "y"]
        assert {row.label for row in labeler.evaluate(train_examples(train)).report} >= {"x", "y"}

    def test_long_and_short_sentences_train_together(self):
        long = (["a"] * 600, ["O"] * 600)
        corpus = Corpus.from_lists([long, *[(["a"], ["B-x"])] * 3], [(["a"], ["B-x"]), long])
        evaluation = fitted(corpus, **TINY, scheme="BIOES").evaluate(corpus.valid)
        assert (evaluation["sentences"], evaluation["tokens"]) == (2, 601)


class TestExplain:
    def test_the_deciding_word_has_the_greatest_effect(self, rule, ruled):
        for example in itertools.islice(rule.test, 10):
            explanation = ruled.explain(" ".join(example.tokens))
            city = next(place for place, tag in enumerate(example.tags) if tag != "O")
            effects = explanation.effects[:, city].copy()
            effects[city] = 0
            assert explanation.tokens[int(effects.argmax())] == example.label

    def test_effects_are_of_the_labels_that_predict_gives(self, tagger):
        # Hiding nothing would have no effect, so p of the whole text less the effects is p with each token hidden: a share.
        result, explanation = tagger.predict("我一月一号去郑州"), tagger.explain("我一月一号去郑州")
        hidden = np.array(result.probabilities)[None] - explanation.effects
        assert hidden.min() >= -1e-6
        assert hidden.max() <= 1 + 1e-6
        unknown = tagger.predict("我一月一号\u4e02郑州")
        for place, (one, other) in enumerate(zip(result.labels, unknown.labels, strict=True)):
            if one == other:
                assert hidden[5, place] == pytest.approx(unknown.probabilities[place], abs=1e-5)
