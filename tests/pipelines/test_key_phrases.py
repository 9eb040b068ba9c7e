"""Ranked lists of phrases, and how good they are."""

import itertools

import pytest

from keras_seq.datasets import InputError
from keras_seq.pipelines import LabeledText, phrase_figures, phrase_forms, ranked_phrases


def labeled(words, labels, shares, text=None):
    """Words with a blank between; `shares` are of the spans, in order."""
    starts = itertools.accumulate((len(word) + 1 for word in words), initial=0)
    offsets = [(start, start + len(word)) for start, word in zip(starts, words, strict=False)]
    rest = iter(shares)
    spans = [next(rest) if label.startswith("B") else 0.0 for label in labels]
    return LabeledText(text or " ".join(words), words, labels, [1.0] * len(words), spans, offsets)


@pytest.fixture
def abstract():
    words = "Neural nets learn . neural nets and graphs , graphs".split()
    labels = "B-KEY I-KEY O O B-KEY I-KEY O B-KEY O B-KEY".split()
    return labeled(words, labels, [0.5, 0.6, 0.75, 0.4])


class TestRanking:
    def test_a_phrase_is_as_probable_as_that_one_of_its_places_is_one(self, abstract):
        found = {phrase.form: phrase.probability for phrase in ranked_phrases(abstract)}
        # Enumerated: which of two independent places are marked, and whether any is.
        for form, shares in (("neural nets", (0.5, 0.6)), ("graphs", (0.75, 0.4))):
            marked = itertools.product(*([(True, p), (False, 1 - p)] for p in shares))
            expected = sum(one[1] * other[1] for one, other in marked if one[0] or other[0])
            assert found[form] == pytest.approx(expected)

    def test_the_most_probable_comes_first_as_it_stands_in_the_text_first(self, abstract):
        assert [phrase.text for phrase in ranked_phrases(abstract)] == ["graphs", "Neural nets"]

    def test_places_are_those_in_the_text(self, abstract):
        for phrase in ranked_phrases(abstract):
            texts = [abstract.text[place.start : place.end].lower() for place in phrase.places]
            assert texts == [phrase.form] * 2

    def test_equally_probable_ones_stand_in_the_order_of_the_text(self):
        found = ranked_phrases(labeled(["b", "a", "c"], ["B", "B", "B"], [0.5, 0.5, 0.5]))
        assert [phrase.text for phrase in found] == ["b", "a", "c"]

    def test_another_form_makes_other_phrases_one(self):
        text = labeled("the graph of graphs".split(), ["O", "B", "O", "B"], [0.5, 0.5])
        assert len(ranked_phrases(text)) == 2
        (phrase,) = ranked_phrases(text, form=lambda token: token.lower().rstrip("s"))
        assert (phrase.text, phrase.form, phrase.probability) == ("graph", "graph", 0.75)

    def test_several_labelings_offer_more_and_each_place_counts_once(self):
        words = ["deep", "neural", "nets"]
        first = labeled(words, ["O", "B", "I"], [0.6])
        second = labeled(words, ["B", "I", "I"], [0.3])
        third = labeled(words, ["B", "B", "I"], [0.2, 0.6])
        found = {phrase.text: phrase.probability for phrase in ranked_phrases([first, second, third])}
        assert found == pytest.approx({"neural nets": 0.6, "deep neural nets": 0.3, "deep": 0.2})

    def test_labelings_of_different_texts_are_refused(self):
        texts = [labeled([word], ["O"], []) for word in "ab"]
        with pytest.raises(InputError, match=r"^labelings of different texts, expected those of one$"):
            ranked_phrases(texts)

    def test_without_spans_or_without_labelings_there_are_none(self):
        assert ranked_phrases(labeled(["a"], ["O"], [])) == []
        assert ranked_phrases([]) == []


def test_forms_are_those_of_the_ranked_phrases(abstract):
    assert phrase_forms(abstract.tokens, abstract.labels) == {phrase.form for phrase in ranked_phrases(abstract)}


def test_forms_are_of_tokens_whatever_they_hold():
    tags = ["B-KEY", "I-KEY", "O", "B-KEY"]
    assert phrase_forms(["New York", "Times", ",", "A"], tags) == {"new york times", "a"}


class TestFigures:
    def test_they_are_those_of_a_loop_over_documents(self):
        gold = [{"a", "b", "c"}, {"d"}, {"e", "f"}]
        given = [["x", "a", "y", "b", "c", "z"], ["d"], []]
        figures = phrase_figures(gold, given, [1, 5])
        for k in (1, 5):
            shares = []
            for right, ranked in zip(gold, given, strict=True):
                hits = sum(phrase in right for phrase in ranked[:k])
                precision = hits / min(k, len(ranked)) if ranked else 0
                recall = hits / len(right)
                f1 = 2 * precision * recall / (precision + recall) if hits else 0
                shares.append((precision, recall, f1))
            for name, values in zip(("precision", "recall", "f1"), zip(*shares, strict=True), strict=True):
                assert figures[f"{name}_at_{k}"] == pytest.approx(sum(values) / 3)

    def test_a_worked_example(self):
        figures = phrase_figures([{"a", "b"}], [["a", "x", "y", "b", "z", "c"]])
        assert figures["precision_at_5"] == pytest.approx(2 / 5)
        assert figures["recall_at_5"] == 1
        assert figures["f1_at_5"] == pytest.approx(4 / 7)
        assert figures["f1_at_10"] == pytest.approx(2 * (2 / 6) / (2 / 6 + 1))

    def test_fewer_phrases_than_k_are_all_that_were_given(self):
        assert phrase_figures([{"a", "b"}], [["a"]])["precision_at_10"] == 1

    def test_documents_without_a_phrase_are_left_out(self):
        figures = phrase_figures([{"a"}, set()], [["a"], ["b"]])
        assert (figures["f1_at_5"], figures["texts_with_phrases"]) == (1, 1)

    def test_where_none_is_left_all_are_zero(self):
        assert set(phrase_figures([()], [["b"]]).values()) == {0}

    def test_as_many_lists_as_documents_are_expected(self):
        with pytest.raises(ValueError, match="zip"):
            phrase_figures([{"a"}], [])
