"""Word vectors of a file for the words of a corpus."""

import logging

import numpy as np
import pytest

from keras_seq.datasets import Corpus, InputError
from keras_seq.pipelines import SequenceLabeler, load
from keras_seq.pipelines.pretrained_vectors import vectors_for

FILE = "to 1 2 3\nrome 4 5 6\nPARIS 7 8 9\nnow -1 -2 -3\n"
WORDS = ["<PAD>", "<UNK>", "to", "Rome", "paris", "Now", "now"]
COUNTS = {"to": 6, "Rome": 2, "paris": 1, "Now": 0, "now": 1}


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "words.vec"
    file.write_text(FILE)
    return str(file)


def test_a_word_has_its_own_vector_or_that_of_its_lower_case(path):
    ids, vectors = vectors_for(WORDS, COUNTS, path, 3)
    assert ids.tolist() == [2, 3, 5, 6]
    assert vectors.tolist() == [[1, 2, 3], [4, 5, 6], [-1, -2, -3], [-1, -2, -3]]


def test_the_log_says_how_far_the_file_reaches(path, caplog):
    with caplog.at_level(logging.INFO):
        vectors_for(WORDS, COUNTS, path, 3)
    assert "vectors for 80.0 % of the vocabulary, 90.0 % of the tokens" in caplog.text


def test_another_width_is_refused(path):
    with pytest.raises(InputError, match=r"words.vec: 3 numbers a word, expected embedding_dim=100$"):
        vectors_for(WORDS, COUNTS, path, 100)


def test_a_file_with_none_of_the_words_is_refused(path):
    with pytest.raises(InputError, match=r"words.vec: none for the 1 words of training, expected some$"):
        vectors_for(["<PAD>", "<UNK>", "Oslo"], {"Oslo": 3}, path, 3)


@pytest.fixture
def corpus():
    return Corpus.from_lists([(["to", "Rome", "x"], ["O", "B-city", "O"])] * 2, [(["to", "x"], ["O", "B-city"])])


@pytest.mark.parametrize("train_vectors", [True, False])
def test_a_labeller_starts_from_them_and_learns_the_rest(corpus, path, tmp_path, train_vectors):
    options = {"units": 3, "embedding_dim": 3, "epochs": 1, "learning_rate": 0.1, "output": "softmax"}
    labeler = SequenceLabeler(**options, vectors=path, train_vectors=train_vectors)
    labeler.fit(corpus, tracking=None, progress=False)
    table = np.array(labeler.model.get_layer("embedding").embeddings)
    rows = {word: table[row] for row, word in enumerate(labeler.encoder.words.tokens)}
    same = [np.array_equal(rows[word], given) for word, given in (("to", [1, 2, 3]), ("Rome", [4, 5, 6]))]
    assert same == [not train_vectors] * 2
    labeler.save(tmp_path / "model")
    (tmp_path / "words.vec").unlink()
    again = load(tmp_path / "model")  # without the file: the vectors are the model's own
    assert again.predict("to Rome x").probabilities == labeler.predict("to Rome x").probabilities


def test_a_file_of_another_width_is_refused_before_training(corpus, path):
    with pytest.raises(InputError, match="3 numbers a word, expected embedding_dim=4"):
        SequenceLabeler(embedding_dim=4, vectors=path).fit(corpus, tracking=None, progress=False)
