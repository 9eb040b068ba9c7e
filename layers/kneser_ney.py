"""Interpolated modified Kneser-Ney (Chen & Goodman, 1998), with the conventions of Heafield et al., 2013 (KenLM's lmplz).

p(w | h) = (a(hw) - D(a(hw))) / Σ_v a(hv) + γ(h) p(w | h'),   γ(h) = Σ_v D(a(hv)) / Σ_v a(hv)

a is the count for the highest order and for n-grams that begin with <s>; for the others, how many different words stand before
them. D(1) = 1 - 2 Y n2 / n1, D(2) = 2 - 3 Y n3 / n2, D(3 or more) = 3 - 4 Y n4 / n3, Y = n1 / (n1 + 2 n2), where n_i n-grams of
the order have a = i; unmodified (Ney et al., 1994), D = Y for all. Below the unigrams, every word but <s> has 1 / (V - 1).
"""

import logging
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .backoff_model import BackoffModel
from .interpolated_model import Part, interpolated
from .ngram_counts import START, NgramTable, contexts, opening
from .ngram_pruning import selected, thresholds

logger = logging.getLogger(__name__)

FALLBACK = (0.5, 1.0, 1.5)  # that of lmplz, too


def kneser_ney(tables: Sequence[NgramTable], modified: bool = True, prune: Sequence[int] = (0,)) -> BackoffModel:
    """The model; it sums to one after every context.

    An order whose counts do not define its discounts (an n_i is 0, or a discount is not between 0 and its count) takes
    0.5, 1, 1.5, unmodified 0.5; the model's notes say so, and a warning.

    Args:
        tables: from `count_ngrams`.
        modified: three discounts for each order instead of one.
        prune: for each order, n-grams that occur that often or less are left out, and backing off gets what they had. The
            first is 0, none is less than the one before, and the last holds for all higher orders.

    Raises ValueError for thresholds against that rule.
    """
    kept, notes = thresholds(prune, tables), []

    def part(k):  # one order after the other: their numbers are large
        a = adjusted_counts(tables, k)
        d, defined = discounts(a, modified)
        if not defined:
            notes.append(f"Kneser-Ney: the counts of order {k} define no discounts, {d[1:].tolist()} are taken instead")
            logger.warning(notes[-1])
        return _discounted(tables, k, a, d[np.minimum(a, 3)], kept[k - 1])

    full = interpolated(tables, (part(k) for k in range(1, len(tables) + 1)))
    return BackoffModel(selected(full, kept), notes=notes)


def adjusted_counts(tables: Sequence[NgramTable], k: int) -> NDArray[np.int64]:
    """a of each row of order k; 0 for <s> alone."""
    a = tables[k - 1].counts
    if k < len(tables):
        first = opening(tables)[k - 1]
        a = np.concatenate([a[:first], np.bincount(tables[k].suffix, minlength=len(a))[first:]])
    return np.where(np.arange(len(a)) == START, 0, a) if k == 1 else a


def discounts(a: NDArray[np.int64], modified: bool) -> tuple[NDArray[np.float64], bool]:
    """(0, D(1), D(2), D(3 or more)), and whether the counts define them."""
    n = np.bincount(np.minimum(a, 5), minlength=6)
    needed = n[1:4] if modified else n[1:2]
    if not len(a) or needed.all():
        y = n[1] / max(n[1] + 2 * n[2], 1)
        d = [i - (i + 1) * y * n[i + 1] / max(n[i], 1) for i in (1, 2, 3)] if modified else [y, y, y]
        if all(0 <= x <= i for i, x in enumerate(d, 1)):
            return np.array([0, *d]), True
    return np.array([0, *(FALLBACK if modified else FALLBACK[:1] * 3)]), False


def _discounted(tables, k, a, d, keep):
    """What order k adds; what pruning leaves out goes to γ whole."""
    context, rows = contexts(tables, k)
    total = np.bincount(context, a, rows)
    taken = np.bincount(context, np.where(keep, d, a), rows)
    seen = np.where(total > 0, total, 1)
    return Part((a - d) / seen[context], np.where(total > 0, taken / seen, 1))
