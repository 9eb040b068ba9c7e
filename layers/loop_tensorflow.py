"""The loop on TensorFlow: one `tf.while_loop` of stock ops, which runs with XLA and without, eagerly and in a SavedModel."""

import tensorflow as tf
from tensorflow.python.eager.record import stop_recording
from tensorflow.python.framework.ops import get_default_graph
from tensorflow.python.ops.control_flow_util import GraphOrParentsInXlaContext

RUN_SIDE_BY_SIDE = True
ALWAYS_COMPILED = False


def scan(walks):
    """Runs independent `Walk`s of equal length side by side in one loop: [(carry, outputs), ...], outputs (T, B, W)."""
    length = _length(walks[0].inputs[0])
    sources = [[_unstack(x, length) for x in walk.inputs] for walk in walks]
    sinks = [[_reserve(walk.carry[0], width, length) for width in walk.widths] for walk in walks]

    def body(t, carries, sinks):
        moved = [_move(*each, t, length) for each in zip(walks, carries, sources, sinks, strict=True)]
        return t + 1, [carry for carry, _ in moved], [written for _, written in moved]

    _, carries, sinks = tf.while_loop(
        lambda t, *_: t < length,
        body,
        (tf.constant(0), [list(walk.carry) for walk in walks], sinks),
        maximum_iterations=length,
    )
    return [
        (tuple(carry), tuple(sink.stack() for sink in written)) for carry, written in zip(carries, sinks, strict=True)
    ]


def _move(walk, carry, sources, sinks, t, length):
    """One step of one walk: its new carry, and its outputs written."""
    at = length - 1 - t if walk.reverse else t
    new, outputs = walk.step(tuple(carry), tuple(source.read(at) for source in sources))
    for before, after in zip(carry, new, strict=True):
        after.set_shape(before.shape)  # a loop may not forget what it knew
    return list(new), [sink.write(at, output) for sink, output in zip(sinks, outputs, strict=True)]


def _length(x):
    return tf.shape(x)[0] if x.shape[0] is None else x.shape[0]


def _unstack(x, length):
    return tf.TensorArray(x.dtype, size=length, element_shape=x.shape[1:]).unstack(x)


def _reserve(carry, width, length):
    return tf.TensorArray(carry.dtype, size=length, element_shape=[carry.shape[0], width])


def differentiable(forward, backward, arrays, constants):
    """`forward(arrays, constants) -> (outputs, kept)` without `kept`, whose gradient with respect to `arrays` is
    `backward(arrays, constants, kept, gradients of the outputs)`; all of them nested tuples of tensors.

    Derivatives of that gradient are TensorFlow's own: both passes run once more, recorded.
    """

    @tf.custom_gradient
    def run(*flat):
        given = tf.nest.pack_sequence_as(arrays, flat)
        with stop_recording():  # or an eager tape follows the forward pass too
            outputs, kept = forward(given, constants)

        def gradient(*upstream):
            upstream = tf.nest.pack_sequence_as(outputs, upstream)
            return _differentiable_again(forward, backward, given, constants, kept, upstream)

        structure.append(outputs)
        return tf.nest.flatten(outputs), gradient

    structure: list = []
    flat = run(*tf.nest.flatten(arrays))
    return tf.nest.pack_sequence_as(structure[0], flat)


def _differentiable_again(forward, backward, arrays, constants, kept, upstream):
    """The gradients, flat, such that a tape around them sees on what they depend: `kept` is the arrays' too."""
    sources = (arrays, upstream)

    @tf.custom_gradient
    def run(*flat):
        given, above = tf.nest.pack_sequence_as(sources, flat)

        def again(given, above):
            _, kept = _inlined(forward)(given, constants)
            return _inlined(backward)(given, constants, kept, above)

        with stop_recording():
            slopes = tf.nest.flatten(backward(given, constants, kept, above))
        return slopes, lambda *higher: _slopes(again, (given, above), higher)

    return run(*tf.nest.flatten(sources))


def _differentiated_as(other, function, arrays):
    """`function(*arrays)`, whose gradient is that of `other(*arrays)`, which computes the same."""
    structure: list = []

    @tf.custom_gradient
    def run(*flat):
        given = tf.nest.pack_sequence_as(arrays, flat)
        with stop_recording():
            outputs = function(*given)
        structure.append(outputs)
        return tf.nest.flatten(outputs), lambda *upstream: _slopes(other, given, upstream)

    flat = run(*tf.nest.flatten(arrays))
    return tf.nest.pack_sequence_as(structure[0], flat)


def _slopes(function, arrays, upstream):
    """The gradients, flat, of `function(*arrays)`, which is run and recorded."""
    sources = tf.nest.flatten(arrays)
    with tf.GradientTape() as tape:
        tape.watch(sources)
        outputs = tf.nest.flatten(function(*arrays))
    return tape.gradient(outputs, sources, list(upstream), unconnected_gradients=tf.UnconnectedGradients.ZERO)


def _inlined(function):
    """The function without a program of its own, whose loops TensorFlow could not differentiate from outside."""
    return getattr(function, "python_function", function)


def compiled(function):
    """The function as a program of its own for XLA, compiled once for each shape of its arguments."""
    return tf.function(function, jit_compile=True, autograph=False)


@compiled
def softmax_slope(logits, labels):
    """-log softmax(logits)[label], (N,), and its gradient with respect to the logits, (N, V).

    A program of its own: TensorFlow's operation for it takes several times as long on a CPU.
    """
    logits = tf.cast(logits, tf.float32) if logits.dtype in (tf.float16, tf.bfloat16) else logits
    highest = tf.reduce_max(logits, axis=-1, keepdims=True)
    total = highest + tf.math.log(tf.reduce_sum(tf.exp(logits - highest), axis=-1, keepdims=True))  # (N, 1)
    right = tf.gather(logits, labels, batch_dims=1)
    chosen = tf.range(tf.shape(logits)[1], dtype=labels.dtype) == labels[:, None]
    return total[:, 0] - right, tf.exp(logits - total) - tf.cast(chosen, logits.dtype)


def lstm_of_one_row(x, weights, states, mask, reverse, by_loop):
    """(y (T, 1, H), (h, c)) of a standard LSTM over one sequence, by TensorFlow's one operation for all of its steps.

    For several rows a loop is faster. The operation knows no mask: the steps that count are gathered before it. TensorFlow
    2.21 registers the gradient of another order of gates for it, so the gradient is that of
    `by_loop(x, weights, states)`.
    """

    def by_block(x, weights, states):
        return _block(x, weights, states, mask, reverse)

    return _differentiated_as(by_loop, by_block, (x, weights, states))


def _block(x, weights, states, mask, reverse):
    (kernel, recurrent, bias), (h, c) = weights, states
    length = _length(x)
    steps = tf.range(length) if mask is None else tf.where(mask[:, 0, 0])[:, 0]
    steps = tf.reverse(steps, [0]) if reverse else steps
    x = x if mask is None and not reverse else tf.gather(x, steps)
    unused = tf.zeros([recurrent.shape[0]], x.dtype)
    block = tf.raw_ops.BlockLSTMV2(
        seq_len_max=tf.shape(x, tf.int64)[0],
        x=x,
        cs_prev=c,
        h_prev=h,
        w=tf.concat([kernel, recurrent], 0),
        wci=unused,
        wcf=unused,
        wco=unused,
        b=bias,
        cell_clip=0.0,
        use_peephole=False,
    )
    final = tuple(tf.concat([start[None], each], 0)[-1] for start, each in ((h, block.h), (c, block.cs)))
    if mask is None:
        return tf.reverse(block.h, [0]) if reverse else block.h, final
    shape = tf.stack([tf.cast(length, tf.int64), 1, recurrent.shape[0]])
    return tf.scatter_nd(steps[:, None], block.h, shape), final


def split_rows(x, parts, axis=0):
    """x in parts of equally many rows; the last ones have fewer, or none."""
    rows = tf.shape(x)[axis] if x.shape[axis] is None else x.shape[axis]
    size = -(-rows // parts)
    lower, higher = (min, max) if isinstance(rows, int) else (tf.minimum, tf.maximum)
    return tf.split(x, [higher(lower(rows - part * size, size), 0) for part in range(parts)], axis)


def inside_compilation():
    """Whether what is being traced will be compiled by XLA as a part of something larger."""
    return not tf.executing_eagerly() and GraphOrParentsInXlaContext(get_default_graph())


def device_kind():
    """CPU, GPU or TPU: what TensorFlow puts a layer on."""
    found = {device.device_type for device in tf.config.list_logical_devices()}
    return next((kind for kind in ("TPU", "GPU") if kind in found), "CPU")
