"""Bengio's equation, beside NumPy."""

import keras
import numpy as np
import pytest

from keras_seq.datasets import InputError
from keras_seq.pipelines import WindowLanguageModelConfig
from keras_seq.pipelines.window_network import WindowNetwork

V, E, H, WIDTH = 9, 4, 5, 3
WINDOWS = np.array([[0, 0, 0], [0, 3, 9], [1, 2, 3], [9, 9, 8]])


def network(direct=False, seed=0, units=H, **options):
    return WindowNetwork(
        V, WindowLanguageModelConfig(order=WIDTH + 1, units=units, embedding_dim=E, direct=direct, seed=seed, **options)
    )


def filled(direct):
    """With weights that are all random."""
    made, draw = network(direct), np.random.default_rng(3)
    made.set_weights([draw.normal(size=weight.shape) for weight in made.weights])
    return made


def by_equation(made, direct):
    """softmax(W2 tanh(W1 x + b1) + W3 x + b3), the weights taken by name."""
    named = {weight.path.split("/", 1)[-1]: np.asarray(weight, np.float64) for weight in made.weights}
    x = named["words/embeddings"][WINDOWS].reshape(len(WINDOWS), -1)
    h = np.tanh(x @ named["hidden/kernel"] + named["hidden/bias"])
    both = named["softmax/embeddings"]  # [W2, W3]
    logits = h @ both[:, :H].T + named["softmax/bias"]
    if direct:
        logits = logits + x @ both[:, H:].T
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


@pytest.mark.parametrize("direct", [False, True])
def test_it_is_the_equation(direct):
    made = filled(direct)
    np.testing.assert_allclose(made(WINDOWS), by_equation(made, direct), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("direct", [False, True])
def test_the_direct_connections_are_the_matrix_that_is_added(direct):
    count = sum(weight.shape.num_elements() for weight in network(direct).trainable_weights)
    simple = (V + 1) * E + WIDTH * E * H + H + H * V + V
    assert count == simple + (WIDTH * E * V if direct else 0)


@pytest.mark.parametrize("direct", [False, True])
def test_the_loss_is_minus_the_log_probability(direct):
    made, targets = filled(direct), np.array([0, 8, -1, 4])
    found = made.head.loss(made.read(WINDOWS)[0], targets)
    expected = [-row[y] if y >= 0 else 0 for row, y in zip(by_equation(made, direct), targets, strict=True)]
    np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_tied_the_matrix_of_the_softmax_is_the_vectors():
    made, draw = network(units=E, tied=True), np.random.default_rng(3)
    made.set_weights([draw.normal(size=weight.shape) for weight in made.weights])
    named = {weight.path.split("/", 1)[-1]: np.asarray(weight, np.float64) for weight in made.weights}
    w2 = named["softmax/embeddings"]
    x = np.concatenate([named["words/embeddings"], w2])[WINDOWS].reshape(len(WINDOWS), -1)  # row 0: before a text
    logits = np.tanh(x @ named["hidden/kernel"] + named["hidden/bias"]) @ w2.T + named["softmax/bias"]
    np.testing.assert_allclose(
        made(WINDOWS), logits - np.log(np.exp(logits).sum(axis=1, keepdims=True)), rtol=1e-4, atol=1e-4
    )
    assert sum(weight.shape.num_elements() for weight in made.weights) == (1 + V + WIDTH * E + 1) * E + V


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"direct": True}, "tied=true with direct=true: expected one of them"),
        ({}, "tied=true with units=5 and embedding_dim=4: expected the same number"),
    ],
)
def test_tied_needs_sizes_that_agree(options, message):
    with pytest.raises(InputError, match=message):
        WindowLanguageModelConfig(units=H, embedding_dim=E, tied=True, **options)


def test_dropout_is_noise_in_training_alone():
    made = network(dropout=0.5)
    np.testing.assert_array_equal(made(WINDOWS), made(WINDOWS))
    assert not np.array_equal(made(WINDOWS, training=True), made(WINDOWS, training=True))


def test_a_seed_repeats_every_start_value():
    one, again, other = (network(True, seed).get_weights() for seed in (1, 1, 2))
    for a, b, c in zip(one, again, other, strict=True):
        np.testing.assert_array_equal(a, b)
        assert a.ndim == 1 or not np.array_equal(a, c)


def test_weights_have_names_of_their_own():
    names = [weight.path for weight in network(True).weights]
    assert len(set(names)) == len(names)


def test_keras_saves_it(tmp_path):
    made = filled(True)
    made.save(tmp_path / "network.keras")
    again = keras.models.load_model(tmp_path / "network.keras")
    assert again.config == made.config
    np.testing.assert_array_equal(again(WINDOWS), made(WINDOWS))
