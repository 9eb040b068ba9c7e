"""A linear layer, softmax and cross-entropy in one, for large vocabularies: loss = log Σ_v exp(h·w_v + b_v) - (h·w_y + b_y).

With p = softmax(h W + b) - onehot(y) and d the gradient of each loss: ∂h = d (p Wᵀ), ∂W = (d h)ᵀ p, ∂b = dᵀ p. One (N, V)
array is kept, p; as d scales the narrow sides of the products, it is never written a second time.
"""

from functools import partial
from typing import Any

from keras import ops

from .loop import differentiable, softmax_slope
from .sequence_loss import IGNORED


def linear_cross_entropy(states: Any, kernel: Any, bias: Any, labels: Any, transposed: bool = False) -> Any:
    """Cross-entropy of the softmax over h W + b, with its gradient written by hand.

    Args:
        states: h, (N, H).
        kernel: W, (H, V), or (V, H) with `transposed`, as an embedding tied to the output has it.
        bias: b, (V,); None: none.
        labels: (N,) of int, the right word of each row; `IGNORED` (-1): the row has loss 0.
        transposed: whether W lies as (V, H).

    Returns the losses in nats, (N,), float32 or wider.

    Raises ValueError for shapes that do not fit.

    Example: `linear_cross_entropy(ops.ones((3, 8)), ops.ones((8, 100)), ops.zeros(100), [1, 2, 3])` is log 100 thrice.
    """
    labels = ops.convert_to_tensor(labels)
    _check(states, kernel, bias, labels, transposed)
    real = ops.not_equal(labels, IGNORED)
    labels = ops.where(real, ops.cast(labels, "int32"), 0)
    if bias is None:
        bias = ops.zeros((kernel.shape[0 if transposed else 1],), states.dtype)
    kernel, bias = ops.cast(kernel, states.dtype), ops.cast(bias, states.dtype)
    passes = partial(_forward, transposed), partial(_backward, transposed)
    losses = differentiable(*passes, (states, kernel, bias), labels)
    return ops.where(real, losses, 0)


def _forward(transposed, arrays, labels):
    h, w, b = arrays
    losses, p = softmax_slope(ops.matmul(h, ops.transpose(w) if transposed else w) + b, labels)
    return losses, ops.cast(p, h.dtype)


def _backward(transposed, arrays, labels, p, d):
    h, w, _ = arrays
    d = ops.cast(d, h.dtype)
    scaled = h * d[:, None]
    d_h = ops.matmul(p, w if transposed else ops.transpose(w)) * d[:, None]
    d_w = ops.matmul(ops.transpose(p), scaled) if transposed else ops.matmul(ops.transpose(scaled), p)
    return d_h, d_w, ops.matmul(d[None, :], p)[0]


def _check(states, kernel, bias, labels, transposed):
    if len(states.shape) != 2 or len(kernel.shape) != 2:
        raise ValueError(
            f"linear_cross_entropy: expected states (N, H) and a kernel (H, V), got {states.shape} and {kernel.shape}"
        )
    size, vocabulary = reversed(kernel.shape) if transposed else kernel.shape
    if states.shape[1] != size:
        raise ValueError(f"linear_cross_entropy: states of width {states.shape[1]}, expected {size} as the kernel has")
    if bias is not None and tuple(bias.shape) != (vocabulary,):
        raise ValueError(f"linear_cross_entropy: bias of shape {tuple(bias.shape)}, expected ({vocabulary},)")
    rows = tuple(labels.shape)
    if len(rows) != 1 or (None not in (rows[0], states.shape[0]) and rows[0] != states.shape[0]):
        raise ValueError(f"linear_cross_entropy: labels of shape {rows}, expected ({states.shape[0]},)")
