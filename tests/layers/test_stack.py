"""A stack is its layers one upon the other, each fed by both directions of the one below."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_seq.layers import Bidirectional, ElmanCell, GRUCell, LSTMCell, Recurrence, RecurrentDropout, Stack

RNG = np.random.default_rng(20)
X = RNG.normal(size=(3, 4, 2)).astype("float32")
MASK = np.array([[1, 1, 1, 1], [0, 1, 0, 1], [1, 1, 0, 0]], bool)


def cells():
    return [LSTMCell(3, seed=1), GRUCell(3, seed=2), ElmanCell(3, seed=3)]


def one_upon_the_other(stack, x, residual):
    """The same cells in single layers, and their states."""
    states = []
    for number, cell in enumerate(stack.cells):
        if stack.bidirectional:
            layer = Bidirectional(cell, stack.backward_cells[number], return_state=True)
        else:
            layer = Recurrence(cell, return_state=True)
        y, *final = layer(x, mask=MASK, training=True)
        x = x + y if residual and number else y
        states += final
    return x, states


@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("training", [False, True])
def test_it_is_its_layers_one_upon_the_other(bidirectional, residual, training):
    stack = Stack(cells(), bidirectional, residual, return_state=True)
    output, *states = stack(X, mask=MASK, training=training)
    expected, finals = one_upon_the_other(stack, X, residual)
    np.testing.assert_allclose(output, expected, atol=1e-5)
    for ours, theirs in zip(states, finals, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_the_upper_layer_reads_both_directions():
    stack = Stack([ElmanCell(3), ElmanCell(4)], bidirectional=True)
    stack.build((None, None, 2))
    assert [cell.kernel.shape for cell in stack.every_cell] == [(2, 3), (2, 3), (6, 4), (6, 4)]


def test_the_last_step_alone_is_that_of_the_uppermost_layer():
    whole, last = Stack(cells()), Stack(cells(), return_sequences=False)
    np.testing.assert_allclose(last(X), whole(X)[:, -1], atol=1e-6)


def test_its_gradient_is_that_of_its_layers():
    stack = Stack(cells(), bidirectional=True)
    stack.build(X.shape)

    def gradients(network):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(network(tf.constant(X)) ** 2)
        return tape.gradient(loss, [cell.kernel.value for cell in stack.every_cell])

    ours = gradients(lambda x: stack(x, mask=MASK, training=True))
    theirs = gradients(lambda x: one_upon_the_other(stack, x, residual=False)[0])
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def test_a_stream_in_two_batches_is_the_whole():
    stream, whole = Stack(cells(), stateful=True), Stack(cells())
    halves = [np.array(stream(x, training=True)) for x in (X[:, :2], X[:, 2:])]
    np.testing.assert_allclose(np.concatenate(halves, axis=1), whole(X), atol=1e-5)


def test_every_cell_draws_noise_of_its_own():
    stack = Stack(
        [ElmanCell(3, "linear", seed=1), ElmanCell(3, "linear", seed=1)], dropout=RecurrentDropout(0.5, seed=4)
    )
    first, second = (np.array(stack(X, training=True)) for _ in range(2))
    assert (first != second).any()
    np.testing.assert_array_equal(stack(X), stack(X))


def test_what_excludes_other_arguments_survives_too():
    stack = Stack(cells(), return_sequences=False, stateful=True)
    copy = Stack.from_config(stack.get_config())
    assert (copy.return_sequences, copy.stateful) == (False, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"cells": []}, r"Stack: cells=\[\], expected a list of at least one cell"),
        ({"cells": [keras.layers.Dense(2)]}, r"Stack: cell=.*expected a cell with state_size and output_size.*"),
        ({"bidirectional": "yes"}, "Stack: bidirectional='yes', expected True or False"),
        ({"residual": "no"}, "Stack: residual='no', expected True or False"),
        ({"bidirectional": True, "stateful": True}, "Stack: stateful with bidirectional: .+"),
        ({"residual": True, "return_sequences": False}, "Stack: residual without return_sequences, expected .+"),
        (
            {"residual": True, "cells": [ElmanCell(2), ElmanCell(3)]},
            r"Stack: residual, expected layers of one width, got \[2, 3\]",
        ),
    ],
)
def test_what_cannot_be_is_one_line(arguments, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        Stack(**{"cells": cells(), **arguments})
