"""Long texts, cut or in pieces: every unit is read once, and belongs to its text."""

import logging

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from keras_seq.datasets import Text
from keras_seq.layers import TextUnits
from keras_seq.pipelines import text_chunks
from keras_seq.pipelines.text_pieces import Pieces, piece_columns, pieces_of, text_logits, text_weights

TEXTS = st.lists(st.lists(st.integers(1, 99), max_size=9), max_size=6)


def ragged(rows):
    return tf.RaggedTensor.from_row_lengths(
        np.array([i for row in rows for i in row], np.int32), np.array([len(row) for row in rows], np.int64)
    )


def by_hand(rows, size, how):
    """(piece, its text) one after the other."""
    found = []
    for number, row in enumerate(rows):
        starts = range(0, max(len(row), 1), size) if size and how == "split" else [0]
        found += [(row[start : start + size] if size else row, number) for start in starts]
    return found


@given(TEXTS, st.integers(0, 5), st.sampled_from(["cut", "split"]))
def test_they_are_what_a_loop_cuts(rows, size, how):
    pieces = pieces_of(ragged(rows), size, how)
    expected = by_hand(rows, size, how)
    assert pieces.ids.to_list() == [piece for piece, _ in expected]
    assert pieces.texts.numpy().tolist() == [number for _, number in expected]
    assert pieces.longer.numpy().tolist() == [bool(size) and len(row) > size for row in rows]


@given(TEXTS, st.integers(1, 5))
def test_split_ones_hold_every_unit_once(rows, size):
    pieces = pieces_of(ragged(rows), size, "split")
    assert pieces.ids.values.numpy().tolist() == [unit for row in rows for unit in row]
    assert max([0, *pieces.ids.row_lengths().numpy()]) <= size


def test_a_text_s_logits_are_the_mean_of_its_pieces():
    found = text_logits(np.array([[1.0, 3.0], [3.0, 5.0], [7.0, 0.0]], np.float32), np.array([0, 0, 1]))
    assert found.numpy().tolist() == [[2, 4], [7, 0]]


@pytest.mark.parametrize("several", [False, True])
def test_that_is_the_mean_log_probability_renormalised(several):
    logits = np.random.default_rng(1).normal(size=(3, 4)) * 3
    with_label = np.exp(logits) / ((1 + np.exp(logits)) if several else np.exp(logits).sum(axis=1, keepdims=True))
    p = np.exp(np.log(with_label).mean(axis=0))
    p /= p + np.exp(np.log(1 - with_label).mean(axis=0)) if several else p.sum()
    mean = text_logits(logits, np.zeros(3, np.int64)).numpy()[0]
    found = 1 / (1 + np.exp(-mean)) if several else np.exp(mean) / np.exp(mean).sum()
    np.testing.assert_allclose(found, p, rtol=1e-10)


def test_weights_of_pieces_follow_one_another_and_sum_to_one():
    pieces = Pieces(
        ragged([[5, 6], [7], [], [8]]), tf.constant([0, 0, 1, 2], tf.int64), tf.constant([True, False, False])
    )
    weights = tf.constant([[0.25, 0.75], [1.0, 0.0], [0.0, 0.0], [1.0, 0.0]])
    assert text_weights(weights, pieces).to_list() == [[0.125, 0.375, 0.5], [], [1.0]]


def test_columns_go_on_from_chunk_to_chunk(monkeypatch):
    monkeypatch.setattr(text_chunks, "CHUNK", 2)
    examples = [Text("a b c"), Text("b"), Text(""), Text("c c c c"), Text("a")]
    found = piece_columns(examples, TextUnits(["a", "b", "c"]), 2, "split")
    assert [found["ids"][row].tolist() for row in range(7)] == [[3, 4], [5], [4], [], [5, 5], [5, 5], [3]]
    assert found["text"].tolist() == [0, 0, 1, 2, 3, 3, 4]
    assert found["longer"].tolist() == [True, True, False, False, True, True, False]


class TestInAClassifier:
    def test_what_is_cut_off_does_not_count_and_that_is_said(self, read_cut):
        whole, begun = read_cut.predict(["a film is not so dull", "a film is"])
        assert whole.probabilities == pytest.approx(begun.probabilities, abs=1e-6)
        assert (whole.truncated, begun.truncated) == (True, False)

    def test_pieces_count_alike(self, sorter):
        text = "the soup was cheap and we a cook the"
        whole, *pieces = sorter.predict([text, "the soup was cheap", "and we a cook", "the"])
        for name, p in whole.probabilities.items():
            shares = np.array([piece.probabilities[name] for piece in pieces])
            yes, no = np.exp(np.log(shares).mean()), np.exp(np.log(1 - shares).mean())
            assert p == pytest.approx(yes / (yes + no), abs=1e-5)
        assert not whole.truncated  # all of it was read

    def test_evaluation_notes_them(self, sorter, read_cut, topics, reviews):
        notes = sorter.evaluate(topics.test).notes
        assert notes == ["texts longer than max_length=4, read in pieces: 40"]
        notes = read_cut.evaluate([*reviews.test, Text("a film", "good")]).notes
        assert notes == ["texts longer than max_length=3, of which the beginning counts: 40"]

    def test_so_does_training(self, read_cut, reviews, caplog):
        with caplog.at_level(logging.INFO):
            read_cut.batches(reviews.train, seed=0)
        assert "training: texts longer than max_length=3, of which the beginning counts: 200" in caplog.text

    def test_each_piece_is_an_example_with_its_text_s_labels(self, sorter, topics):
        batches = sorter.batches(topics.train, seed=0)
        assert len(batches.lengths) == 2 * len(topics.train)
        rows = sorter.labels.rows(example.label for example in topics.train)
        np.testing.assert_array_equal(batches.columns["labels"], np.repeat(rows, 2, axis=0))
