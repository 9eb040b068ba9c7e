"""Gradients of a function, by TensorFlow; `gradient_jax` has the same for JAX."""

import tensorflow as tf


def gradients(function, arrays):
    """∂ function(*arrays) / ∂ each array, of a function whose value is one number."""
    arrays = [tf.convert_to_tensor(array) for array in arrays]
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(arrays)
        value = function(*arrays)
    return tape.gradient(value, arrays, unconnected_gradients=tf.UnconnectedGradients.ZERO)
