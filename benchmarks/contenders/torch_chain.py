"""A conditional random field in torch, its loss in float32: the sums as matrix products, the gradient torch's own.

log Σ_i exp(α_i + A_ij) = log(exp(α - max α) exp(A - max A)) + max α + max A, so that a step is one product (B, K) x (K, K); the
usual sum over (B, K, K) would cost K times the memory.
"""

import numpy as np
import torch
from torch import Tensor, nn

FORBIDDEN = -1e4  # exp of it is 0, and no infinity meets the gradient
TINY = 1e-37  # of a sum, below which its logarithm would not be finite


class Chain(nn.Module):
    """Emissions (T, B, K), labels (T, B), mask (T, B), True first -> log p(labels) (B,).

    Args:
        labels: K.
        allowed: `transitions` (K, K), `start` and `end` (K,) of bool; all are where it is empty.
    """

    def __init__(self, labels: int, allowed: dict[str, np.ndarray]):
        super().__init__()
        for name, shape in (("transitions", (labels, labels)), ("start", (labels,)), ("end", (labels,))):
            setattr(self, name, nn.Parameter(torch.zeros(shape)))
            table = torch.from_numpy(allowed.get(name, np.ones(shape, bool)))
            self.register_buffer(f"against_{name}", torch.where(table, 0.0, FORBIDDEN))

    def forward(self, emissions: Tensor, labels: Tensor, mask: Tensor) -> Tensor:
        start, end = self.start + self.against_start, self.end + self.against_end
        transitions = self.transitions + self.against_transitions
        counts = mask.float()
        emitted = (emissions.gather(2, labels[..., None])[..., 0] * counts).sum(0)
        moved = (transitions[labels[:-1], labels[1:]] * counts[1:]).sum(0)
        last = labels.gather(0, mask.sum(0, keepdim=True) - 1)[0]
        score = start[labels[0]] + emitted + moved + end[last]
        return score - self.total(emissions, mask, start, transitions, end)

    def total(self, emissions: Tensor, mask: Tensor, start: Tensor, transitions: Tensor, end: Tensor) -> Tensor:
        """log Z (B,)."""
        peak = transitions.detach().max()
        weights = (transitions - peak).exp()
        alpha = start + emissions[0]
        for t in range(1, len(emissions)):
            high = alpha.detach().amax(1, keepdim=True)
            sums = ((alpha - high).exp() @ weights).clamp_min(TINY).log() + (high + peak)
            alpha = torch.where(mask[t][:, None], sums + emissions[t], alpha)
        return (alpha + end).logsumexp(1)
