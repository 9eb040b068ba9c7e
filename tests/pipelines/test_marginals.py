"""The probability of every label at every token: they sum to one, and are what `predict` says of some of them."""

import pytest

from keras_seq.pipelines import SequenceLabeler

TEXTS = ("to Rome or Oslo", "", "我去郑州")


def untrained(corpus, scheme):
    """A labeller with the weights that it starts from."""
    labeler = SequenceLabeler(cell="elman", units=3, embedding_dim=3, bidirectional=False, scheme=scheme)
    labeler.learn(corpus)
    labeler.model = labeler.network()
    return labeler


def test_of_every_token_they_sum_to_one_over_all_labels(labeler):
    for found, labeled in zip(labeler.marginals(TEXTS), labeler.predict(TEXTS), strict=True):
        assert len(found) == len(labeled.tokens)
        assert all(set(shares) == set(labeler.labels.iob2) for shares in found)
        assert [sum(shares.values()) for shares in found] == pytest.approx([1.0] * len(found), abs=1e-5)
        assert all(list(shares.values()) == sorted(shares.values(), reverse=True) for shares in found)


def test_a_chosen_label_has_what_predict_says_where_tags_are_the_labels(rule):
    labeler = untrained(rule, "IOB2")
    labeled = labeler.predict("to Rome or Oslo")
    found = labeler.marginals("to Rome or Oslo")
    chosen = [shares[label] for shares, label in zip(found, labeled.labels, strict=True)]
    assert chosen == pytest.approx(labeled.probabilities, abs=1e-5)


def test_tags_that_read_alike_are_summed(rule):
    """B and S of BIOES are both B: either is a span's first token."""
    labeler = untrained(rule, "BIOES")
    (labeling,) = labeler.marginals(["to Rome"])
    many = labeler.predict("to Rome", n_best=100)
    expected = sum(each.probability for each in many if each.labels[1] == "B-origin")
    assert labeling[1]["B-origin"] == pytest.approx(expected, abs=1e-4)
