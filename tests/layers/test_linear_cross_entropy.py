"""The fused loss equals log-softmax and a look-up, with the gradient of finite differences."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_seq.layers import IGNORED, linear_cross_entropy

RNG = np.random.default_rng(21)
N, H, V = 5, 3, 7
STATES, KERNEL, BIAS = RNG.normal(size=(N, H)), RNG.normal(size=(H, V)), RNG.normal(size=V)
LABELS = np.array([0, 6, IGNORED, 3, 3])
WEIGHTS = RNG.uniform(0.5, 2, size=N)


def expected(states, kernel, bias):
    logits = states @ kernel + bias
    highest = logits.max(axis=1, keepdims=True)
    logs = logits - highest - np.log(np.exp(logits - highest).sum(axis=1, keepdims=True))
    return np.where(LABELS >= 0, -logs[np.arange(N), LABELS], 0)


def difference(arrays, place):
    """The gradient of the weighted sum of the losses by one of the arrays, by finite differences."""
    slope = np.zeros_like(arrays[place])
    for at in np.ndindex(*slope.shape):
        ends = []
        for step in (1e-6, -1e-6):
            moved = [array.copy() for array in arrays]
            moved[place][at] += step
            ends.append((WEIGHTS * expected(*moved)).sum())
        slope[at] = (ends[0] - ends[1]) / 2e-6
    return slope


def ours(arrays, transposed):
    """Losses and gradients."""
    states, kernel, bias = (tf.constant(array) for array in arrays)
    with tf.GradientTape() as tape:
        tape.watch([states, kernel, bias])
        laid = tf.transpose(kernel) if transposed else kernel
        losses = linear_cross_entropy(states, laid, bias, LABELS, transposed)
        total = tf.reduce_sum(losses * WEIGHTS)
    return losses, tape.gradient(total, [states, kernel, bias])


@pytest.mark.parametrize("transposed", [False, True])
@pytest.mark.parametrize("way", ["eager", "graph", "xla"])
def test_losses_and_gradients(way, transposed):
    arrays = [STATES, KERNEL, BIAS]

    def run():
        return ours(arrays, transposed)

    losses, gradients = run() if way == "eager" else tf.function(run, jit_compile=way == "xla")()
    np.testing.assert_allclose(losses, expected(*arrays), rtol=1e-9)
    for place, gradient in enumerate(gradients):
        np.testing.assert_allclose(gradient, difference(arrays, place), rtol=1e-6, atol=1e-8)


def test_a_tied_kernel_without_bias():
    losses = linear_cross_entropy(STATES, KERNEL.T.copy(), None, LABELS, transposed=True)
    np.testing.assert_allclose(losses, expected(STATES, KERNEL, 0 * BIAS), rtol=1e-9)


def test_large_logits_overflow_nothing():
    losses = linear_cross_entropy(np.full((1, 1), 1e4), np.array([[1.0, -1.0]]), None, np.array([1]))
    assert float(losses[0]) == pytest.approx(2e4)


def test_half_precision_sums_in_float32():
    arrays = [keras.ops.cast(array, "bfloat16") for array in (STATES, KERNEL, BIAS)]
    losses = linear_cross_entropy(*arrays, LABELS)
    assert losses.dtype == "float32"
    np.testing.assert_allclose(losses, expected(STATES, KERNEL, BIAS), atol=0.05)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ((STATES[0], KERNEL, BIAS, LABELS), r"expected states \(N, H\) and a kernel \(H, V\), got \(3,\) and \(3, 7\)"),
        ((STATES[:, :2], KERNEL, BIAS, LABELS), "states of width 2, expected 3 as the kernel has"),
        ((STATES, KERNEL, BIAS[:4], LABELS), r"bias of shape \(4,\), expected \(7,\)"),
        ((STATES, KERNEL, BIAS, LABELS[:2]), r"labels of shape \(2,\), expected \(5,\)"),
    ],
)
def test_shapes_that_do_not_fit_are_one_line(arrays, message):
    with pytest.raises(ValueError, match=f"^linear_cross_entropy: {message}$"):
        linear_cross_entropy(*arrays)
