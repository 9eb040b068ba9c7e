"""-log p of whole sequences, averaged over the sequences that weigh something."""

import numpy as np
import pytest

from keras_seq.layers import CRF, IGNORED, LabelSoftmax, SequenceLoss

RNG = np.random.default_rng(11)
K = 3
EMISSIONS = RNG.normal(size=(3, 4, K)).astype("float32")
LABELS = np.array([[0, 1, 2, 0], [2, 1, IGNORED, IGNORED], [1, IGNORED, IGNORED, IGNORED]])


def by_hand():
    """-Σ_t log softmax(emissions)[label] of each row."""
    log_softmax = EMISSIONS - np.log(np.exp(EMISSIONS).sum(axis=-1, keepdims=True))
    return [-sum(log_softmax[b, t, y] for t, y in enumerate(row) if y != IGNORED) for b, row in enumerate(LABELS)]


@pytest.fixture(params=[LabelSoftmax, CRF])
def loss(request):
    output = request.param(K)
    output.build((None, None, 2))
    return SequenceLoss(output)


def test_it_is_the_mean_over_sequences(loss):
    assert float(loss(LABELS, EMISSIONS)) == pytest.approx(np.mean(by_hand()), rel=1e-5)


def test_a_weighted_mean_divides_by_the_weights(loss):
    weights = np.array([1, 3, 0])
    expected = np.dot(weights, by_hand()) / 4
    assert float(loss(LABELS, EMISSIONS, sample_weight=weights)) == pytest.approx(expected, rel=1e-5)


def test_a_row_of_weight_zero_has_no_effect(loss):
    filled, emissions = LABELS.copy(), EMISSIONS.copy()
    filled[2], emissions[2] = IGNORED, 100
    weights = np.array([1, 1, 0])
    expected = float(loss(LABELS[:2], EMISSIONS[:2]))
    assert float(loss(filled, emissions, sample_weight=weights)) == pytest.approx(expected, rel=1e-6)
    assert float(loss(LABELS, EMISSIONS, sample_weight=weights)) == pytest.approx(expected, rel=1e-6)


def test_padding_has_no_effect(loss):
    longer = np.pad(LABELS, ((0, 0), (0, 3)), constant_values=IGNORED)
    emissions = np.pad(EMISSIONS, ((0, 0), (0, 3), (0, 0)), constant_values=7)
    assert float(loss(longer, emissions)) == pytest.approx(float(loss(LABELS, EMISSIONS)), rel=1e-6)


def test_labels_may_come_as_floats(loss):
    assert float(loss(LABELS.astype("float32"), EMISSIONS)) == pytest.approx(float(loss(LABELS, EMISSIONS)), rel=1e-6)


def test_weights_of_labels_multiply_their_steps():
    output = LabelSoftmax(K)
    weights = np.array([0.5, 2.0, 7.0])
    log_softmax = EMISSIONS - np.log(np.exp(EMISSIONS).sum(axis=-1, keepdims=True))
    rows = [
        -sum(weights[y] * log_softmax[b, t, y] for t, y in enumerate(row) if y >= 0) for b, row in enumerate(LABELS)
    ]
    loss = SequenceLoss(output, weights)
    assert float(loss(LABELS, EMISSIONS)) == pytest.approx(np.mean(rows), rel=1e-5)
    assert loss.get_config()["label_weights"] == weights.tolist()


def test_equal_weights_change_nothing():
    output = LabelSoftmax(K)
    expected = float(SequenceLoss(output)(LABELS, EMISSIONS))
    assert float(SequenceLoss(output, [1, 1, 1])(LABELS, EMISSIONS)) == pytest.approx(expected, rel=1e-6)


def test_a_crf_s_loss_has_no_steps_to_weigh():
    with pytest.raises(ValueError, match=r"^SequenceLoss: label_weights with CRF, expected a LabelSoftmax$"):
        SequenceLoss(CRF(K), [1, 1, 1])
