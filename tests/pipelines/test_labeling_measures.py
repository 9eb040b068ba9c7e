"""What a labeller is measured by beside its labels, and labels of tokens that are split already."""

import pytest

from keras_seq.datasets import Corpus, InputError, LabeledSequence
from keras_seq.pipelines import (
    MEASURES,
    SequenceLabeler,
    phrase_figures,
    phrase_forms,
    ranked_phrases,
    score_borders,
)

TINY = {"cell": "elman", "units": 12, "embedding_dim": 4, "learning_rate": 0.03, "batch_size": 8}


class TestTokens:
    def test_they_are_labelled_as_the_text_that_they_make(self, labeler, desk, rule):
        corpus, blank = (desk, "") if labeler.tokenizer.rule == "char" else (rule, " ")
        sentences = [example.tokens for example in corpus.test[:20]]
        texts = labeler.predict([blank.join(tokens) for tokens in sentences])
        for ours, theirs in zip(labeler.predict_tokens(sentences), texts, strict=True):
            assert (ours.text, ours.tokens, ours.labels) == (theirs.text, theirs.tokens, theirs.labels)
            assert (ours.offsets, ours.label, ours.tagging) == (theirs.offsets, theirs.label, theirs.tagging)
            for name in ("probabilities", "span_probabilities", "probability"):
                assert getattr(ours, name) == pytest.approx(getattr(theirs, name), abs=1e-5)

    def test_their_labels_are_those_that_are_scored(self, labeler, desk, rule):
        corpus = desk if labeler.tokenizer.rule == "char" else rule
        found = labeler.predict_tokens(example.tokens for example in corpus.test)
        exact = [
            tuple(result.labels) == example.tags and (example.label == result.label or not labeler.sentence_labels)
            for result, example in zip(found, corpus.test, strict=True)
        ]
        assert sum(exact) / len(exact) == labeler.evaluate(corpus.test)["exact_match"]

    def test_a_token_is_never_split_again(self, speller):
        (result,) = speller.predict_tokens([["to", "New York", "e\u0301.", ""]])
        assert result.tokens == ["to", "New York", "e\u0301.", ""]
        assert result.offsets == [(0, 2), (3, 11), (12, 15), (16, 16)]
        assert len(result.labels) == len(result.probabilities) == 4

    def test_several_labelings_may_be_asked_for(self, speller):
        sentences = [["to", "Rome"], [], ["from", "Oslo", "now"]]
        for tokens, found in zip(sentences, speller.predict_tokens(sentences, n_best=2), strict=True):
            expected = speller.predict(" ".join(tokens), n_best=2)
            assert [result.labels for result in found] == [result.labels for result in expected]

    def test_no_sentences_have_no_labels(self, speller):
        assert speller.predict_tokens([]) == []
        assert speller.predict_tokens([[]])[0].labels == []

    @pytest.mark.parametrize("sentence", ["to Rome", ["to", 1], 7, b"to"])
    def test_a_sentence_is_a_list_of_strings(self, speller, sentence):
        with pytest.raises(InputError, match=r"^sentence 1: expected a list of tokens, got "):
            speller.predict_tokens([["to"], sentence])

    def test_the_number_of_labelings_is_checked(self, speller):
        with pytest.raises(InputError, match="n_best=0"):
            speller.predict_tokens([["to"]], n_best=0)


class TestKeyPhrases:
    def test_the_figures_are_those_of_the_ranked_phrases(self, speller, rule):
        found = speller.evaluate(rule.test, also=["key-phrases"])
        labeled = speller.predict_tokens(example.tokens for example in rule.test)
        gold = [phrase_forms(example.tokens, example.tags) for example in rule.test]
        expected = phrase_figures(gold, [[phrase.form for phrase in ranked_phrases(each)] for each in labeled])
        assert {name: found[name] for name in expected} == expected
        assert found["f1"] == speller.evaluate(rule.test)["f1"]
        assert found["f1_at_5"] > 0.5

    def test_people_read_how_many_documents_counted(self, speller, rule):
        text = str(speller.evaluate([*rule.test, LabeledSequence(("a",), ("O",))], also=["key-phrases"]))
        count = sum(any(tag != "O" for tag in example.tags) for example in rule.test)
        assert f"texts with phrases: {count}" in text.splitlines()


@pytest.fixture(scope="module", params=["tokens", "spans"])
def bases(request):
    """G belongs to `e`, A and T to `i`."""
    spans = request.param == "spans"

    def tags(text):
        kinds = ["e" if base == "G" else "i" for base in text]
        begins = [place == 0 or kinds[place] != kinds[place - 1] for place in range(len(kinds))]
        marks = [f"{'B' if begin else 'I'}-" if spans else "" for begin in begins]
        return [f"{mark}{kind}" for mark, kind in zip(marks, kinds, strict=True)]

    texts = ["GGGGAT", "GATTTT", "TTGGGG", "AGGGGG", "GGATAT", "ATATGG"]
    pairs = [(list(text), tags(text)) for text in texts]
    return Corpus.from_lists(pairs * 4, pairs, pairs, scheme="IOB2" if spans else "plain", tokens="char")


def test_borders_are_scored_beside_the_labels(bases):
    labeler = SequenceLabeler(**TINY, epochs=12).fit(bases, tracking=None, progress=False)
    found = labeler.evaluate(bases.test, also=["borders"])
    labeled = [result.labels for result in labeler.predict_tokens(e.tokens for e in bases.test)]
    for reach in (0, 5):
        gold = [example.tags for example in bases.test]
        expected = score_borders(gold, labeled, reach, bases.tagging).overall
        for name in ("precision", "recall", "f1"):
            assert found[f"border_{name}_within_{reach}"] == getattr(expected, name)
    lines = {row.label: row.support for row in found.report}
    assert (lines["e|i ±0"], lines["i|e ±5"]) == (3, 3)
    assert "e|i ±5" in str(found)
    assert found["border_f1_within_5"] > 0.5


@pytest.mark.parametrize(
    ("criterion", "figure"), [("accuracy", "accuracy"), ("macro_f1", "macro_f1"), ("borders", "border_f1_within_5")]
)
def test_the_epoch_may_be_chosen_by_another_figure(bases, criterion, figure):
    labeler = SequenceLabeler(**TINY, criterion=criterion, epochs=2).fit(bases, tracking=None, progress=False)
    assert labeler.history["valid_score"] == labeler.history[f"valid_{figure}"]
    found = labeler.evaluate(bases.test, also=["borders"])
    assert labeler.criterion(found) == found[figure]
    assert [row.label for row in found.report].count("e|i ±5") == 1


def test_without_borders_none_can_choose_the_epoch(rule):
    with pytest.raises(
        InputError, match=r"^criterion=borders: corpus rule, valid: no two labels meet, expected a border$"
    ):
        SequenceLabeler(**TINY, criterion="borders").fit(rule, tracking=None, progress=False)


@pytest.mark.parametrize(
    ("also", "message"),
    [
        (["key-phrase"], "^also: 'key-phrase', expected some of key-phrases, borders$"),
        ("borders", "^also: 'borders', expected some of key-phrases, borders$"),
    ],
)
def test_another_measure_is_refused(speller, rule, also, message):
    with pytest.raises(InputError, match=message):
        speller.evaluate(rule.test, also=also)
    assert set(MEASURES) == {"key-phrases", "borders"}


def test_plain_labels_are_no_phrases():
    corpus = Corpus.from_lists([(["a", "b"], ["X", "Y"])], [(["a"], ["X"])], scheme="plain")
    labeler = SequenceLabeler(**TINY, epochs=1)
    labeler.fit(corpus, tracking=None, progress=False)
    with pytest.raises(InputError, match=r"^also=key-phrases with labels of single tokens, expected spans$"):
        labeler.evaluate(corpus.valid, also=["key-phrases"])
