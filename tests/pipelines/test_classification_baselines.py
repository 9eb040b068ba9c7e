"""Naive Bayes and regressions on n-grams: by hand, by what they choose, by what they cannot know."""

from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import prod

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from keras_seq.datasets import Corpus, Frames, InputError, Text
from keras_seq.pipelines.classification_baselines import LogRatios, classification_baselines

# Manning, Raghavan & Schütze, Introduction to Information Retrieval, 2008, table 13.1: of China or not.
CHINA = [
    ("chinese beijing chinese", "yes"),
    ("chinese chinese shanghai", "yes"),
    ("chinese macao", "yes"),
    ("tokyo japan chinese", "no"),
]
ROUTES = [(f"{verb} {city} please now", verb) for verb in ("leave", "reach") for city in "Rome Oslo Lima Bern".split()]


def figures(corpus):
    """(naive Bayes, logistic regression, that on ratios of naive Bayes)"""
    return classification_baselines(corpus, progress=False)


def by_hand(text):
    """The likelier label by unigrams, α = 1."""
    vocabulary = {word for known, _ in CHINA for word in known.split()}

    def probability(label):
        seen = [word for known, of in CHINA if of == label for word in known.split()]
        share = Fraction(sum(of == label for _, of in CHINA), len(CHINA))
        words = (word for word in text.split() if word in vocabulary)
        return share * prod(Fraction(seen.count(word) + 1, len(seen) + len(vocabulary)) for word in words)

    return max(("no", "yes"), key=probability)


def test_naive_bayes_answers_as_it_does_by_hand():
    words = "chinese beijing tokyo japan seoul".split()
    texts = [" ".join(draw) for size in (1, 2, 3, 5) for draw in product(words, repeat=size)]
    assert by_hand("chinese chinese chinese tokyo japan") == "yes"  # as the book says
    assert {by_hand(text) for text in texts} == {"yes", "no"}
    corpus = Corpus.from_texts(CHINA, CHINA, [(text, by_hand(text)) for text in texts])
    bayes, *_ = figures(corpus)
    assert bayes.name == "naive Bayes, words 1-1, α=1"  # right on all of validation, and the first
    assert bayes.features == 6
    assert bayes.test["accuracy"] == 1


def test_ratios_by_hand():
    """Four n-grams in three texts: 1 + how often with the label, sum 8, and without, sum 6."""
    x = csr_matrix([[1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 0, 1]])
    ratios = LogRatios().fit(x, np.array([1, 1, 0]))
    expected = np.log([3 / 8, 2 / 8, 2 / 8, 1 / 8]) - np.log([2 / 6, 1 / 6, 1 / 6, 2 / 6])
    np.testing.assert_allclose(ratios.transform(x).toarray(), x.toarray() * expected)


def test_pairs_of_words_are_chosen_where_they_decide():
    """The same words in each text, in another order."""
    texts = [("x y z y z", "yes"), ("y x z z y", "no"), ("z x y y z", "yes"), ("y z x z y", "no")]
    for model in figures(Corpus.from_texts(texts * 5, texts, texts)):
        assert "words 1-1" not in model.name
        assert model.test["accuracy"] == 1


def test_all_learn_what_one_word_decides():
    for model in figures(Corpus.from_texts(ROUTES, ROUTES, [("leave Cairo", "leave"), ("reach Cairo", "reach")])):
        assert model.test["accuracy"] == model.test["macro_f1"] == 1
        assert model.seconds > 0


def test_characters_are_read_where_they_are_the_tokens():
    names = [("Ivanov", "Russian"), ("Petrov", "Russian"), ("Rossi", "Italian"), ("Bianchi", "Italian")]
    for model in figures(Corpus.from_texts(names, names, [("Orlov", "Russian"), ("Verdi", "Italian")], tokens="char")):
        assert ", characters 1-" in model.name
        assert model.test["accuracy"] == 1


def test_long_texts_are_not_read_by_characters():
    long = [(f"{text}, and {'so on ' * 10}", label) for text, label in ROUTES]
    assert all(", words 1-" in model.name for model in figures(Corpus.from_texts(long, long)))


def test_the_same_corpus_gives_the_same_figures():
    corpus = Corpus.from_texts(ROUTES, ROUTES[1:6], ROUTES)
    first, second = ([replace(model, seconds=0) for model in figures(corpus)] for _ in range(2))
    assert first == second


def test_a_label_of_the_test_split_alone_counts_as_an_error():
    test = [("leave Rome", "leave"), ("stay at Rome", "stay")]
    for model in figures(Corpus.from_texts(ROUTES, ROUTES, test)):
        assert model.test["accuracy"] == 1 / 2
        assert model.test.notes == ["labels that never occur in training, counted as errors (texts): stay (1)"]


def test_of_one_label_every_answer_is_that_one():
    one = [("to Rome", "go"), ("to Oslo", "go")]
    for model in figures(Corpus.from_texts(one, one, [("from Bern", "go"), ("stay", "no")])):
        assert model.test["accuracy"] == 1 / 2


def test_an_empty_text_gets_the_most_frequent_label():
    texts = [Text("leave Rome", "leave")] * 3 + [Text("reach Rome", "reach")]
    for model in figures(Corpus("empty", texts, texts, [Text("", "leave")])):
        assert model.test["accuracy"] == 1


def test_without_a_test_split_there_are_no_figures_of_it():
    assert [model.test for model in figures(Corpus.from_texts(ROUTES, ROUTES))] == [{}] * 3


class TestSeveralLabels:
    @staticmethod
    def texts(*pairs):
        return [Text(text, labels) for text, labels in pairs]

    @pytest.fixture
    def train(self):
        pairs = [("rain", ("wet",)), ("wind", ("cold",)), ("rain wind", ("cold", "wet")), ("sun", ())]
        return self.texts(*pairs) * 5

    def test_each_is_given_or_not(self, train):
        test = self.texts(("wind and rain", ("cold", "wet")), ("sun and sun", ()), ("rain and sun", ("wet",)))
        _, regression, _ = figures(Corpus("weather", train, train, test))
        assert regression.test["micro_f1"] == regression.test["accuracy"] == 1

    def test_all_have_one_or_none_has(self):
        train = self.texts(("rain", ("wet",)), ("rain wind", ("wet",))) * 3
        for model in figures(Corpus("wet", train, train, self.texts(("sun", ("wet",))))):
            assert model.test["micro_f1"] == 1

    def test_a_label_of_the_test_split_alone_is_missed(self, train):
        for model in figures(Corpus("weather", train, train, self.texts(("rain", ("wet", "dark"))))):
            assert model.test["accuracy"] == 0
            assert model.test["micro_f1"] == pytest.approx(2 / 3)


def test_texts_without_labels_are_refused():
    with pytest.raises(InputError, match="example 1 has no label"):
        figures(Corpus.from_texts(["to Rome", "to Oslo"], ["to Bern"]))


def test_so_are_examples_that_are_no_texts():
    frames = [Frames(((60,),), "major")] * 2
    with pytest.raises(InputError, match="examples are Frames, expected texts with labels"):
        figures(Corpus("music", frames, frames))


def test_so_are_texts_without_tokens():
    blank = [Text(" ", "a"), Text("", "b")]
    with pytest.raises(InputError, match="texts without tokens"):
        figures(Corpus("blank", blank, blank))


def test_of_many_labels_the_most_probable_are_a_list():
    """Each word is a label of its own; a label that is not given may still be in the list."""
    pairs = [((first, second), f"{first} {second}") for first in "abcdefg" for second in "abcdefg" if first < second]
    texts = [(text, labels) for labels, text in pairs]
    for model in figures(Corpus.from_texts(texts, texts[:3], texts)):
        assert model.test["recall_at_5"] == 1
        assert model.test["f1_at_5"] == pytest.approx(2 * 2 / (5 + 2))
        assert "f1_at_10" not in model.test
