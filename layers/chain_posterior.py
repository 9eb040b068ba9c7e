"""What a chain says of its labels once all of x is known (Rabiner, 1989): of each step, and of several in a row.

p(y_t = k | x)                  = exp(α_t[k] + β_t[k] - log Z)
p(y_s = z_s, ..., y_e = z_e | x) = exp(α_s[z_s] + Σ_{s<t≤e} (transitions[z_{t-1}, z_t] + emissions[t, z_t]) + β_e[z_e] - log Z)
"""

from typing import Any, NamedTuple

from keras import ops

from .chain_steps import first_step, last_step, step_after, step_before
from .linear_chain import backward_sums, forward_sums, wide


class ChainPosterior(NamedTuple):
    """The sums over all paths from the left and from the right, made once for whatever is asked of them.

    emissions, alphas, betas: (B, T, K); what stands on steps that do not count is nobody's business.
    mask: (B, T) of bool, True anywhere; the chain closes over the gaps.
    transitions: (K, K).
    total: log Z, (B,).

    `crf.posterior(emissions, mask)` makes it, and `LabelSoftmax` does.
    """

    emissions: Any
    alphas: Any
    betas: Any
    mask: Any
    transitions: Any
    total: Any

    def marginals(self) -> Any:
        """p(y_t = k | x), (B, T, K); zero on padding."""
        shares = _share(self.alphas + self.betas - self.total[:, None, None])
        return ops.where(self.mask[..., None], shares, 0)

    def segments(self, labels: Any, last: Any, longer: Any = None) -> Any:
        """At every step t, the probability that the steps t, ..., last[t] have these labels and no others.

        Args:
            labels: (B, T) of int: one path that the chain allows; anything on padding.
            last: (B, T) of int, a step that counts, not before t.
            longer: (B, T) of int: a label that the step after last[t] must not have either, -1 for none. So a segment is the
                whole of something that would otherwise go on.

        Returns (B, T); zero on padding.
        """
        labels = ops.where(self.mask, ops.cast(labels, "int32"), 0)
        sums = ops.cumsum(self._steps(labels), axis=1)
        left = _chosen(self.alphas, labels) - sums  # what leads to t, with the path's own steps up to it taken off
        right = _at(_chosen(self.betas, labels) + sums, last)
        total = self.total[:, None]
        found = _share(left + right - total)
        if longer is not None:
            longer = ops.cast(longer, "int32")
            beyond = self._beyond(labels, last, ops.maximum(longer, 0))
            found -= ops.where(longer >= 0, _share(left + _at(sums, last) + beyond - total), 0)
        return ops.where(self.mask, ops.maximum(found, 0), 0)

    def _steps(self, labels):
        """What each step of the path adds to its score, (B, T); the start left out."""
        before = _at(labels, step_before(self.mask))
        moved = ops.where(first_step(self.mask), 0, self._moved(before, labels))
        return ops.where(self.mask, _chosen(self.emissions, labels) + moved, 0)

    def _beyond(self, labels, last, label):
        """The score of going on from last[t] with a label, summed over all that may follow; -inf after the last step."""
        following = _at(step_after(self.mask), last)
        onward = ops.take_along_axis(self.emissions + self.betas, following[..., None], axis=1)
        score = self._moved(_at(labels, last), label) + _chosen(onward, label)
        return ops.where(_at(last_step(self.mask), last), -float("inf"), score)

    def _moved(self, before, after):
        """transitions[before, after], (B, T)."""
        size = self.transitions.shape[0]
        return ops.take(ops.reshape(self.transitions, (-1,)), before * size + after)


def chain_posterior(emissions: Any, mask: Any, start: Any, transitions: Any, end: Any) -> ChainPosterior:
    """The posterior of a chain; shapes as in `linear_chain`."""
    emissions, start, transitions, end = (wide(x) for x in (emissions, start, transitions, end))
    alphas, total = forward_sums(emissions, mask, start, transitions, end)
    betas, _ = backward_sums(emissions, mask, transitions, end)
    alphas, betas = (ops.transpose(sums, (1, 0, 2)) for sums in (alphas, betas))
    return ChainPosterior(emissions, alphas, betas, mask, transitions, total)


def _share(score):
    """exp of what is at most 0 but for rounding."""
    return ops.exp(ops.minimum(score, 0))


def _chosen(scores, labels):
    """(B, T): of the scores (B, T, K) that of each step's label."""
    return ops.take_along_axis(scores, labels[..., None], axis=2)[..., 0]


def _at(values, places):
    """values (B, T) at other places (B, T) of their rows."""
    return ops.take_along_axis(values, places, axis=1)
