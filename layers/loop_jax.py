"""The loop on JAX: one `jax.lax.scan`."""

import jax
import jax.numpy as jnp

RUN_SIDE_BY_SIDE = False
ALWAYS_COMPILED = True


def scan(walks):
    """Runs independent `Walk`s of equal length side by side in one loop: [(carry, outputs), ...], outputs (T, B, W)."""

    def body(carries, inputs):
        moved = [walk.step(carry, x) for walk, carry, x in zip(walks, carries, inputs, strict=True)]
        return [carry for carry, _ in moved], [outputs for _, outputs in moved]

    carries, outputs = jax.lax.scan(
        body, [walk.carry for walk in walks], [_in_walking_order(walk, walk.inputs) for walk in walks]
    )
    return [(carry, _in_walking_order(walk, out)) for walk, carry, out in zip(walks, carries, outputs, strict=True)]


def _in_walking_order(walk, arrays):
    return tuple(jnp.flip(x, 0) for x in arrays) if walk.reverse else tuple(arrays)


def differentiable(forward, backward, arrays, constants):
    """`forward(arrays, constants) -> (outputs, kept)` without `kept`, whose gradient with respect to `arrays` is
    `backward(arrays, constants, kept, gradients of the outputs)`; all of them nested tuples of arrays."""

    @jax.custom_vjp
    def run(arrays, constants):
        return forward(arrays, constants)[0]

    def keep(arrays, constants):
        outputs, kept = forward(arrays, constants)
        return outputs, (arrays, constants, kept)

    def gradient(saved, upstream):
        return backward(*saved, upstream), None  # constants have none

    run.defvjp(keep, gradient)
    return run(arrays, constants)


def softmax_slope(logits, labels):
    """-log softmax(logits)[label], (N,), and its gradient with respect to the logits, (N, V)."""
    logits = logits.astype(jnp.promote_types(logits.dtype, jnp.float32))
    rows = jnp.arange(logits.shape[0])
    total = jax.nn.logsumexp(logits, axis=-1)
    slope = jnp.exp(logits - total[:, None]).at[rows, labels].add(-1)
    return total - logits[rows, labels], slope


lstm_of_one_row = None  # XLA compiles the loop


def compiled(function):
    """The function as a program of its own, compiled once for each shape of its arguments."""
    return jax.jit(function)


def split_rows(x, parts, axis=0):
    """x in parts of equally many rows; the last ones have fewer, or none."""
    size = -(-x.shape[axis] // parts)
    return jnp.split(x, [part * size for part in range(1, parts)], axis)


def inside_compilation():
    """Whether what is being traced will be compiled as a part of something larger: JAX then takes ours in."""
    return False


def device_kind():
    """CPU, GPU or TPU: what JAX puts a layer on."""
    return jax.default_backend().upper()
