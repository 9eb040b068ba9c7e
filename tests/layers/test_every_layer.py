"""What each public layer promises: its arguments survive, its shapes hold, and it saves."""

import inspect
import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_seq import layers as ks

B, T, D, H, K, C, V = 2, 4, 3, 5, 3, 6, 9
RNG = np.random.default_rng(15)
WORDS = np.array([[2, 3, 4, 5], [6, 7, 0, 0]], "int32")
LETTERS = RNG.integers(1, V, (B, T, C)).astype("int32") * (WORDS[..., None] > 0)
NUMBERS = RNG.normal(size=(B, T, D)).astype("float32")
MEMORY = RNG.normal(size=(B, T + 1, D)).astype("float32")
MASK = WORDS > 0

initializers = keras.initializers
CELL = {
    "units": H,
    "activation": "softsign",
    "use_bias": False,
    "kernel_initializer": initializers.HeNormal(seed=3),
    "recurrent_initializer": initializers.GlorotNormal(seed=4),
    "bias_initializer": initializers.Constant(0.5),
    "seed": 7,
}
# Every argument of every layer, none at its default.
ARGUMENTS = {
    ks.ElmanCell: CELL,
    ks.GRUCell: {**CELL, "recurrent_activation": "hard_sigmoid", "reset_after": False},
    ks.JordanCell: {**CELL, "output_units": 2, "output_activation": "softmax"},
    ks.LSTMCell: {
        **CELL,
        "recurrent_activation": "hard_sigmoid",
        "forget_bias": None,
        "peephole": True,
        "coupled": True,
        "layer_normalization": True,
        "projection": 2,
    },
    ks.Recurrence: {
        "cell": ks.LSTMCell(H, "softsign", seed=1),
        "return_sequences": False,
        "return_state": True,
        "reverse": True,
        "stateful": True,
        "dropout": ks.RecurrentDropout(inputs=0.25, zoneout=0.5, seed=3),
        "jit_compile": False,
    },
    ks.Bidirectional: {
        "cell": ks.GRUCell(H, reset_after=False, seed=1),
        "backward_cell": ks.ElmanCell(2, seed=2),
        "return_sequences": False,
        "return_state": True,
        "dropout": ks.RecurrentDropout(states=0.25, weights=0.5, seed=3),
        "jit_compile": False,
    },
    ks.Stack: {
        "cells": [ks.GRUCell(H, seed=1), ks.ElmanCell(H, seed=2)],
        "bidirectional": True,
        "residual": True,
        "return_state": True,
        "dropout": ks.RecurrentDropout(states=0.25, weights=0.5, seed=3),
        "jit_compile": False,
    },
    ks.Attention: {"score": "additive", "units": H, "return_weights": True, "coverage": True, "seed": 7},
    ks.Decoder: {
        "cells": [ks.GRUCell(H, seed=1), ks.ElmanCell(H, seed=2)],
        "units": K,
        "attention": ks.Attention("general", seed=3),
        "query": "old",
        "input_feeding": True,
        "dropout": 0.25,
        "seed": 7,
    },
    ks.AdaptiveSoftmax: {"vocabulary_size": V, "cutoffs": (2, 5), "division": 2.0, "seed": 7},
    ks.CRF: {
        "units": K,
        "allowed_transitions": [[True, True, False], [True, True, True], [False, True, True]],
        "allowed_start": [True, True, False],
        "allowed_end": [False, True, True],
        "kernel_initializer": initializers.HeNormal(seed=3),
        "seed": 7,
    },
    ks.LabelSoftmax: {"units": K, "kernel_initializer": initializers.HeNormal(seed=3), "seed": 7},
    ks.VocabularySoftmax: {"vocabulary_size": V, "training_dtype": "bfloat16", "seed": 7},
    ks.NgramLookup: {"rows": (V, 4, 2), "log_missing": -0.5},
    ks.MaskedMaxPooling: {},
    ks.MaskedMeanPooling: {},
    ks.AttentionPooling: {"units": H, "return_weights": True, "seed": 7},
    ks.TokenDropout: {"rate": 0.25, "seed": 7},
    ks.CharacterConvolution: {"vocabulary_size": V, "units": H, "embedding_dim": 4, "width": 2, "seed": 7},
    ks.CharacterRecurrence: {"vocabulary_size": V, "units": H, "embedding_dim": 4, "seed": 7},
    ks.TokenEmbedding: {
        "vocabulary_size": V,
        "units": H,
        "trigrams": V - 1,
        "fixed": True,
        "token_dropout": 0.25,
        "seed": 7,
    },
    ks.OneHot: {"vocabulary_size": V, "token_dropout": 0.25, "seed": 7},
    ks.PairEmbedding: {"pairs": [[0, 2], [2, 3], [3, 4]], "units": H, "pair_dropout": 0.25, "seed": 7},
    ks.NgramLogits: {
        "vocabulary_size": V,
        "longer": [[[0, 2], [2, 3]], [[2, 3], [3, 4]]],
        "units": K,
        "dropout": 0.25,
        "return_contributions": True,
        "seed": 7,
    },
    ks.SideBySide: {},
    ks.Window: {"units": H, "reach": 1, "activation": "softsign", "seed": 7},
    ks.SelfAttention: {"units": H, "seed": 7},
    ks.PositionEmbedding: {"length": 3},
}


# Arguments that those above exclude, or that only a base has.
ELSEWHERE = {ks.Stack: {"return_sequences", "stateful"}, ks.Bidirectional: {"stateful"}, ks.Decoder: {"noise"}}


def learnt(layer):
    """With an embedding that is not 0, as it is at the start."""
    layer.build((None, None))
    layer.embeddings.assign(np.random.default_rng(1).normal(size=layer.embeddings.shape))
    return layer


# name: (make, inputs, output mask). A decoder reads no arrays alone: test_decoder.py has the same of it.
RUNS = {
    "Elman": (lambda: ks.Recurrence(ks.ElmanCell(**CELL)), [NUMBERS], MASK),
    "GRU": (lambda: ks.Recurrence(ks.GRUCell(**ARGUMENTS[ks.GRUCell]), reverse=True), [NUMBERS], MASK),
    "LSTM, last step": (lambda: ks.Recurrence(ks.LSTMCell(H, seed=1), return_sequences=False), [NUMBERS], None),
    "LSTM, state": (
        lambda: ks.Recurrence(ks.LSTMCell(H, seed=1), return_state=True),
        [NUMBERS],
        [MASK, None, None],
    ),
    "Bidirectional": (lambda: ks.Bidirectional(ks.LSTMCell(H, seed=1)), [NUMBERS], MASK),
    "Bidirectional, last step": (
        lambda: ks.Bidirectional(ks.GRUCell(H, seed=1), ks.ElmanCell(2, seed=1), return_sequences=False),
        [NUMBERS],
        None,
    ),
    "Jordan": (lambda: ks.Recurrence(ks.JordanCell(**ARGUMENTS[ks.JordanCell])), [NUMBERS], MASK),
    "LSTM, every option": (lambda: ks.Recurrence(ks.LSTMCell(**ARGUMENTS[ks.LSTMCell])), [NUMBERS], MASK),
    "Stack": (lambda: ks.Stack([ks.LSTMCell(H, seed=1), ks.GRUCell(3, seed=2)], bidirectional=True), [NUMBERS], MASK),
    "Stack, states": (
        lambda: ks.Stack([ks.GRUCell(H, seed=1)], return_sequences=False, return_state=True),
        [NUMBERS],
        [None, None],
    ),
    "Attention, cosine": (lambda: ks.Attention("cosine"), [NUMBERS, MEMORY], MASK),
    "Attention, dot": (lambda: ks.Attention("dot"), [NUMBERS, MEMORY], MASK),
    "Attention, general": (lambda: ks.Attention("general", seed=7), [NUMBERS, MEMORY], MASK),
    "Attention, additive": (lambda: ks.Attention("additive", H, seed=7), [NUMBERS, MEMORY], MASK),
    "AdaptiveSoftmax": (lambda: ks.AdaptiveSoftmax(**ARGUMENTS[ks.AdaptiveSoftmax]), [NUMBERS], MASK),
    "VocabularySoftmax": (lambda: ks.VocabularySoftmax(V, seed=7), [NUMBERS], MASK),
    "CRF": (lambda: ks.CRF(**ARGUMENTS[ks.CRF]), [NUMBERS], None),
    "LabelSoftmax": (lambda: ks.LabelSoftmax(**ARGUMENTS[ks.LabelSoftmax]), [NUMBERS], None),
    "MaskedMaxPooling": (ks.MaskedMaxPooling, [NUMBERS], None),
    "MaskedMeanPooling": (ks.MaskedMeanPooling, [NUMBERS], None),
    "AttentionPooling": (lambda: ks.AttentionPooling(H, seed=7), [NUMBERS], None),
    "TokenDropout": (lambda: ks.TokenDropout(0.25, seed=7), [WORDS], None),
    "CharacterConvolution": (
        lambda: ks.CharacterConvolution(**ARGUMENTS[ks.CharacterConvolution]),
        [LETTERS],
        None,
    ),
    "CharacterRecurrence": (
        lambda: ks.CharacterRecurrence(**ARGUMENTS[ks.CharacterRecurrence]),
        [LETTERS],
        None,
    ),
    "OneHot": (lambda: ks.OneHot(**ARGUMENTS[ks.OneHot]), [WORDS], MASK),
    "PairEmbedding": (lambda: ks.PairEmbedding(**ARGUMENTS[ks.PairEmbedding]), [WORDS], MASK),
    "NgramLogits": (lambda: learnt(ks.NgramLogits(**ARGUMENTS[ks.NgramLogits])), [WORDS], [None, None]),
    "SideBySide": (ks.SideBySide, [WORDS, NUMBERS, NUMBERS], MASK),
    "Window": (lambda: ks.Window(**ARGUMENTS[ks.Window]), [NUMBERS], MASK),
    "PositionEmbedding": (lambda: ks.PositionEmbedding(3), [NUMBERS], MASK),
    "SelfAttention": (lambda: ks.SelfAttention(**ARGUMENTS[ks.SelfAttention]), [NUMBERS], MASK),
    "TokenEmbedding": (lambda: ks.TokenEmbedding(V, H, seed=7), [WORDS], MASK),
    "TokenEmbedding with trigrams": (
        lambda: ks.TokenEmbedding(**ARGUMENTS[ks.TokenEmbedding]),
        [WORDS, LETTERS],
        MASK,
    ),
}
NEVER_ROUNDED = {
    **dict.fromkeys(["AdaptiveSoftmax", "VocabularySoftmax", "CRF", "LabelSoftmax"], "float32"),
    "TokenDropout": "int32",
}


@pytest.fixture(params=list(ARGUMENTS), ids=lambda layer_class: layer_class.__name__)
def layer_class(request):
    return request.param


@pytest.fixture(params=list(RUNS))
def name(request):
    return request.param


def make(name):
    return RUNS[name][0]()


def symbols(name):
    """Inputs of unknown batch and time; the last dimension of what is not a word id is known."""
    return [
        keras.Input((None, *(x.shape[2:])), dtype=x.dtype.name) if x.ndim > 2 else keras.Input((None,), dtype="int32")
        for x in RUNS[name][1]
    ]


def masked(name):
    """The inputs; numbers carry a mask."""
    first, *rest = map(tf.constant, RUNS[name][1])
    if first.dtype == tf.float32:
        first._keras_mask = tf.constant(MASK)
    return [first, *rest]


def constructor(layer_class):
    """Every argument's default, those of our own bases included."""
    classes = [base for base in layer_class.__mro__ if base.__module__.startswith("keras_seq.")]
    parameters = [p for c in classes for p in inspect.signature(c.__init__).parameters.values()]
    return {p.name: p.default for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD and p.name != "self"}


def plain(value):
    """As a configuration keeps it."""
    if isinstance(value, list) and any(hasattr(each, "get_config") for each in value):
        return [plain(each) for each in value]
    return keras.saving.serialize_keras_object(value) if hasattr(value, "get_config") else value


def test_the_list_above_is_complete():
    public = [getattr(ks, name) for name in ks.__all__]
    layers = {x for x in public if inspect.isclass(x) and issubclass(x, keras.Layer)} - {ks.Cell}
    assert layers == set(ARGUMENTS)


def test_every_argument_is_tried_with_another_value_than_its_default(layer_class):
    defaults = constructor(layer_class)
    assert set(ARGUMENTS[layer_class]) == set(defaults) - ELSEWHERE.get(layer_class, set())
    assert all(value != defaults[name] for name, value in ARGUMENTS[layer_class].items())


def test_attribute_name_is_argument_name_is_config_key(layer_class):
    layer = layer_class(**ARGUMENTS[layer_class])
    config = layer.get_config()
    for name, value in ARGUMENTS[layer_class].items():
        assert config[name] == plain(value), name
        attribute = getattr(layer, name)
        assert getattr(attribute, "__name__", plain(attribute)) == plain(value), name


@pytest.mark.parametrize("way", ["from_config", "keras", "json"])
def test_every_argument_survives_serialisation(layer_class, way):
    layer = layer_class(**ARGUMENTS[layer_class], name="mine", trainable=False, dtype="mixed_bfloat16")
    if way == "from_config":
        copy = layer_class.from_config(layer.get_config())
    else:
        serialized = keras.saving.serialize_keras_object(layer)
        copy = keras.saving.deserialize_keras_object(
            json.loads(json.dumps(serialized)) if way == "json" else serialized
        )
    assert type(copy) is layer_class
    assert copy.get_config() == layer.get_config()
    assert (copy.name, copy.trainable, copy.dtype_policy.name) == ("mine", False, "mixed_bfloat16")
    for name in ARGUMENTS[layer_class]:
        assert plain(getattr(copy, name)) == plain(getattr(layer, name)), name


def test_a_copy_has_weights_of_the_same_shapes(name):
    layer = make(name)
    layer(*RUNS[name][1])
    copy = type(layer).from_config(layer.get_config())
    copy(*RUNS[name][1])
    assert [w.shape for w in copy.weights] == [w.shape for w in layer.weights]


def test_a_seeded_copy_starts_at_the_same_weights(name):
    layer = make(name)
    one, copy = (type(layer).from_config(layer.get_config()) for _ in range(2))
    np.testing.assert_array_equal(flat(one(*RUNS[name][1])), flat(copy(*RUNS[name][1])))


def flat(outputs):
    """All outputs in one vector."""
    return np.concatenate(
        [keras.ops.convert_to_numpy(x).astype("float64").ravel() for x in keras.tree.flatten(outputs)]
    )


def test_it_computes_its_output_shape(name):
    layer, inputs = make(name), RUNS[name][1]
    expected = [tuple(x.shape) for x in keras.tree.flatten(layer(*inputs))]
    shapes = layer.compute_output_shape(*(x.shape for x in inputs))
    assert (shapes if isinstance(shapes, list) else [shapes]) == expected


def test_a_model_of_unknown_batch_and_time_gives_the_same(name):
    layer, inputs = make(name), symbols(name)
    model = keras.Model(inputs, layer(*inputs))
    values = RUNS[name][1]
    np.testing.assert_allclose(flat(model(values)), flat(layer(*values)), atol=1e-6)
    shorter = [x[:1, :2] for x in values]
    np.testing.assert_allclose(flat(model.predict(shorter, verbose=0)), flat(layer(*shorter)), atol=1e-6)


def test_the_symbolic_shape_keeps_batch_and_time_unknown(name):
    output = keras.tree.flatten(make(name)(*symbols(name)))
    eager = keras.tree.flatten(make(name)(*RUNS[name][1]))
    for ours, real in zip(output, eager, strict=True):
        known = [None, None if len(real.shape) == 3 or name == "TokenDropout" else real.shape[1], *real.shape[2:]]
        assert list(ours.shape) == known
        assert ours.dtype == real.dtype.name


def test_the_mask_that_it_hands_on(name):
    outputs = make(name)(*masked(name))
    expected = RUNS[name][2]
    if not isinstance(expected, list):
        outputs, expected = [outputs], [expected]
    for output, mask in zip(outputs, expected, strict=True):
        ours = getattr(output, "_keras_mask", None)
        assert (ours is None) == (mask is None)
        if mask is not None:
            np.testing.assert_array_equal(ours, mask)


def test_weights_are_saved_and_loaded(name, tmp_path):
    first, second = (keras.Model(x, make(name)(*x)) for x in (symbols(name), symbols(name)))
    first.set_weights([w + 1 if w.dtype == np.float32 else w for w in first.get_weights()])
    first.save_weights(tmp_path / "model.weights.h5")
    second.load_weights(tmp_path / "model.weights.h5")
    assert len(first.get_weights()) == len(second.get_weights())
    for ours, expected in zip(second.get_weights(), first.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, expected)


def test_a_whole_model_is_saved_and_loaded(name, tmp_path):
    inputs = symbols(name)
    model = keras.Model(inputs, make(name)(*inputs))
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    np.testing.assert_array_equal(flat(loaded(RUNS[name][1])), flat(model(RUNS[name][1])))


@pytest.fixture
def run_in():
    """A function that builds and runs a layer under a policy: the layer, its symbolic and its real outputs."""
    before = keras.config.dtype_policy()

    def run(policy, name):
        keras.config.set_dtype_policy(policy)
        layer = make(name)
        return layer, *(keras.tree.flatten(layer(*inputs)) for inputs in (symbols(name), masked(name)))

    yield run
    keras.config.set_dtype_policy(before)


def test_mixed_precision_puts_out_what_float32_does_but_for_rounding(name, run_in):
    _, _, outputs = run_in("mixed_bfloat16", name)
    _, _, exact = run_in("float32", name)
    np.testing.assert_allclose(flat(outputs), flat(exact), atol=0.05)


def test_mixed_precision_computes_in_bfloat16_and_learns_in_float32(name, run_in):
    layer, symbolic, outputs = run_in("mixed_bfloat16", name)
    assert {x.dtype.name for x in outputs} == {NEVER_ROUNDED.get(name, "bfloat16")}
    assert [x.dtype for x in symbolic] == [x.dtype.name for x in outputs]
    assert all(w.dtype == "float32" for w in layer.trainable_weights)
