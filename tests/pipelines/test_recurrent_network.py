"""The network of a recurrent language model: pieces of a text, shared vectors, memories of outputs, noise."""

import keras
import numpy as np
import pytest

from keras_seq.datasets import InputError
from keras_seq.layers import CELLS
from keras_seq.pipelines import RecurrentLanguageModelConfig, recurrent_network
from keras_seq.pipelines.recurrent_network import RecurrentNetwork

V, E, H, B, T = 7, 3, 4, 2, 6
TOKENS = np.random.default_rng(0).integers(0, V, (B, T))
KINDS = {
    **{cell: {"cell": cell, "layers": 1 if cell == "jordan" else 2} for cell in CELLS},
    "sigmoid": {"cell": "elman", "activation": "sigmoid"},
    "relu and identity": {"cell": "elman", "activation": "relu", "recurrent_start": "identity"},
    "tied": {"tied": True},
    "tied jordan": {"cell": "jordan", "layers": 1, "tied": True},
    "bfloat16": {"precision": "bfloat16"},
}


@pytest.fixture(params=list(KINDS))
def kind(request):
    return request.param


def made(conditions=0, **options):
    return RecurrentNetwork(V, RecurrentLanguageModelConfig(**{"units": H, "embedding_dim": E, **options}), conditions)


def filled(**options):
    """With weights that are all random."""
    network, draw = made(**options), np.random.default_rng(4)
    network.set_weights([draw.normal(size=weight.shape) for weight in network.weights])
    return network


def close(found, expected, atol=1e-5):
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=atol)


def softmax(logits):
    return np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)


class TestReading:
    def test_pieces_are_the_whole(self, kind):
        network = filled(**KINDS[kind])
        whole, last = network(TOKENS)
        states, parts = None, []
        for start, end in ((0, 1), (1, 4), (4, 6)):
            part, states = network(TOKENS[:, start:end], states)
            parts.append(part)
        close([np.concatenate(parts, axis=1), *states], [whole, *last], atol=0.1 if kind == "bfloat16" else 1e-4)

    def test_probabilities_sum_to_one(self, kind):
        log_p, _ = filled(**KINDS[kind])(TOKENS)
        assert log_p.shape == (B, T, V)
        np.testing.assert_allclose(np.exp(log_p).sum(axis=-1), 1, atol=1e-5)

    def test_a_row_is_read_by_itself(self, kind):
        network = filled(**KINDS[kind])
        close([network(TOKENS[1:])[0]], [network(TOKENS)[0][1:]], atol=0.1 if kind == "bfloat16" else 1e-4)

    def test_it_starts_from_zero(self, kind):
        network = made(**KINDS[kind])
        states = network.start(B)
        assert [tuple(state.shape) for state in states] == [(B, size) for size in network.state_sizes]
        assert not np.any(np.concatenate(states, axis=1))


class TestShapes:
    def test_tied_vectors_are_the_rows_of_the_softmax(self):
        network = filled(tied=True)
        assert network.embedding is None
        assert network.recurrence[-1].output_width == E
        np.testing.assert_array_equal(network.vectors(TOKENS), network.head.get_weights()[0][TOKENS])

    def test_without_a_size_of_their_own_vectors_are_as_wide_as_the_state(self):
        assert made(embedding_dim=0).vectors(TOKENS).shape == (B, T, H)

    def test_an_adaptive_softmax_is_one_of_the_frequent_words_first(self, monkeypatch):
        monkeypatch.setattr(recurrent_network, "CUTOFFS", (3, 5, 100))
        network = filled(softmax="adaptive")
        assert network.head.cutoffs == (3, 5)
        np.testing.assert_allclose(np.exp(network(TOKENS)[0]).sum(axis=-1), 1, atol=1e-5)

    def test_it_needs_a_vocabulary_that_is_worth_it(self):
        with pytest.raises(InputError, match="softmax=adaptive: a vocabulary of 7, expected more than 2000 tokens"):
            made(softmax="adaptive")


class TestEquations:
    def test_elman(self):
        network = filled(cell="elman", layers=1)
        log_p, states = network(TOKENS)
        table, (w, u, b), (out, d) = (
            network.embedding.get_weights()[0],
            *(layer.get_weights() for layer in (network.recurrence[0], network.head)),
        )
        h = np.zeros((B, H))
        for t in range(T):
            h = np.tanh(table[TOKENS[:, t]] @ w + h @ u + b)
            np.testing.assert_allclose(np.exp(log_p[:, t]), softmax(h @ out.T + d), atol=1e-5)
        close(states, [h])

    @pytest.mark.parametrize("tied", [False, True])
    def test_the_memory_of_a_jordan_cell_is_the_expected_vector(self, tied):
        network = filled(cell="jordan", layers=1, tied=tied)
        log_p, states = network(TOKENS)
        out, d = network.head.get_weights()
        table = out if tied else network.embedding.get_weights()[0]
        w, u, b = (
            np.asarray(x)
            for x in (
                network.recurrence[0].cell.kernel,
                network.recurrence[0].cell.recurrent_kernel,
                network.recurrence[0].cell.bias,
            )
        )
        memory = np.zeros((B, E))
        for t in range(T):
            h = np.tanh(table[TOKENS[:, t]] @ w + memory @ u + b)
            p = softmax(h @ out.T + d)
            memory = p @ table
            np.testing.assert_allclose(np.exp(log_p[:, t]), p, atol=1e-5)
        close(states, [memory])

    @pytest.mark.parametrize("cell", ["elman", "jordan"])
    def test_the_recurrent_matrix_starts_where_it_is_told(self, cell):
        network = made(cell=cell, layers=1, embedding_dim=H, recurrent_start="identity")
        np.testing.assert_array_equal(network.recurrence[0].cell.recurrent_kernel, np.eye(H))


class TestNoise:
    def test_a_word_that_is_dropped_is_dropped_everywhere(self):
        network = filled(embedding_dropout=0.5)
        kept = np.asarray(network.vectors(TOKENS, training=True)) / np.asarray(network.vectors(TOKENS))
        factors = {word: {round(float(x), 4) for x in kept[np.equal(TOKENS, word)].ravel()} for word in range(V)}
        assert all(each in ({0.0}, {2.0}, set()) for each in factors.values())
        assert {0.0} in factors.values()
        assert {2.0} in factors.values()

    @pytest.mark.parametrize(
        "name", ["input_dropout", "layer_dropout", "output_dropout", "embedding_dropout", "weight_drop"]
    )
    def test_each_kind_is_in_training_alone(self, name):
        network = filled(**{name: 0.5})
        quiet = network(TOKENS)[0]
        np.testing.assert_array_equal(network(TOKENS)[0], quiet)
        assert not np.array_equal(network(TOKENS, training=True)[0], quiet)

    def test_features_are_dropped_for_all_steps_of_a_row(self):
        network = filled(output_dropout=0.5)
        hidden = np.asarray(network.read(TOKENS, network.start(B), training=True)[0])
        assert {*((hidden == 0).sum(axis=1).ravel())} == {0, T}


class TestConditions:
    def test_a_label_is_the_state_before_the_first_token(self):
        network = filled(conditions=3, context="sentence", condition=True, layers=1)
        shares = np.array([[0, 1, 0], [0.5, 0, 0.5]], "float32")
        for state, table in zip(network.start(2, shares), network.starts, strict=True):
            np.testing.assert_allclose(state, np.tanh(shares @ table.get_weights()[0]), rtol=1e-5)


def test_a_seed_repeats_every_start_value():
    one, again, other = (
        made(conditions=2, context="sentence", condition=True, seed=seed).weights for seed in (1, 1, 2)
    )
    for a, b, c in zip(one, again, other, strict=True):
        np.testing.assert_array_equal(a, b)
        assert a.path.endswith("bias") or not np.array_equal(a, c), a.path


def test_weights_have_names_of_their_own(kind):
    names = [weight.path for weight in made(**KINDS[kind]).weights]
    assert len(set(names)) == len(names)


def test_keras_saves_it(kind, tmp_path):
    network = filled(**KINDS[kind])
    network.save(tmp_path / "network.keras")
    again = keras.models.load_model(tmp_path / "network.keras")
    assert again.config == network.config
    close([again(TOKENS)[0]], [network(TOKENS)[0]], atol=0)
