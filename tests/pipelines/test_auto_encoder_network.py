"""The networks of an auto-encoder: against NumPy, step by step, and what the decoder knows."""

import numpy as np
import pytest
import tensorflow as tf

from keras_seq.pipelines.auto_encoder_config import AutoEncoderConfig
from keras_seq.pipelines.auto_encoder_network import AutoEncoderNetwork
from keras_seq.pipelines.code_decoder import CodeDecoder
from keras_seq.pipelines.code_encoder import CodeEncoder
from keras_seq.pipelines.paragraph_network import ParagraphNetwork

SMALL = {"units": 5, "embedding_dim": 4, "code_dim": 6, "crossing": 0.0}
IDS = np.array([[3, 4, 5, 2], [6, 2, 0, 0], [2, 0, 0, 0]], np.int32)
PARAGRAPHS = np.stack([IDS, np.array([[4, 6, 2, 0], [2, 0, 0, 0], [0, 0, 0, 0]], np.int32)], axis=1)
PARAGRAPHS = np.concatenate([PARAGRAPHS, [[[2, 0, 0, 0]], [[0] * 4], [[0] * 4]]], axis=1).astype(np.int32)
KINDS = {AutoEncoderNetwork: IDS, ParagraphNetwork: PARAGRAPHS}
OPTIONS = [
    {},
    {"cell": "lstm", "layers": 2, "pooling": "last"},
    {"cell": "elman", "bidirectional": False, "pooling": "max", "code_every_step": False},
    {"cell": "jordan", "pooling": "last", "bidirectional": False, "tied": False},
    {"cell": "gru", "layers": 2, "tied": False, "code_every_step": False},
]


def network(kind=AutoEncoderNetwork, **options):
    hierarchical = {"hierarchical": True} if kind is ParagraphNetwork else {}
    made = kind(8, AutoEncoderConfig(**{**SMALL, **hierarchical, **options}))
    draw = np.random.default_rng(0)  # weights that start at 0 would hide what they do
    for variable in made.trainable_variables:
        variable.assign(draw.normal(0, 0.5, variable.shape))
    return made


def by_numpy(made, ids):
    """-log p of the units of one sentence, of Elman cells from left to right, with the last state."""
    vectors, biases = (np.asarray(each, np.float64) for each in (made.head.embeddings, made.head.bias))
    kernel, recurrent, bias = (np.asarray(w, np.float64) for w in made.encoder.recurrence[0].cell.weights)
    h = np.zeros(made.config.units)
    for unit in ids[:-1]:
        h = np.tanh(vectors[unit] @ kernel + h @ recurrent + bias)
    to_code, code_bias = (np.asarray(w, np.float64) for w in made.encoder.to_code.weights)
    code = h @ to_code + code_bias
    decoder = made.decoder.decoder
    kernel, recurrent, bias = (np.asarray(w, np.float64) for w in decoder.cells[0].weights)
    to_state, state_bias = (np.asarray(w, np.float64) for w in made.decoder.to_states.weights)
    s, losses = np.tanh(code @ to_state + state_bias), []
    for before, unit in zip([0, *ids[:-1]], ids, strict=True):
        s = np.tanh(np.concatenate([vectors[before], code]) @ kernel + s @ recurrent + bias)
        logits = np.tanh(s @ np.asarray(decoder.kernel) + np.asarray(decoder.bias)) @ vectors.T + biases
        losses.append(np.log(np.exp(logits).sum()) - logits[unit])
    return code, losses


class TestSentences:
    @pytest.mark.parametrize("row", range(3))
    def test_codes_and_losses_are_those_of_the_equations(self, row):
        made = network(cell="elman", bidirectional=False, pooling="last")
        ids = IDS[row][: IDS[row].tolist().index(2) + 1]
        code, losses = by_numpy(made, ids)
        np.testing.assert_allclose(made.code(IDS)[row], code, atol=1e-5)
        np.testing.assert_allclose(made.losses(IDS)[row, : len(ids)], losses, atol=1e-5)
        assert not np.asarray(made.losses(IDS))[row, len(ids) :].any()

    @pytest.mark.parametrize("options", OPTIONS)
    def test_a_step_at_a_time_gives_the_same(self, options):
        made = network(**options)
        code = made.code(IDS)
        expected, state = np.asarray(made.log_probabilities(IDS, code)), made.start(code)
        for t, tokens in enumerate(np.pad(IDS[:, :-1], [(0, 0), (1, 0)]).T):
            log_p, weights, state = made.step(tokens[:, None], code, state)
            np.testing.assert_allclose(log_p[:, 0], expected[:, t], atol=1e-5)
            assert weights is None

    def test_several_hypotheses_of_a_code_know_the_same_code(self):
        made = network(cell="lstm", layers=2)
        code = made.code(IDS)
        alone, _, _ = made.step(np.array([[3], [4], [5]]), code, made.start(code))
        state = [np.repeat(each, 2, axis=1) for each in made.start(code)]
        together, _, _ = made.step(np.array([[7, 3], [7, 4], [7, 5]]), code, state)
        np.testing.assert_allclose(together[:, 1], alone[:, 0], atol=1e-6)

    @pytest.mark.parametrize("pooling", ["last", "mean", "max"])
    def test_the_end_is_not_read(self, pooling):
        made = network(pooling=pooling)
        np.testing.assert_allclose(made.code(IDS), made.code(np.where(IDS == 2, 0, IDS)), atol=1e-6)

    def test_what_the_pooling_is_of(self):
        ids = IDS[:1]
        found = {}
        for pooling in ("last", "mean", "max"):
            made = network(pooling=pooling)
            made.encoder.to_code.set_weights([np.eye(10)[:, :6], np.zeros(6)])
            found[pooling] = np.asarray(made.code(ids))[0]
            x = made.head.vectors(ids[:, :3])
            states = np.asarray(made.encoder.recurrence[0](x)[0])[0]
        # Six of ten features: five of the direction from the left, whose last state is at the end, and one of the other.
        last = np.concatenate([states[-1, :5], states[0, 5:]])
        expected = {"last": last, "mean": states.mean(axis=0), "max": states.max(axis=0)}
        for pooling, values in found.items():
            np.testing.assert_allclose(values, expected[pooling][:6], atol=1e-6)


@pytest.mark.parametrize(
    "options", [{"dropout": 0.5}, {"denoising": 0.9}, {"token_dropout": 0.9}, {"label_smoothing": 0.2}]
)
def test_noise_is_for_training_alone_and_each_kind_is_for_its_side(options):
    made = network(**options)
    code, noisy = np.asarray(made.code(IDS)), np.asarray(made.code(IDS, training=True))
    assert (np.abs(noisy - code).max() > 1e-3) == bool({"dropout", "denoising"} & set(options))
    calm = np.asarray(network().losses(IDS))
    np.testing.assert_allclose(made.losses(IDS), calm, atol=1e-6)
    apart = np.abs(np.asarray(made.losses_after(IDS, code, training=True)) - calm).max()
    assert (apart > 1e-3) == ("denoising" not in options)


class TestParagraphs:
    def test_sentences_are_written_from_the_code_alone(self):
        made = network(ParagraphNetwork)
        code = made.code(PARAGRAPHS)
        vectors = np.asarray(made.vectors(code, 3))
        for place in range(3):
            expected = made.sentences.log_probabilities(PARAGRAPHS[:, place], vectors[:, place])
            found = np.asarray(made.log_probabilities(PARAGRAPHS, code))[:, place]
            np.testing.assert_allclose(found, expected, atol=1e-5)

    def test_sentences_that_follow_change_none_before_them(self):
        made = network(ParagraphNetwork)
        code = made.code(PARAGRAPHS)
        np.testing.assert_allclose(made.vectors(code, 2), np.asarray(made.vectors(code, 5))[:, :2], atol=1e-6)

    def test_the_code_is_of_the_sentences_vectors(self):
        made = network(ParagraphNetwork)
        vectors = made.sentences.code(PARAGRAPHS[0, :2])
        expected = made.encoder(vectors[None], mask=np.ones((1, 2), bool))
        np.testing.assert_allclose(made.code(PARAGRAPHS)[:1], expected, atol=1e-5)

    def test_the_order_of_sentences_counts(self):
        made = network(ParagraphNetwork)
        turned = PARAGRAPHS[:1, [1, 0, 2]]
        assert np.abs(np.asarray(made.code(turned)) - np.asarray(made.code(PARAGRAPHS[:1]))).max() > 1e-3


@pytest.mark.parametrize("kind", KINDS)
class TestBoth:
    def test_padding_and_other_rows_change_nothing(self, kind):
        made, ids = network(kind), KINDS[kind]
        padded = np.pad(ids, [(0, 2), *[(0, 3)] * (ids.ndim - 1)])
        np.testing.assert_allclose(np.asarray(made.code(padded))[:3], made.code(ids), atol=1e-5)
        inside = tuple(slice(0, size) for size in ids.shape)
        np.testing.assert_allclose(np.asarray(made.losses(padded))[inside], made.losses(ids), atol=1e-5)
        np.testing.assert_allclose(made.code(ids[1:2]), made.code(ids)[1:2], atol=1e-5)

    @pytest.mark.parametrize("options", OPTIONS)
    def test_all_weights_count(self, kind, options):
        made = network(kind, **options)
        losses = tf.function(lambda: made.losses(tf.constant(KINDS[kind])))
        before = losses().numpy()
        for variable in made.trainable_variables:
            kept = np.asarray(variable)
            variable.assign(kept + np.linspace(-2, 2, kept.size).reshape(kept.shape))
            assert np.abs(losses().numpy() - before).max() > 1e-6, variable.path
            variable.assign(kept)

    def test_losses_are_minus_log_p(self, kind):
        made, ids = network(kind), KINDS[kind]
        log_p = np.take_along_axis(np.asarray(made(ids)), ids[..., None], axis=-1)[..., 0]
        np.testing.assert_allclose(made.losses(ids), np.where(ids > 0, -log_p, 0), atol=1e-5)

    def test_it_is_made_again_from_its_configuration(self, kind):
        made = network(kind, cell="lstm", layers=2, tied=False)
        again = kind.from_config(made.get_config())
        assert [v.path for v in again.weights] == [v.path for v in made.weights]
        again.set_weights(made.get_weights())
        np.testing.assert_allclose(again.losses(KINDS[kind]), made.losses(KINDS[kind]), atol=1e-6)

    def test_a_seed_makes_the_same_start(self, kind):
        options = {**SMALL, "hierarchical": kind is ParagraphNetwork, "tied": False}
        one, other, third = (kind(8, AutoEncoderConfig(**options, seed=seed)) for seed in (1, 1, 2))
        for a, b, c in zip(*(each.trainable_variables for each in (one, other, third)), strict=True):
            np.testing.assert_array_equal(a, b)
            assert "bias" in a.path or (np.asarray(a) != np.asarray(c)).any()
        paths = [variable.path for variable in one.weights]
        assert len(set(paths)) == len(paths)
        shapes = {}
        for variable in one.trainable_variables:  # and no two weights of one shape begin alike
            if "bias" not in variable.path:
                shapes.setdefault(tuple(variable.shape), []).append(np.asarray(variable))
        assert not [1 for same in shapes.values() for i, a in enumerate(same) for b in same[:i] if (a == b).all()]


def test_a_code_encoder_of_no_step_gives_its_bias():
    layer = CodeEncoder(AutoEncoderConfig(**SMALL), iter(range(100)))
    layer.build((None, None, 4))
    layer.to_code.set_weights([np.ones((10, 6)), np.arange(6.0)])
    np.testing.assert_allclose(layer(np.ones((1, 3, 4)), mask=np.zeros((1, 3), bool)), [np.arange(6.0)], atol=1e-6)


def test_without_the_code_at_every_step_the_decoder_reads_it_once():
    layer = CodeDecoder(AutoEncoderConfig(**SMALL), 3, False, iter(range(100)))
    layer.build((None, None, 4))
    assert layer.decoder.cells[0].kernel.shape[0] == 4
    fed = CodeDecoder(AutoEncoderConfig(**SMALL), 3, True, iter(range(100)))
    fed.build((None, None, 4))
    assert fed.decoder.cells[0].kernel.shape[0] == 4 + 6
