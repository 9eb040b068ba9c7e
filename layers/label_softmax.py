"""Each label on its own: p(y | x) = Π_t softmax(x[t] W + b)[y_t]. The CRF without a chain, to compare with it."""

import keras
from keras import ops

from .chain_posterior import ChainPosterior
from .emissions import Emissions
from .k_best import best_paths
from .linear_chain import wide


@keras.saving.register_keras_serializable(package="keras_seq")
class LabelSoftmax(Emissions):
    """Labels every step independently; it answers the same calls as `CRF`.

    Args:
        units: K, the number of labels.
        kernel_initializer: start value of the projection of the inputs.
        seed: makes a start value given by name repeatable.

    Call arguments:
        inputs: features, (B, T, D).

    Returns emissions (B, T, K). Masking: the methods take the mask as an argument; True may lie anywhere.

    Example: `LabelSoftmax(3)(keras.ops.ones((1, 2, 4)))` has shape (1, 2, 3).
    """

    def step_log_likelihoods(self, emissions, labels, mask):
        """log p(label at t | emissions), (B, T), 0 on padding. labels (B, T) of int, mask (B, T) of bool."""
        labels = ops.where(mask, labels, 0)[..., None]
        return ops.where(mask, ops.take_along_axis(ops.log_softmax(emissions), labels, axis=2)[..., 0], 0)

    def log_likelihood(self, emissions, labels, mask):
        """log p(labels | emissions) of each row, (B,)."""
        return ops.sum(self.step_log_likelihoods(emissions, labels, mask), axis=1)

    def decode(self, emissions, mask):
        """The most probable labels (B, T) of int32, 0 on padding, and their log-probability (B,)."""
        labels = ops.cast(ops.where(mask, ops.argmax(emissions, axis=-1), 0), "int32")
        return labels, self.log_likelihood(emissions, labels, mask)

    def best(self, emissions, mask, count):
        """The `count` most probable paths (B, N, T) and their log-probabilities (B, N), the best first; see `best_paths`."""
        free = [ops.zeros(shape) for shape in ((self.units,), (self.units, self.units), (self.units,))]
        return best_paths(ops.log_softmax(wide(emissions)), mask, *free, count=count)

    def marginals(self, emissions, mask):
        """p(label at t = k | emissions), (B, T, K); zero on padding."""
        return ops.where(mask[..., None], ops.softmax(emissions), 0)

    def posterior(self, emissions, mask):
        """A `ChainPosterior`: the sums over paths are known without a walk where no label depends on another."""
        shares = ops.log_softmax(wide(emissions))
        free = wide(ops.zeros((self.units, self.units)))
        return ChainPosterior(shares, shares, ops.zeros_like(shares), mask, free, ops.zeros_like(shares[:, 0, 0]))
