"""A masked run over a batch equals each row run alone, without its padding."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_seq.layers import CELLS, ElmanCell, LSTMCell, Recurrence

RNG = np.random.default_rng(4)
UNITS = 3


def sequences(mask):
    return RNG.normal(size=(*mask.shape, 2)).astype("float32")


def start(cell, batch):
    """States that are not zero, so that it shows whether they are used."""
    return [RNG.normal(size=(batch, UNITS)).astype("float32") for _ in keras.tree.flatten(cell.state_size)]


def alone(cell, x, mask, states, reverse):
    """Each row's steps that count, one after the other: outputs (B, T, H), the last one (B, H), final states."""
    outputs, last = np.zeros((*mask.shape, UNITS)), np.zeros((len(x), UNITS))
    final = [np.array(state) for state in states]
    for row in range(len(x)):
        now = [state[row : row + 1] for state in states]
        steps = np.flatnonzero(mask[row])
        for t in steps[::-1] if reverse else steps:
            output, now = cell(x[row : row + 1, t], now)
            outputs[row, t] = last[row] = output[0]
        for state, value in zip(final, now, strict=True):
            state[row] = np.array(value)[0]
    return outputs, last, final


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("name", sorted(CELLS))
def test_outputs_and_states_are_those_of_each_row_alone(name, mask, reverse):
    layer = Recurrence(CELLS[name](UNITS, seed=1), return_state=True, reverse=reverse)
    x, states = sequences(mask), start(layer.cell, len(mask))
    output, *final = layer(x, mask=mask, initial_state=states)
    outputs, _, finals = alone(layer.cell, x, mask, states, reverse)
    np.testing.assert_allclose(output, outputs, atol=1e-5)
    for ours, expected in zip(final, finals, strict=True):
        np.testing.assert_allclose(ours, expected, atol=1e-5)


@pytest.mark.parametrize("reverse", [False, True])
def test_the_last_step_alone_is_the_last_that_counts(mask, reverse):
    layer = Recurrence(LSTMCell(UNITS, seed=1), return_sequences=False, reverse=reverse)
    x = sequences(mask)
    zeros = [np.zeros((len(x), UNITS), "float32")] * 2
    output = layer(x, mask=mask)
    np.testing.assert_allclose(output, alone(layer.cell, x, mask, zeros, reverse)[1], atol=1e-5)


def test_without_a_mask_every_step_counts():
    layer, x = Recurrence(ElmanCell(UNITS, seed=1)), RNG.normal(size=(2, 4, 2)).astype("float32")
    np.testing.assert_allclose(layer(x), layer(x, mask=np.ones((2, 4), bool)), atol=1e-6)


def test_it_starts_at_zero():
    layer, x = Recurrence(ElmanCell(UNITS, seed=1)), RNG.normal(size=(2, 4, 2)).astype("float32")
    np.testing.assert_allclose(layer(x), layer(x, initial_state=[np.zeros((2, UNITS), "float32")]), atol=1e-6)


def test_padded_steps_put_out_zeros(mask):
    layer = Recurrence(ElmanCell(UNITS, bias_initializer="ones"))
    assert np.all((np.array(layer(sequences(mask), mask=mask)) != 0).any(axis=-1) == mask)


@pytest.mark.parametrize("reverse", [False, True])
def test_padded_inputs_have_no_gradient_and_all_others_have(mask, reverse):
    layer, x = Recurrence(LSTMCell(UNITS, seed=1), reverse=reverse), tf.constant(sequences(mask))
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = tf.reduce_sum(layer(x, mask=mask) ** 2)
    gradient = tape.gradient(loss, x).numpy()
    np.testing.assert_array_equal((gradient != 0).any(axis=-1), mask)


def test_the_mask_of_an_embedding_is_used():
    ids = np.array([[2, 3, 0, 0]])
    x = keras.layers.Embedding(5, 2, mask_zero=True)(ids)
    output = Recurrence(ElmanCell(UNITS, bias_initializer="ones"))(x)
    assert (np.array(output)[0] != 0).any(axis=-1).tolist() == [True, True, False, False]


def test_initial_states_may_be_symbolic():
    x, h = keras.Input((None, 2)), keras.Input((UNITS,))
    layer = Recurrence(ElmanCell(UNITS, seed=1))
    model = keras.Model([x, h], layer(x, initial_state=[h]))
    values = RNG.normal(size=(2, 4, 2)).astype("float32"), RNG.normal(size=(2, UNITS)).astype("float32")
    np.testing.assert_allclose(model(values), layer(values[0], initial_state=[values[1]]), atol=1e-6)


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 4, 5)])
@pytest.mark.parametrize("seen", [False, True], ids=["new", "built"])
def test_a_wrong_rank_is_one_line(shape, seen):
    layer = Recurrence(ElmanCell(UNITS), name="reader")
    if seen:
        layer(np.zeros((2, 3, 4), "float32"))
    with pytest.raises(ValueError, match=rf"^[^\n]*reader[^\n]*expected ndim=3, found ndim={len(shape)}[^\n]*$"):
        layer(np.zeros(shape, "float32"))
