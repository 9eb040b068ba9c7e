"""How hypotheses of a beam search are scored (Wu et al., 2016, equation 14):

s(Y, X) = log P(Y|X) / lp(Y) + cp(X; Y), lp(Y) = (5 + |Y|)^α / (5 + 1)^α, cp(X; Y) = β Σ_i log min(Σ_j p_ij, 1)

p_ij is the attention that source position i has at step j; |Y| counts the end.
"""

from typing import Any, NamedTuple

from keras import ops

LEAST = 1e-30  # of coverage: a position that was never looked at costs much, and not everything


class Penalties(NamedTuple):
    """What a hypothesis is scored by beside its probability.

    length: α; 0 prefers short ones.
    coverage: β; 0 lets source positions go unseen.
    """

    length: float = 0.0
    coverage: float = 0.0


class BeamScores(NamedTuple):
    """The scores of one search.

    penalties: α and β.
    limits: the most tokens of each row, (B,).
    mask: real source positions, (B, S) of bool; None where there is no coverage.
    """

    penalties: Penalties
    limits: Any
    mask: Any

    def of(self, log_p, length, covered):
        """s (B, N) of hypotheses with log p (B, N), |Y| tokens and the attention (B, N, S) that positions have had."""
        return self._by_length(log_p, length) + self._coverage(covered)

    def hope(self, log_p):
        """What no continuation of beams with log p (B, N), the greatest first, can score more than, (B,).

        A token's log p is at most 0, so log P only falls; it is at most 0 itself, so that the greatest lp, that of the
        longest Y for α >= 0, takes it nearest to 0; and cp is at most 0 for β >= 0.
        """
        return self._by_length(log_p[:, :1], self.limits[:, None])[:, 0]

    def uncovered(self, rows, beams):
        """The attention that positions have had at first, (B, N, S), or ()."""
        return ops.zeros((rows, beams, ops.shape(self.mask)[1]), "float32") if self.penalties.coverage else ()

    def cover(self, covered, weights, running):
        """The attention that positions have had after a step with these weights (B, N, S); other rows keep theirs."""
        if not self.penalties.coverage:
            return covered
        if weights is None:
            raise ValueError(f"penalties.coverage={self.penalties.coverage}, but the step gives no attention weights")
        weights = ops.reshape(ops.cast(weights, covered.dtype), ops.shape(covered))
        return ops.where(running[:, None, None], covered + weights, covered)

    def _by_length(self, log_p, length):
        if not self.penalties.length:
            return log_p
        return log_p / ((5 + ops.cast(length, log_p.dtype)) / 6) ** self.penalties.length

    def _coverage(self, covered):
        if not self.penalties.coverage:
            return 0.0
        seen = ops.where(self.mask[:, None], ops.log(ops.clip(covered, LEAST, 1.0)), 0.0)
        return self.penalties.coverage * ops.sum(seen, axis=-1)
