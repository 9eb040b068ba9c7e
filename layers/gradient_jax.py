"""Gradients of a function, by JAX; see `gradient_tensorflow`."""

import jax


def gradients(function, arrays):
    """∂ function(*arrays) / ∂ each array, of a function whose value is one number."""
    return jax.grad(function, argnums=tuple(range(len(arrays))))(*map(jax.numpy.asarray, arrays))
