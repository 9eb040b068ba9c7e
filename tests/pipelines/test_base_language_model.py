"""What every kind of language model promises, on models trained on eight sentences."""

import math

import numpy as np
import pytest

from keras_seq.datasets import Corpus, InputError, LabeledSequence, Text
from keras_seq.layers import END, END_ID, START_ID, UNKNOWN_ID
from keras_seq.pipelines import (
    LANGUAGE_MODELS,
    NgramLanguageModel,
    RecurrentLanguageModel,
    ScoredText,
    WindowLanguageModel,
    language_model,
    load,
)

TEXTS = ["the cat is small", "small is the cat", "", "the zebra is here", "walking home after school", "</s> <UNK> the"]
KINDS = {"ngram": NgramLanguageModel, "nnlm": WindowLanguageModel, "rnn": RecurrentLanguageModel}
TINY = {
    "ngram": {"order": 3},
    "nnlm": {"order": 5, "units": 3, "embedding_dim": 2, "batch_size": 4, "epochs": 1},
    "rnn": {"units": 3, "layers": 1, "batch_size": 2, "steps": 3, "epochs": 1},
}


def fitted(kind, corpus, **options):
    return KINDS[kind](**{**TINY[kind], **options}).fit(corpus, tracking=None, progress=False)


def chain(model, text):
    """log p of each token of a text, its end too, by asking for one token after another."""
    ids = model.text([text])[0].numpy().tolist()
    state, found = model.start(np.zeros((1, 0), np.float32)), []
    for before, token in zip([START_ID, *ids], [*ids, END_ID], strict=True):
        log_p, state = model.advance(state, np.array([before]))
        found.append(log_p[0, token])
    return found


class TestScore:
    def test_it_is_the_chain_of_what_follows(self, writer):
        for scored in writer.score(TEXTS):
            assert scored.log_probabilities == pytest.approx(chain(writer, scored.text), abs=1e-4)

    def test_what_follows_sums_to_one(self, writer):
        state, token = writer.start(np.zeros((3, 0), np.float32)), np.zeros(3, np.int32)
        for token in ([START_ID] * 3, [3, 4, UNKNOWN_ID], [5, 3, 3], [UNKNOWN_ID, 4, 6]):
            log_p, state = writer.advance(state, np.array(token))
            assert log_p.shape == (3, len(writer.text))
            np.testing.assert_allclose(np.exp(log_p).sum(axis=1), 1, atol=1e-5)
            assert np.isneginf(log_p[:, START_ID]).all()

    def test_the_end_is_a_token(self, writer):
        scored = writer.score("the cat is small")
        assert scored.tokens == ["the", "cat", "is", "small", END]
        assert writer.score("").tokens == [END]
        assert scored.log_probability == pytest.approx(sum(scored.log_probabilities))

    def test_unknown_tokens_are_marked(self, writer):
        assert writer.score("the zebra </s>").known == [True, False, False, True]

    def test_other_texts_change_nothing(self, writer):
        together = writer.score([*TEXTS, "the cat " * 40])
        for text, scored in zip(TEXTS, together, strict=False):
            assert scored.log_probabilities == pytest.approx(writer.score(text).log_probabilities, abs=1e-5)
        assert writer.score([]) == []

    def test_the_most_probable_that_may_follow_are_named(self, writer):
        state = writer.start(np.zeros((1, 0), np.float32))
        for token in [START_ID, *writer.text(["the cat"])[0].numpy()]:
            log_p, state = writer.advance(state, np.array([token]))
        best = np.argsort(-log_p[0])[:10]
        following = writer.score("the cat").following
        assert [p for _, p in following] == pytest.approx(np.exp(log_p[0, best]).tolist(), abs=1e-5)
        assert following[0][0] == writer.text.vocabulary.tokens[best[0]] == "is"


class TestRank:
    def test_what_is_said_comes_before_what_is_not(self, writer):
        assert writer.rank(["small is the cat", "the cat is small"])[0].text == "the cat is small"
        candidates = ["walking house after school", "walking home after school"]
        assert writer.rank(candidates)[0].text == "walking home after school"

    def test_first_scores_count_too(self, writer):
        candidates = ["the cat is small", "small is the cat"]
        low, high = (min(f(scored.log_probability for scored in writer.score(candidates)), 0) for f in (min, max))
        gap = high - low
        for weight, first in ((1.0, gap + 1), (0.5, gap / 2 + 1)):
            assert writer.rank(candidates, [0, first], weight)[0].text == "small is the cat"
            assert writer.rank(candidates, [0, first - 2], weight)[0].text == "the cat is small"

    def test_without_weight_the_first_scores_decide(self, story):
        impossible = fitted("ngram", story, smoothing="mle").rank(["zebra", "the cat is small"], [-2.0, -1.0], weight=0)
        assert [scored.text for scored in impossible] == ["the cat is small", "zebra"]
        assert impossible[1].log_probability == -math.inf

    @pytest.mark.parametrize(
        ("candidates", "first", "message"),
        [
            ([], None, r"rank: expected a list of candidates, got \[\]"),
            ("the cat", None, "rank: expected a list of candidates, got 'the cat'"),
            (["a", "b"], [1.0], "rank: 1 first scores for 2 candidates, expected one each"),
        ],
    )
    def test_a_mistake_is_one_line(self, ngram, candidates, first, message):
        with pytest.raises(InputError, match=message):
            ngram.rank(candidates, first)


class TestGenerate:
    def test_the_prompt_stands_first(self, writer):
        assert writer.generate("the cat", method="greedy").startswith("the cat is ")
        assert writer.generate("walking home ", method="greedy").startswith("walking home after ")

    def test_it_is_the_most_probable_word_each_time(self, writer):
        text = writer.generate("the", method="greedy", length=1)
        words = [word for word, _ in writer.score("the").following if word not in (END, "<UNK>")]
        assert text in (f"the {words[0]}", "the")

    def test_a_stream_is_the_same_in_pieces(self, writer):
        for how in ({"seed": 1}, {"seed": 2, "temperature": 2.0}, {"method": "greedy"}):
            pieces = list(writer.stream("the", length=9, **how))
            assert pieces[0] == "the"
            assert "".join(pieces) == writer.generate("the", length=9, **how)

    def test_one_seed_gives_one_text(self, writer):
        one, again, other = (writer.generate(samples=5, length=9, seed=seed) for seed in (1, 1, 2))
        assert one == again
        assert one != other

    def test_a_beam_s_text_is_at_least_as_probable_as_the_greedy_one(self, writer):
        beam, greedy = (writer.generate(length=30, method=method) for method in ("beam", "greedy"))
        scores = [scored.log_probability for scored in writer.score([beam, greedy])]
        assert scores[0] >= scores[1] - 1e-4

    def test_a_prompt_of_unknown_words_is_gone_on_from(self, writer):
        text = writer.generate("zebra quagga", length=4, method="greedy")
        assert text.startswith("zebra quagga")
        assert "<UNK>" not in text

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"prompt": 3}, "text 0: expected a string, got int"),
            ({"samples": 0}, "samples=0: expected at least 1"),
            ({"condition": "x"}, "condition='x': this model was trained without: expected condition=true in training"),
            ({"lenght": 3}, "unknown hyperparameter 'lenght': did you mean 'length'"),
        ],
    )
    def test_a_mistake_is_one_line(self, ngram, options, message):
        with pytest.raises(InputError, match=message):
            ngram.generate(**options)


class TestEvaluate:
    def test_it_is_what_the_scores_say(self, ngram, nnlm, story):
        for model in (ngram, nnlm):
            scored = model.score([example.text for example in story.test])
            tokens = [value for text in scored for value in text.log_probabilities]
            found = model.evaluate(story.test)
            assert found["perplexity"] == pytest.approx(math.exp(-np.mean(tokens)), rel=1e-4)
            assert found["tokens"] == len(tokens) == sum(len(text.text.split()) + 1 for text in story.test)

    def test_a_training_text_is_no_surprise(self, writer, story):
        assert writer.evaluate(story.valid)["perplexity"] < 4  # of 14 words

    def test_tokens_that_are_split_already_are_left_so(self, writer):
        tokens = [LabeledSequence(("the", "cat is"), ("O", "O"))]
        found = writer.evaluate(tokens)
        assert (found["tokens"], found["unknown_tokens"]) == (3, 1)

    def test_only_unknown_words_have_a_number_and_a_note(self, writer):
        found = writer.evaluate([Text("zebra")])
        assert (found["tokens"], found["unknown_tokens"]) == (2, 1)
        assert math.isfinite(found["perplexity"])

    def test_over_nothing_there_is_none(self, writer):
        with pytest.raises(InputError, match="no examples to evaluate, expected at least one"):
            writer.evaluate([])

    def test_frames_are_no_text(self, writer):
        music = Corpus.from_frames([[[60], [62]]] * 10, [[[60]]])
        with pytest.raises(InputError, match="examples are Frames"):
            writer.evaluate(music.train)


@pytest.mark.parametrize("kind", KINDS)
class TestSmallCorpora:
    @pytest.mark.parametrize("texts", [["", ""], ["a"], ["a a a", "a"]], ids=["no tokens", "one token", "one word"])
    def test_there_is_an_answer(self, kind, texts):
        model = fitted(kind, Corpus.from_texts(texts, texts[:1], blank_lines=True))
        assert 1 <= model.evaluate([Text("a b"), Text("")])["perplexity"] < 100
        assert all(math.isfinite(scored.log_probability) for scored in model.score(["", "a", "b c d e f g h"]))
        assert set(model.generate("", length=4).split()) <= {"a"}

    def test_one_without_examples_is_refused(self, kind):
        with pytest.raises(InputError, match="corpus none: no train examples, expected at least one"):
            fitted(kind, Corpus("none", (), ()))
        with pytest.raises(InputError, match="corpus none: no valid examples, expected at least one"):
            fitted(kind, Corpus("none", [Text("a")], ()))

    def test_music_is_refused(self, kind):
        with pytest.raises(InputError, match="examples are Frames"):
            fitted(kind, Corpus.from_frames([[[60], [62]]] * 10, [[[60]]]))

    def test_so_is_a_word_that_is_spelt_like_the_end(self, kind):
        with pytest.raises(InputError, match="corpus texts: a token is spelt </s>, which ends every text"):
            fitted(kind, Corpus.from_texts(["a </s>"], ["a"]))

    def test_nothing_works_untrained(self, kind):
        for use in (
            lambda model: model.score("a"),
            lambda model: model.generate("a"),
            lambda model: model.evaluate([Text("a")]),
            lambda model: next(model.stream("a"), None) and list(model.stream("a")),
            lambda model: model.save("nowhere"),
        ):
            with pytest.raises(InputError, match=r"is not trained: expected fit\(\) or load\(\) before this"):
                use(KINDS[kind]())


class TestUnits:
    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("unit", ["character", "subword"])
    def test_letters_and_pieces_are_predicted_too(self, kind, unit, story):
        model = fitted(kind, story, text_unit=unit)
        found = model.evaluate(story.test)
        letters = sum(len(example.text) + 1 for example in story.test)
        words = sum(len(example.text.split()) + 1 for example in story.test)
        nats = found["tokens"] * math.log(found["perplexity"])
        assert found["word_perplexity"] == pytest.approx(math.exp(nats / words))
        if unit == "character":
            assert found["tokens"] == letters
            assert found["bits_per_character"] == pytest.approx(nats / letters / math.log(2))
        assert isinstance(model.generate("the ca", length=5), str)

    def test_a_prompt_may_end_inside_a_word_or_behind_it(self, story):
        model = fitted("ngram", story, text_unit="character", order=6)
        assert model.generate("the c", method="greedy", length=3) == "the cat "
        assert model.generate("walking ", method="greedy", length=4) == "walking home"

    def test_chinese_has_no_blanks(self):
        corpus = Corpus.from_texts(["我去郑州", "我离开郑州"] * 3, ["我去郑州"], tokens="char")
        model = fitted("ngram", corpus)
        assert model.generate("我去", method="greedy") == "我去郑州"
        assert model.score("我去").tokens == ["我", "去", END]

    def test_case_may_be_folded(self, story):
        model = fitted("ngram", story, lowercase=True)
        one, other = model.score(["The CAT", "the cat"])
        assert one.log_probabilities == other.log_probabilities


class TestSaving:
    def test_a_loaded_model_says_the_same(self, writer, story, tmp_path):
        writer.save(tmp_path / "model")
        loaded = load(tmp_path / "model")
        assert type(loaded) is type(writer)
        assert loaded.config == writer.config
        assert loaded.score(TEXTS) == writer.score(TEXTS)
        assert loaded.evaluate(story.test) == writer.evaluate(story.test)
        assert loaded.generate("the", seed=3) == writer.generate("the", seed=3)

    def test_weights_have_names_of_their_own(self, writer):
        names = [weight.path for weight in writer.model.weights]
        assert len(set(names)) == len(names)

    @pytest.mark.parametrize("kind", KINDS)
    def test_fitting_again_starts_afresh(self, kind, story):
        other = Corpus.from_texts(["quite another text", "and more of another text"] * 3, ["another text"])
        model = fitted(kind, other).fit(story, tracking=None, progress=False)
        expected = fitted(kind, story)
        assert model.documents() == expected.documents()
        assert model.score(TEXTS) == expected.score(TEXTS)
        assert model.generate("the", seed=1) == expected.generate("the", seed=1)


class TestTheCall:
    @pytest.mark.parametrize("kind", KINDS)
    def test_it_trains_the_kind_asked_for(self, kind, story):
        model = language_model(story, kind, tracking=None, progress=False, **TINY[kind])
        assert type(model) is KINDS[kind]
        assert model.config.kind == kind

    def test_a_kind_that_nobody_knows_is_refused(self, story):
        with pytest.raises(InputError, match="kind='ngrams': expected one of "):
            language_model(story, "ngrams")

    def test_each_kind_has_its_hyperparameters(self, story):
        with pytest.raises(InputError, match="unknown hyperparameter 'units'"):
            language_model(story, "ngram", units=3)

    def test_the_kinds_are_those_of_the_table(self):
        assert all(kind.config_type().kind == name for name, kind in LANGUAGE_MODELS.items())


def test_the_graph_is_traced_once(rnn, story):
    rnn.score(["a", "the cat"])
    rnn.evaluate(story.test)
    rnn.generate(length=3)
    counts = [graph.experimental_get_tracing_count() for graph in (rnn._answer, rnn._window, rnn._step)]
    rnn.score("the cat is small and smaller")
    rnn.evaluate(story.train)
    rnn.generate(length=9, samples=3)
    rnn.generate(length=9, method="beam")
    assert counts == [graph.experimental_get_tracing_count() for graph in (rnn._answer, rnn._window, rnn._step)]
    assert counts == [1, 1, 1]


def test_surprise_is_of_one_text(ngram):
    assert isinstance(ngram.surprisal("the cat"), ScoredText)
    with pytest.raises(InputError, match="surprisal: expected one string, got list"):
        ngram.surprisal(["the cat"])
