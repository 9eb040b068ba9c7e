"""A masked run over a batch equals each row run alone, without its padding; a stream in pieces equals the whole."""

import re

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_seq.layers import CELLS, ElmanCell, GRUCell, JordanCell, LSTMCell, Recurrence, RecurrentDropout

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


def test_the_mask_of_an_embedding_is_used_beside_initial_states():
    ids, start = np.array([[0, 2, 0, 3, 0]]), [np.ones((1, UNITS), "float32")]
    x = keras.layers.Embedding(5, 2, mask_zero=True)(ids)
    layer = Recurrence(GRUCell(UNITS, seed=1), return_state=True)
    same(layer(x, initial_state=start), layer(np.array(x), mask=ids != 0, initial_state=start))


def test_initial_states_may_be_symbolic():
    x, h = keras.Input((None, 2)), keras.Input((UNITS,))
    layer = Recurrence(ElmanCell(UNITS, seed=1))
    model = keras.Model([x, h], layer(x, initial_state=[h]))
    values = RNG.normal(size=(2, 4, 2)).astype("float32"), RNG.normal(size=(2, UNITS)).astype("float32")
    np.testing.assert_allclose(model(values), layer(values[0], initial_state=[values[1]]), atol=1e-6)


def same(ours, expected, **tolerance):
    for one, other in zip(tf.nest.flatten(ours), tf.nest.flatten(expected), strict=True):
        np.testing.assert_allclose(one, other, **(tolerance or {"rtol": 1e-5, "atol": 1e-6}))


@pytest.mark.parametrize("return_state", [False, True])
@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("training", [False, True])
def test_what_is_returned_is_a_choice(return_sequences, return_state, training, mask):
    x = sequences(mask)
    every, *states = Recurrence(GRUCell(UNITS, seed=1), return_state=True)(x, mask=mask)
    layer = Recurrence(GRUCell(UNITS, seed=1), return_sequences, return_state)
    last = np.where(mask.any(axis=1)[:, None], states[0], 0)
    expected = [every if return_sequences else last, *(states if return_state else ())]
    same(layer(x, mask=mask, training=training), expected)


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("around", [False, True], ids=["by itself", "compiled"])
@pytest.mark.parametrize("jit_compile", [False, True], ids=["op by op", "programs"])
def test_one_graph_serves_every_batch_and_length(training, around, jit_compile):
    layer = Recurrence(LSTMCell(UNITS, seed=1), return_state=True, jit_compile=jit_compile)
    alone = Recurrence(LSTMCell(UNITS, seed=1), return_state=True, jit_compile=False)
    layer.build((None, None, 2))
    unknown = [tf.TensorSpec((None, None, 2)), tf.TensorSpec((None, None), tf.bool)]
    graph = tf.function(
        lambda x, mask: layer(x, mask=mask, training=training), unknown, jit_compile=around, autograph=False
    )
    for shape in [(3, 4), (1, 1), (0, 3)]:
        x, counts = RNG.normal(size=(*shape, 2)).astype("float32"), RNG.random(shape) < 0.7
        same(graph(x, counts), alone(x, mask=counts, training=False))


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("jit_compile", [False, True])
def test_a_batch_without_rows_has_outputs_without_rows_and_no_gradient(training, jit_compile):
    layer = Recurrence(LSTMCell(UNITS), return_state=True, jit_compile=jit_compile)
    with tf.GradientTape() as tape:
        outputs = layer(tf.zeros((0, 4, 2)), training=training)
        loss = sum(map(tf.reduce_sum, outputs))
    assert [tuple(y.shape) for y in outputs] == [(0, 4, UNITS), (0, UNITS), (0, UNITS)]
    gradients = tape.gradient(loss, layer.trainable_variables)
    assert len(gradients) == 3
    assert not any(np.any(g) for g in gradients)


def stream(cell=LSTMCell, **options):
    layer = Recurrence(cell(UNITS, seed=1), return_state=True, stateful=True, **options)
    layer.build((2, None, 2))
    return layer


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("cell", CELLS.values())
def test_a_stream_in_pieces_equals_the_whole(cell, training):
    x, mask = RNG.normal(size=(2, 6, 2)).astype("float32"), RNG.random((2, 6)) < 0.7
    expected = Recurrence(cell(UNITS, seed=1), return_state=True)(x, mask=mask)
    layer = stream(cell)
    first, *_ = layer(x[:, :4], mask=mask[:, :4], training=training)
    second, *final = layer(x[:, 4:], mask=mask[:, 4:], training=training)
    same([np.concatenate([first, second], axis=1), *final], expected)


def test_the_gradient_of_a_stream_ends_at_the_cut(learner):
    """It is that of a piece whose initial states are given."""
    x = RNG.normal(size=(2, 6, 2)).astype("float32")
    upstream = [tf.ones((2, 3, UNITS)), tf.ones((2, UNITS)), tf.ones((2, UNITS))]
    layer, other = stream(), Recurrence(LSTMCell(UNITS, seed=1), return_state=True)
    _, *states = layer(x[:, :3])
    other.build((2, None, 2))
    ours = learner(layer, "eager")(tf.constant(x[:, 3:]), None, [], upstream)
    expected = learner(other, "eager")(tf.constant(x[:, 3:]), None, states, upstream)
    same(ours[0], expected[0])
    same(ours[1], [expected[1][0], *expected[1][3:]])  # but for the states' own


@pytest.mark.parametrize("jit_compile", [False, True])
def test_a_compiled_model_carries_its_states_on(jit_compile):
    x = keras.Input(batch_shape=(2, 3, 2))
    layer = Recurrence(ElmanCell(UNITS, seed=1), stateful=True)
    model = keras.Model(x, layer(x))
    model.compile(keras.optimizers.SGD(0.0), "mse", jit_compile=jit_compile)
    values = RNG.normal(size=(2, 6, 2)).astype("float32")
    whole = Recurrence(ElmanCell(UNITS, seed=1))(values)
    model.train_on_batch(values[:, :3], np.zeros((2, 3, UNITS)))
    np.testing.assert_allclose(model.predict_on_batch(values[:, 3:]), whole[:, 3:], atol=1e-6)


def test_carried_states_are_put_back():
    layer, x = stream(), RNG.normal(size=(2, 3, 2)).astype("float32")
    first, given = layer(x), [np.ones((2, UNITS), "float32"), np.zeros((2, UNITS), "float32")]
    layer.reset_state()
    same(layer(x), first)
    layer.reset_state(given)
    same(layer(x), Recurrence(layer.cell, return_state=True)(x, initial_state=given))


def test_initial_states_come_before_carried_ones():
    layer, x = stream(), RNG.normal(size=(2, 3, 2)).astype("float32")
    zeros = [np.zeros((2, UNITS), "float32")] * 2
    same(layer(x, initial_state=zeros), layer(x, initial_state=zeros))


def line(message):
    """A pattern for a message of one line, which Keras may put between lines of its own."""
    return rf"(?m)^[^\n]*{message}(\x1b\[0m)?$"


X = np.zeros((2, 5, 4), "float32")


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 4, 5)])
@pytest.mark.parametrize("seen", [False, True], ids=["new", "built"])
def test_a_wrong_rank_is_one_line(shape, seen):
    layer = Recurrence(ElmanCell(UNITS), name="reader")
    if seen:
        layer(np.zeros((2, 3, 4), "float32"))
    with pytest.raises(ValueError, match=rf"^[^\n]*reader[^\n]*expected ndim=3, found ndim={len(shape)}[^\n]*$"):
        layer(np.zeros(shape, "float32"))


def states(*shapes):
    return [np.zeros(shape, "float32") for shape in shapes]


@pytest.mark.parametrize(
    ("x", "options", "message"),
    [
        (X, {"mask": np.ones((2, 4), bool)}, "mask of shape (2, 4), expected (B, T) = (2, 5)"),
        (X, {"mask": np.ones((5, 2), bool)}, "mask of shape (5, 2), expected (B, T) = (2, 5)"),
        (X, {"mask": np.ones((2, 5, 1), bool)}, "mask of shape (2, 5, 1), expected (B, T) = (2, 5)"),
        (
            keras.Input((5, 4)),
            {"mask": keras.Input((4,), dtype="bool")},
            "mask of shape (None, 4), expected (B, T) = (None, 5)",
        ),
        (X[:, :0], {}, "zero time steps, expected at least 1, got input of shape (2, 0, 4)"),
        (keras.Input((0, 4)), {}, "zero time steps, expected at least 1, got input of shape (None, 0, 4)"),
        (
            X,
            {"initial_state": states((2, 3))},
            "initial_state of shapes [(2, 3)], expected [(2, 3), (2, 3)]",
        ),
        (
            X,
            {"initial_state": states((2, 3), (2, 4))},
            "initial_state of shapes [(2, 3), (2, 4)], expected [(2, 3), (2, 3)]",
        ),
        (
            X,
            {"initial_state": states((1, 3), (1, 3))},
            "initial_state of shapes [(1, 3), (1, 3)], expected [(2, 3), (2, 3)]",
        ),
        (
            keras.Input((None, 4)),
            {"initial_state": [keras.Input((3,)), keras.Input((5,))]},
            "initial_state of shapes [(None, 3), (None, 5)], expected [(None, 3), (None, 3)]",
        ),
    ],
)
def test_what_does_not_fit_is_one_line(x, options, message):
    with pytest.raises(ValueError, match=line("reader: " + re.escape(message))):
        Recurrence(LSTMCell(3), name="reader")(x, **options)


@pytest.mark.parametrize("cell", ["lstm", 64, LSTMCell, keras.layers.Dense(3)])
def test_what_is_no_cell_is_one_line(cell):
    expected = "expected a cell with state_size and output_size, such as LSTMCell(64)"
    with pytest.raises(ValueError, match=rf"^Recurrence: cell={re.escape(repr(cell))}, {re.escape(expected)}$"):
        Recurrence(cell)


@pytest.mark.parametrize("argument", ["return_sequences", "return_state", "reverse", "stateful", "jit_compile"])
def test_what_is_neither_true_nor_false_is_one_line(argument):
    with pytest.raises(ValueError, match=rf"^Recurrence: {argument}='auto', expected True or False$"):
        Recurrence(LSTMCell(3), **{argument: "auto"})


def test_dropout_of_another_type_is_one_line():
    expected = re.escape("expected a RecurrentDropout, such as RecurrentDropout(inputs=0.3)")
    with pytest.raises(ValueError, match=rf"^Recurrence: dropout=0.5, {expected}$"):
        Recurrence(LSTMCell(3), dropout=0.5)


@pytest.mark.parametrize("kind", ["states", "weights"])
@pytest.mark.parametrize("x", [X, keras.Input((None, 4))], ids=["array", "symbol"])
def test_noise_that_a_cell_cannot_have_is_one_line(kind, x):
    layer = Recurrence(JordanCell(3), dropout=RecurrentDropout(**{kind: 0.5}), name="reader")
    message = f"reader: dropout of {kind}, expected a standard cell, got: JordanCell is no standard cell"
    with pytest.raises(ValueError, match=line(message)):
        layer(x)


def test_a_stream_of_unknown_batch_is_one_line():
    message = "reader: stateful, expected a fixed batch size, got None: use keras.Input\\(batch_shape=...\\)"
    with pytest.raises(ValueError, match=line(message)):
        Recurrence(LSTMCell(3), stateful=True, name="reader")(keras.Input((None, 4)))


@pytest.mark.parametrize("training", [False, True])
def test_a_stream_of_another_batch_is_one_line(training):
    layer = Recurrence(LSTMCell(3), stateful=True, name="reader")
    layer(X)
    with pytest.raises(ValueError, match=line("reader: stateful, a batch of 1 rows, expected 2")):
        layer(X[:1], training=training)


@pytest.mark.parametrize("stateful", [False, True])
def test_no_stream_has_nothing_to_put_back(stateful):
    expected = "expected a layer made with stateful=True that has been called"
    with pytest.raises(ValueError, match=rf"^reader: reset_state, {expected}$"):
        Recurrence(LSTMCell(3), stateful=stateful, name="reader").reset_state()
