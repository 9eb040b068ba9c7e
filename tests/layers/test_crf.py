"""The layer around the chain: probabilities over all paths, constraints, decoding, training."""

import itertools
import warnings

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_seq.layers import CRF, ElmanCell, LabelSoftmax, Recurrence, SequenceLoss, TokenEmbedding

RNG = np.random.default_rng(9)
K = 3  # O, B, I: I neither first nor after O, and B not last
ALLOWED = [[True, True, False], [True, True, True], [True, True, True]]
START, END = [True, True, False], [True, False, True]


def constrained(**options):
    """A CRF with constraints and random weights."""
    crf = CRF(K, ALLOWED, START, END, **options)
    crf.build((None, None, 2))
    crf.set_weights([RNG.normal(size=w.shape) for w in crf.weights])
    return crf


def allowed(labels):
    """Whether O, B, I keep to the rules above; an empty path does."""
    labels = list(labels)
    if not labels:
        return True
    pairs = itertools.pairwise(labels)
    return labels[0] != 2 and labels[-1] != 1 and (0, 2) not in pairs


@pytest.fixture
def emissions(mask):
    return RNG.normal(size=(*mask.shape, K)).astype("float32")


def all_paths(crf, emissions, mask, paths):
    """Every path of one row, and its probability under the layer."""
    labels = paths(emissions, mask, np.zeros(K), np.zeros((K, K)), np.zeros(K))[0]
    n = len(labels)
    return labels, np.exp(crf.log_likelihood(np.repeat(emissions[None], n, 0), labels, np.repeat(mask[None], n, 0)))


def test_emissions_are_an_affine_map():
    crf, x = constrained(), RNG.normal(size=(2, 3, 2)).astype("float32")
    np.testing.assert_allclose(crf(x), x @ crf.kernel.numpy() + crf.bias.numpy(), rtol=1e-5, atol=1e-6)


def test_the_probabilities_of_all_paths_sum_to_one(emissions, mask, paths):
    crf = constrained()
    for e, m in zip(emissions, mask, strict=True):
        assert all_paths(crf, e, m, paths)[1].sum() == pytest.approx(1, abs=1e-6)


def test_a_forbidden_path_and_no_other_has_probability_zero(emissions, mask, paths):
    crf = constrained()
    for e, m in zip(emissions, mask, strict=True):
        labels, probabilities = all_paths(crf, e, m, paths)
        assert (probabilities > 0).tolist() == [allowed(path[m]) for path in labels]


def test_the_log_likelihood_of_a_forbidden_path_is_minus_infinity():
    likelihood = constrained().log_likelihood(np.zeros((1, 2, K), "float32"), np.array([[0, 2]]), np.ones((1, 2), bool))
    assert likelihood.numpy().tolist() == [-np.inf]


def test_the_log_likelihood_is_that_of_the_definition(emissions, mask, paths):
    crf = constrained()
    chain = [
        np.where(ok, weight.numpy(), -np.inf)
        for ok, weight in ((START, crf.start), (ALLOWED, crf.transitions), (END, crf.end))
    ]
    for e, m in zip(emissions, mask, strict=True):
        scores = paths(e, m, *chain)[1]
        expected = np.exp(scores - np.logaddexp.reduce(scores))
        np.testing.assert_allclose(all_paths(crf, e, m, paths)[1], expected, atol=1e-6)


def test_decoding_finds_the_most_probable_path(emissions, mask, paths):
    crf = constrained()
    decoded = crf.decode(emissions, mask)[0]
    for row, (e, m) in enumerate(zip(emissions, mask, strict=True)):
        labels, probabilities = all_paths(crf, e, m, paths)
        np.testing.assert_array_equal(decoded[row], labels[np.argmax(probabilities)])


def test_marginals_are_sums_over_paths(emissions, mask, paths):
    crf = constrained()
    marginals = crf.marginals(emissions, mask)
    for row, (e, m) in enumerate(zip(emissions, mask, strict=True)):
        labels, probabilities = all_paths(crf, e, m, paths)
        expected = (probabilities[:, None, None] * (labels[..., None] == np.arange(K))).sum(axis=0) * m[:, None]
        np.testing.assert_allclose(marginals[row], expected, atol=1e-6)


def test_decoding_never_emits_a_forbidden_path():
    crf, mask = constrained(), RNG.random((500, 6)) < 0.7
    labels = crf.decode((RNG.normal(size=(500, 6, K)) * 50 + [0, 0, 50]).astype("float32"), mask)[0].numpy()
    assert all(allowed(row[m]) for row, m in zip(labels, mask, strict=True))
    assert (labels == 2).any()


@pytest.mark.parametrize(
    ("constraint", "value", "message"),
    [
        ("allowed_transitions", np.ones((3, 4)), r"^CRF: allowed_transitions has shape \(3, 4\), expected \(3, 3\)$"),
        ("allowed_start", [True], r"^CRF: allowed_start has shape \(1,\), expected \(3,\)$"),
        ("allowed_end", np.ones((3, 1)), r"^CRF: allowed_end has shape \(3, 1\), expected \(3,\)$"),
    ],
)
def test_a_constraint_of_another_shape_is_one_line(constraint, value, message):
    with pytest.raises(ValueError, match=message):
        CRF(K, **{constraint: value})


def test_one_seed_gives_the_same_start_values():
    layers = [CRF(K, seed=seed) for seed in (1, 1, 2)]
    for layer in layers:
        layer.build((None, None, 4))
    first, same, other = (layer.kernel.numpy() for layer in layers)
    np.testing.assert_array_equal(first, same)
    assert not np.allclose(first, other)


def test_a_masked_input_is_no_cause_for_a_warning():
    x = Recurrence(ElmanCell(2))(TokenEmbedding(5, 2)(keras.Input((None,), dtype="int32")))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        CRF(K)(x)
        LabelSoftmax(K)(x)


def tagger():
    """A model that learns to label ids: 1 is O; 2 is B and then I."""
    ids = keras.Input((None,), dtype="int32")
    crf = CRF(K, ALLOWED, START, END, seed=2)
    model = keras.Model(ids, crf(keras.layers.Embedding(4, 8)(ids)))
    model.compile(keras.optimizers.Adam(0.1), SequenceLoss(crf))
    return model, crf


def corpus():
    """Ids, and labels: of two neighbouring 2s the first is B, the second I; -1 is padding."""
    ids = np.array([[1, 2, 2, 1], [2, 2, 1, 0], [1, 1, 0, 0], [2, 2, 2, 2]])
    labels = np.array([[0, 1, 2, 0], [1, 2, 0, -1], [0, 0, -1, -1], [1, 2, 1, 2]])
    return ids, labels


def test_training_lowers_the_loss_and_learns_what_emissions_cannot_tell():
    ids, labels = corpus()
    model, crf = tagger()
    losses = model.fit(ids, labels, batch_size=4, epochs=40, verbose=0).history["loss"]
    assert losses[-1] < 0.1 * losses[0]
    decoded = crf.decode(model(ids), labels >= 0)[0]
    np.testing.assert_array_equal(decoded, np.where(labels >= 0, labels, 0))


def test_it_decodes_in_a_graph_of_unknown_batch_and_time():
    crf = constrained()
    signature = [tf.TensorSpec((None, None, K)), tf.TensorSpec((None, None), tf.bool)]
    decode = tf.function(crf.decode, input_signature=signature)
    for shape in [(2, 5), (1, 1), (3, 2)]:
        emissions, mask = RNG.normal(size=(*shape, K)).astype("float32"), np.ones(shape, bool)
        np.testing.assert_array_equal(decode(emissions, mask)[0], crf.decode(emissions, mask)[0])
