"""Backoff models as ARPA files: the same log-probabilities on the other side, and one line where that cannot be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_seq.datasets.arpa import Arpa, ArpaTable, read_arpa, write_arpa
from keras_seq.layers.arpa_model import arpa_words, from_arpa, to_arpa
from keras_seq.layers.ngram_counts import count_ngrams, with_borders
from keras_seq.layers.ngram_estimators import ESTIMATORS
from keras_seq.layers.ngram_pruning import prune_by_entropy

WORDS = ["", "", "", "cat", "<unk>", "dog"]
SPELLING = {"<unk>": "<UNKNOWN>"}
V = len(WORDS)
CORPORA = st.lists(st.lists(st.sampled_from([1, 3, 4]), max_size=8), min_size=1, max_size=8)
EXACT = [name for name in ESTIMATORS if name != "stupid-backoff"]


def tables_of(sentences, order):
    return count_ngrams(*with_borders([w for s in sentences for w in s], [len(s) for s in sentences]), order, V)


def probabilities(model):
    """p of every word after every context of up to three words that <s> begins, or not."""
    contexts = np.stack(np.meshgrid(*[np.arange(V)] * 3), axis=-1).reshape(-1, 3)
    return np.exp(model.next(contexts))


@pytest.mark.parametrize("name", EXACT)
@given(CORPORA, st.integers(1, 4))
def test_a_model_survives(name, sentences, order):
    model = ESTIMATORS[name](tables_of(sentences, order))
    again = from_arpa(to_arpa(model, WORDS, SPELLING), WORDS, SPELLING)
    np.testing.assert_allclose(probabilities(again), probabilities(model), atol=1e-12)


@given(CORPORA, st.sampled_from([1e-3, 1e-2, 0.1]))
def test_a_pruned_model_survives_and_has_no_ngram_more(sentences, threshold):
    model = prune_by_entropy(ESTIMATORS["witten-bell"](tables_of(sentences, 4)), threshold)
    arpa = to_arpa(model, WORDS, SPELLING)
    np.testing.assert_allclose(probabilities(from_arpa(arpa, WORDS, SPELLING)), probabilities(model), atol=1e-12)
    assert sum(len(table.words) for table in arpa.tables) == sum(model.types)


def test_a_model_survives_a_file(tmp_path):
    model = ESTIMATORS["kneser-ney"](tables_of([[3, 4, 3], [3], [4, 4, 1]], 3))
    write_arpa(tmp_path / "model.arpa.gz", to_arpa(model, WORDS, SPELLING))
    arpa = read_arpa(tmp_path / "model.arpa.gz")
    assert arpa_words(arpa, SPELLING) == ["<s>", "<unk>", "</s>", "cat", "<unk>", "dog"]
    np.testing.assert_allclose(probabilities(from_arpa(arpa, WORDS, SPELLING)), probabilities(model), rtol=1e-5)


def test_the_first_ids_and_the_spelling_are_those_of_the_format():
    model = ESTIMATORS["kneser-ney"](tables_of([[3, 4]], 2))
    arpa = to_arpa(model, WORDS, SPELLING)
    assert arpa.words == ("<s>", "<unk>", "</s>", "cat", "<UNKNOWN>", "dog")
    assert arpa.tables[0].log10_probability[0] == -99
    bigrams = {(arpa.words[a], arpa.words[b]) for a, b in arpa.tables[1].words}
    assert bigrams == {("<s>", "cat"), ("cat", "<UNKNOWN>"), ("<UNKNOWN>", "</s>")}


def arpa_of(words, *orders):
    """Orders: {words: (log10 p, log10 backoff)}."""
    tables = []
    for grams in orders:
        numbers = np.array([*grams.values()], float)
        ids = np.array([[words.index(w) for w in gram.split()] for gram in grams], np.int32)
        tables.append(ArpaTable(ids, numbers[:, 0], numbers[:, 1] if len(tables) + 1 < len(orders) else np.zeros(0)))
    return Arpa(tuple(words), tuple(tables))


UNIGRAMS = {"a": (-1, -0.5), "b": (-0.5, -0.25), "</s>": (-0.75, 0), "<s>": (-99, -0.125), "<unk>": (-2, 0)}


def test_a_file_may_lack_what_begins_or_ends_an_ngram():
    arpa = arpa_of([*UNIGRAMS], UNIGRAMS, {"b b": (-0.1, -0.3)}, {"a b a": (-0.2, 0)})
    words = arpa_words(arpa)
    model = from_arpa(arpa, words)
    a, b = words.index("a"), words.index("b")
    scores = model.score([0, a, b, a, b, b], np.arange(6)) / np.log(10)
    # a b is no n-gram of the file: it backs off, and as a context it costs nothing.
    assert scores.tolist() == pytest.approx([0, -1.125, -1, -0.2, -1, -0.1])
    assert model.types == (5, 1, 1)
    assert model.rows == (5, 3, 1)


def test_a_file_may_lack_the_start_and_the_unknown_word():
    words = ["a", "</s>"]
    model = from_arpa(arpa_of(words, {"a": (-0.3, 0), "</s>": (-0.3, 0)}, {"a a": (-0.1, 0)}), ["", "", "", "a"])
    assert np.isneginf(model.tables[0].log_probability).tolist() == [True, True, False, False]


def test_words_in_another_order_are_the_same_model():
    words = [*UNIGRAMS]
    arpa = arpa_of(words, UNIGRAMS, {"a b": (-0.1, 0), "b a": (-0.2, 0)})
    model = from_arpa(arpa, ["", "", "", "b", "a"])
    np.testing.assert_allclose(model.score([0, 4, 3, 4], range(4)) / np.log(10), [0, -1.125, -0.1, -0.2])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: to_arpa(ESTIMATORS["stupid-backoff"](tables_of([[3]], 2)), WORDS, SPELLING),
            "to_arpa: the model backs off at a price from contexts that are not there; ARPA cannot say that",
        ),
        (
            lambda: to_arpa(ESTIMATORS["mle"](tables_of([[3]], 2)), WORDS),
            "ARPA: ids 1 and 4 are both spelt '<unk>', expected different words; spelling={word: another} spells one otherwise",
        ),
        (
            lambda: to_arpa(ESTIMATORS["mle"](tables_of([[3]], 2)), WORDS[:4]),
            "to_arpa: 4 words, expected 6, one for each id of the model",
        ),
        (
            lambda: from_arpa(arpa_of([*UNIGRAMS], UNIGRAMS), ["", "", "", "a", "c", "d"]),
            "from_arpa: 2 words are not in the file and 1 of the file are not among the words, expected the same words; "
            "the first is 'c'",
        ),
    ],
)
def test_a_mistake_is_one_line(call, message):
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        call()
    assert str(caught.value) == message
