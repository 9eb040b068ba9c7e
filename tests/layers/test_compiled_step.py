"""Layers in whole networks: a compiled training step does what an eager one does."""

import keras
import numpy as np
import pytest

from keras_seq import layers as ks

B, T, K, C, V = 2, 4, 3, 6, 9
WORDS = np.array([[2, 3, 4, 5], [6, 7, 0, 0]], "int32")
LETTERS = np.random.default_rng(15).integers(1, V, (B, T, C)).astype("int32") * (WORDS[..., None] > 0)
MASK = WORDS > 0
CONSTRAINED = {
    "units": K,
    "allowed_transitions": [[True, True, False], [True, True, True], [False, True, True]],
    "allowed_start": [True, True, False],
    "allowed_end": [False, True, True],
    "kernel_initializer": keras.initializers.HeNormal(seed=3),
    "seed": 7,
}


def tagger():
    """Words and letters, both directions, and a CRF with constraints."""
    words, letters = keras.Input((None,), dtype="int32"), keras.Input((None, C), dtype="int32")
    vectors, spelt = ks.TokenEmbedding(V, 4, seed=1)(words), ks.CharacterRecurrence(V, 3, seed=1)(letters)
    x = ks.SideBySide()(words, vectors, spelt)
    x = ks.Bidirectional(ks.LSTMCell(4, seed=1))(x)
    crf = ks.CRF(**CONSTRAINED)
    return keras.Model([words, letters], crf(x)), ks.SequenceLoss(crf), [WORDS, LETTERS]


def softmax_tagger():
    """A GRU of Cho's form from the right, and independent labels."""
    words = keras.Input((None,), dtype="int32")
    x = ks.Recurrence(ks.GRUCell(4, reset_after=False, use_bias=False, seed=1), reverse=True)(
        ks.TokenEmbedding(V, 4, seed=1)(words)
    )
    output = ks.LabelSoftmax(K, seed=1)
    return keras.Model(words, output(x)), ks.SequenceLoss(output), WORDS


def pooled():
    """Elman's network and the maximum over its states."""
    words = keras.Input((None,), dtype="int32")
    x = ks.Recurrence(ks.ElmanCell(K, seed=1))(ks.TokenEmbedding(V, 4, seed=1)(words))
    return keras.Model(words, ks.MaskedMaxPooling()(x)), "mse", WORDS


@pytest.mark.parametrize("build", [tagger, softmax_tagger, pooled])
def test_a_compiled_train_step_equals_an_eager_one(build):
    labels = np.zeros((B, K), "float32") if build is pooled else np.where(MASK, 1, ks.IGNORED)
    weights, losses = [], []
    for options in ({"jit_compile": True}, {"run_eagerly": True}):
        model, loss, inputs = build()
        before = model.get_weights()
        model.compile(keras.optimizers.SGD(1.0), loss, **options)
        losses.append(float(model.train_on_batch(inputs, labels)))
        weights.append(model.get_weights())
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    assert any((x != y).any() for x, y in zip(weights[0], before, strict=True))
    for compiled, eager in zip(*weights, strict=True):
        np.testing.assert_allclose(compiled, eager, atol=1e-5)
