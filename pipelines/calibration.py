"""How far probabilities are what they say, and the one number that sets them right.

p = softmax(z / T), or σ(z / T): T > 1 makes a network less sure of itself. T minimises the negative log-likelihood of texts
that were not learnt from; it orders labels as before. ECE = Σ_b (n_b / n) |right_b - p_b| over bins of the probability
(Guo, Pleiss, Sun & Weinberger, On calibration of modern neural networks, 2017, equations 3 and 9).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_expit, logsumexp

BINS = 15
COLDEST, HOTTEST = 0.05, 20.0  # temperatures that are looked at


@dataclass(frozen=True)
class Calibration:
    """A temperature, and what it does to the texts that it was fitted to: negative log-likelihood in nats, ECE."""

    temperature: float
    nll_before: float
    nll_after: float
    ece_before: float
    ece_after: float

    def __str__(self) -> str:
        nll = f"negative log-likelihood {self.nll_before:.4f} to {self.nll_after:.4f}"
        ece = f"expected calibration error {self.ece_before:.2%} to {self.ece_after:.2%}"
        return f"temperature {self.temperature:.3f}: {nll}, {ece}"


@dataclass(frozen=True)
class Bins:
    """Bins of probability, equally wide: in each the texts, their mean probability, and the share that were right.

    All (15,); the means and shares of an empty bin are 0.
    """

    counts: NDArray[np.int64]
    confidences: NDArray[np.float64]
    shares: NDArray[np.float64]

    @property
    def error(self) -> float:
        """ECE; 0 where there are no texts."""
        gaps = self.counts * np.abs(self.shares - self.confidences)
        return float(gaps.sum() / max(1, self.counts.sum()))


def binned(probabilities: NDArray, right: NDArray) -> Bins:
    """Probabilities (N,) and whether what they are of was so (N,), in bins (0, 1/15], ..., (14/15, 1]."""
    places = np.clip(np.ceil(np.asarray(probabilities, np.float64) * BINS).astype(int) - 1, 0, BINS - 1)
    counts = np.bincount(places, minlength=BINS)
    sums = [np.bincount(places, values, minlength=BINS) for values in (probabilities, right)]
    confidences, shares = (total / np.maximum(counts, 1) for total in sums)
    return Bins(counts, confidences, shares)


def text_nll(logits: NDArray, rows: NDArray, several: bool, temperature: float = 1.0) -> float:
    """-log p(label) in nats, the mean over texts, 0 of none; of several labels the sum over all of them, given or not.

    Args:
        logits: (E, K).
        rows: (E, K), 1 where a text has a label.
    """
    z = np.asarray(logits, np.float64) / temperature
    if several:
        return float(-np.sum(log_expit(np.where(rows, z, -z))) / max(1, len(z)))
    return float(np.sum(logsumexp(z, axis=1) - np.sum(z * rows, axis=1)) / max(1, len(z)))


def fit_temperature(logits: NDArray, rows: NDArray, several: bool) -> float:
    """The T from 0.05 to 20 with the least negative log-likelihood; 1 where no label is wrong, for then none is best.

    Args:
        logits: (E, K).
        rows: (E, K), 1 where a text has a label.
    """
    if not _any_wrong(np.asarray(logits, np.float64), np.asarray(rows, bool), several):
        return 1.0
    found = minimize_scalar(
        lambda log_t: text_nll(logits, rows, several, np.exp(log_t)),
        bounds=(np.log(COLDEST), np.log(HOTTEST)),
        method="bounded",
        options={"xatol": 1e-6},
    )
    return float(np.exp(found.x))


def _any_wrong(z: NDArray[np.float64], given: NDArray[np.bool_], several: bool) -> bool:
    """Whether a label that is not a text's own scores as high as one that is."""
    if several:
        return bool(np.any(np.where(given, z, -z) <= 0))
    others = np.where(given, -np.inf, z)
    return bool(np.any(others.max(axis=1) >= np.sum(z, axis=1, where=given))) if z.size else False


def reliability_diagram(bins: Sequence[tuple[str, Bins]], path: str | Path) -> None:
    """The share that was right over the probability, a panel each; on the diagonal a probability is what it says.

    Args:
        bins: (title, bins) of each panel.
        path: of the PNG.

    Reference: Guo et al., 2017, figure 1.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.5 * len(bins), 4.5), layout="constrained")
    for axes, (title, each) in zip(figure.subplots(1, len(bins), squeeze=False)[0], bins, strict=True):
        middles, filled = (np.arange(BINS) + 0.5) / BINS, each.counts > 0
        axes.bar(middles[filled], each.shares[filled], 0.9 / BINS, color="tab:blue")
        axes.plot([0, 1], [0, 1], color="grey", linestyle=":")
        axes.plot(each.confidences[filled], each.shares[filled], "o", color="black", markersize=3)
        axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="probability", ylabel="share that is so")
        axes.set_title(f"{title}: ECE {each.error:.2%}")
    figure.savefig(path, dpi=120)
