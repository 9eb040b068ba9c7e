"""Keras' own recurrent layers and ours give the same outputs, whichever way the weights go."""

import keras
import numpy as np
import pytest

from keras_seq.layers import Bidirectional, ElmanCell, GRUCell, LSTMCell, Recurrence
from keras_seq.layers.jordan import JordanCell
from keras_seq.layers.keras_weights import from_keras, to_keras
from keras_seq.layers.recurrent_dropout import RecurrentDropout

RNG = np.random.default_rng(8)
X = RNG.normal(size=(2, 4, 3)).astype("float32")
MASK = np.array([[True, True, False, True], [False, True, True, False]])
KERAS = {
    "simple": lambda **options: keras.layers.SimpleRNN(5, "relu", **options),
    "gru": lambda **options: keras.layers.GRU(5, "relu", "hard_sigmoid", **options),
    "gru, reset before": lambda **options: keras.layers.GRU(5, reset_after=False, **options),
    "lstm": lambda **options: keras.layers.LSTM(5, "relu", "hard_sigmoid", **options),
    "lstm, no bias": lambda **options: keras.layers.LSTM(5, use_bias=False, unit_forget_bias=False, **options),
    "rnn": lambda **options: keras.layers.RNN(keras.layers.GRUCell(5), **options),
}
OURS = {
    "elman": lambda: ElmanCell(5, "relu"),
    "gru": lambda: GRUCell(5, "relu", "hard_sigmoid", use_bias=False),
    "gru, reset before": lambda: GRUCell(5, reset_after=False),
    "lstm": lambda: LSTMCell(5, "relu", "hard_sigmoid", forget_bias=None),
    "lstm, other start": lambda: LSTMCell(5, forget_bias=2.5),
}


@pytest.fixture(params=list(KERAS))
def theirs(request):
    """A function that makes a layer of Keras."""
    return KERAS[request.param]


@pytest.fixture(params=list(OURS))
def cell(request):
    return OURS[request.param]()


def random_weights(layer):
    layer.build((None, None, 3))
    layer.set_weights([RNG.normal(size=w.shape) for w in layer.weights])
    return layer


def same(first, second):
    first, second = keras.tree.flatten(first), keras.tree.flatten(second)
    for one, other in zip(first, second, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


@pytest.mark.parametrize("return_state", [True, False])
@pytest.mark.parametrize("return_sequences", [True, False])
def test_ours_equals_theirs(theirs, return_sequences, return_state):
    layer = random_weights(theirs(return_sequences=return_sequences, return_state=return_state))
    same(from_keras(layer)(X), layer(X))


def test_what_runs_backwards_is_turned_round(theirs):
    layer = random_weights(theirs(return_sequences=True, go_backwards=True))
    same(from_keras(layer)(X), layer(X)[:, ::-1])


def test_the_last_step_backwards_is_the_same(theirs):
    layer = random_weights(theirs(go_backwards=True, return_state=True))
    same(from_keras(layer)(X), layer(X))


def test_padded_steps_are_as_keras_zeroes_them(theirs):
    layer = random_weights(theirs(return_sequences=True, zero_output_for_mask=True))
    same(from_keras(layer)(X, mask=MASK), layer(X, mask=MASK))


@pytest.mark.parametrize("return_sequences", [True, False])
@pytest.mark.parametrize("mask", [MASK, None], ids=["mask", "no mask"])
def test_theirs_equals_ours(cell, return_sequences, mask):
    layer = random_weights(Recurrence(cell, return_sequences, return_state=True))
    same(to_keras(layer)(X, mask=mask), layer(X, mask=mask))


def test_ours_in_reverse_equals_theirs_turned_round(cell):
    layer = random_weights(Recurrence(cell, reverse=True))
    same(to_keras(layer)(X)[:, ::-1], layer(X))


@pytest.mark.parametrize("return_sequences", [True, False])
def test_both_directions_equal_theirs(theirs, return_sequences):
    inner = theirs(return_sequences=return_sequences, return_state=return_sequences)
    layer = random_weights(keras.layers.Bidirectional(inner))
    same(from_keras(layer)(X, mask=MASK), layer(X, mask=MASK))


@pytest.mark.parametrize("return_sequences", [True, False])
def test_both_directions_equal_ours(cell, return_sequences):
    layer = random_weights(Bidirectional(cell, return_sequences=return_sequences))
    same(to_keras(layer)(X, mask=MASK), layer(X, mask=MASK))


def test_there_and_back_is_the_same_layer(cell):
    layer = random_weights(Recurrence(cell, reverse=True, name="reader", trainable=False, dtype="float64"))
    back = from_keras(to_keras(layer))
    assert {**back.get_config(), "cell": None} == {**layer.get_config(), "cell": None}
    same(back.get_weights(), layer.get_weights())


def test_both_directions_there_and_back_are_the_same_layer():
    layer = random_weights(keras.layers.Bidirectional(keras.layers.LSTM(5, return_sequences=True), name="reader"))
    back = to_keras(from_keras(layer))
    assert (back.name, back.merge_mode, back.return_sequences) == ("reader", "concat", True)
    same(back.get_weights(), layer.get_weights())


def test_the_backward_cell_is_named_as_ours_is(theirs):
    ours = from_keras(keras.layers.Bidirectional(theirs()))
    assert ours.backward_cell.name == Bidirectional(ours.cell).backward_cell.name


@pytest.mark.parametrize("policy", ["float64", "mixed_bfloat16"])
def test_name_policy_and_trainability_are_kept(theirs, policy):
    layer = theirs(name="reader", dtype=policy, trainable=False)
    for one in (from_keras(layer), to_keras(from_keras(layer))):
        assert (one.name, one.dtype_policy.name, one.trainable) == ("reader", policy, False)
    assert from_keras(layer).cell.dtype_policy == layer.cell.dtype_policy


def test_a_frozen_cell_stays_frozen():
    layer = Recurrence(GRUCell(5))
    layer.cell.trainable = False
    theirs = to_keras(layer)
    assert (theirs.trainable, theirs.cell.trainable) == (True, False)
    assert (from_keras(theirs).trainable, from_keras(theirs).cell.trainable) == (True, False)


@pytest.mark.parametrize(("unit_forget_bias", "forget_bias"), [(True, 1.0), (False, None)])
def test_the_forget_gate_starts_alike(unit_forget_bias, forget_bias):
    ours = from_keras(keras.layers.LSTM(5, unit_forget_bias=unit_forget_bias))
    assert ours.cell.forget_bias == forget_bias
    assert to_keras(ours).cell.unit_forget_bias is unit_forget_bias


def test_a_copy_is_a_copy():
    layer = random_weights(keras.layers.GRU(5))
    ours, before = from_keras(layer), layer(X)
    ours.set_weights([w * 0 for w in ours.get_weights()])
    same(layer(X), before)


def test_a_layer_without_weights_starts_at_the_same_ones(cell):
    cell = type(cell).from_config(
        {**cell.get_config(), "seed": 3} | ({"forget_bias": 1} if "lstm" in cell.name else {})
    )
    layer = Recurrence(cell)
    theirs = to_keras(layer)
    assert not theirs.built
    theirs.build((None, None, 3))
    layer.build((None, None, 3))
    same(theirs.get_weights(), layer.get_weights())


def test_a_layer_of_keras_without_weights_has_none_to_give(theirs):
    ours = from_keras(theirs())
    assert not ours.built
    assert ours(X).shape == (2, 5)


both, lstm = keras.layers.Bidirectional, keras.layers.LSTM


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (keras.layers.Dense(2), "got Dense, expected SimpleRNN, GRU, LSTM, or a Bidirectional of them"),
        (keras.layers.RNN(ElmanCell(2)), "got RNN of ElmanCell, expected SimpleRNN, GRU, LSTM, or .+"),
        (both(keras.layers.RNN(ElmanCell(2))), "got RNN of ElmanCell, expected .+"),
        (both(lstm(2), merge_mode="sum", name="b"), "b: merge_mode='sum', expected 'concat'"),
        (both(lstm(2), merge_mode=None, name="b"), "b: merge_mode=None, expected 'concat'"),
        (both(lstm(2, go_backwards=True, name="l"), backward_layer=lstm(2)), "forward_l: go_backwards=True, .+ False"),
        (lstm(2, dropout=0.5, name="l"), "l: dropout=0.5, which ours does not have"),
        (lstm(2, recurrent_dropout=0.5, name="l"), "l: recurrent_dropout=0.5, which ours does not have"),
        (lstm(2, stateful=True, name="l"), "l: stateful=True, which ours does not have"),
        (lstm(2, kernel_regularizer="l2", name="l"), "l: kernel_regularizer=.+, which ours does not have"),
        (lstm(2, bias_constraint="non_neg", name="l"), "l: bias_constraint=.+, which ours does not have"),
    ],
)
def test_what_ours_cannot_do_is_one_line(layer, message):
    with pytest.raises(ValueError, match=rf"^from_keras: {message}$"):
        from_keras(layer)


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (keras.layers.Dense(2), "got Dense, expected Recurrence or Bidirectional"),
        (Recurrence(JordanCell(2)), "got JordanCell, expected ElmanCell, GRUCell or LSTMCell"),
        (Recurrence(LSTMCell(2, peephole=True, name="c")), "c: peephole=True, which Keras does not have"),
        (Recurrence(LSTMCell(2, coupled=True, name="c")), "c: coupled=True, which Keras does not have"),
        (Recurrence(LSTMCell(2, layer_normalization=True, name="c")), "c: layer_normalization=True, which .+"),
        (Recurrence(LSTMCell(2, projection=1, name="c")), "c: projection=1, which Keras does not have"),
        (Recurrence(LSTMCell(2, forget_bias=2.5, name="c")), "c: forget_bias=2.5, expected 1 or None until built"),
        (Bidirectional(GRUCell(2), GRUCell(3), name="b"), "b: directions of 2 and 3 outputs, expected equal ones"),
        (Recurrence(GRUCell(2), stateful=True, name="r"), "r: stateful, which is not carried over"),
        (Recurrence(GRUCell(2), dropout=RecurrentDropout(0.5), name="r"), "r: dropout, which is not carried over"),
        (Bidirectional(GRUCell(2), JordanCell(2)), "got JordanCell, expected .+"),
    ],
)
def test_what_keras_cannot_do_is_one_line(layer, message):
    with pytest.raises(ValueError, match=rf"^to_keras: {message}$"):
        to_keras(layer)
