"""Katz backoff (Katz, 1987): counts up to 5 are discounted by Good-Turing, and what is saved goes to the words not seen.

p(w | h) = d(c(hw)) c(hw) / c(h)   where hw is seen, else α(h) p(w | h');
d(r) = (r* / r - m) / (1 - m) for r ≤ 5, 1 above; r* = (r + 1) n(r+1) / n(r), m = 6 n(6) / n(1), n(r) n-grams are seen r times;
α(h) = (1 - Σ p(w | h)) / (1 - Σ p(w | h')), both sums over the words seen after h.
"""

import logging
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .backoff_model import BackoffModel, BackoffTable
from .ngram_counts import START, NgramTable, frequencies

logger = logging.getLogger(__name__)

LARGEST = 5  # the last count that is discounted
NOTHING = 1e-12  # a sum of probabilities that rounding alone may leave


def katz(tables: Sequence[NgramTable]) -> BackoffModel:
    """The model; it sums to one after every context. Below the unigrams all words not seen share alike.

    An order in which Good-Turing gives a factor that is not between 0 and 1, or none, takes absolute discounting instead:
    d(r) = (r - D) / r with D = n1 / (n1 + 2 n2), or ½ where an n is 0; the model's notes say so, and a warning. After a context
    whose counts are all above 5, c(h) + 1 stands for c(h), so that something is left. After one that every word is seen
    after, the probabilities are scaled up to one.

    Args:
        tables: from `count_ngrams`.
    """
    words, notes = np.arange(len(tables[0].keys)), []
    below = np.where(words == START, 0, 1 / (len(words) - 1))  # p of each row by the order below
    found: list[BackoffTable] = []
    for k, table in enumerate(tables, 1):
        context, count, total = frequencies(tables, k)
        kept, defined = discounted(count)
        if not defined:
            notes.append(
                f"Katz: the counts of order {k} define no Good-Turing discounts, absolute ones are taken instead"
            )
            logger.warning(notes[-1])
        p, alpha = _backed_off(kept, count, context, total, below)
        with np.errstate(divide="ignore"):  # log 0
            if found:
                found[-1] = found[-1]._replace(log_backoff=np.log(alpha))
            found.append(BackoffTable(table.keys, table.suffix, np.log(p), np.zeros(0)))
        if k < len(tables):
            below = p[tables[k].suffix]
    return BackoffModel(found, notes=notes)


def discounted(count: NDArray[np.int64]) -> tuple[NDArray[np.float64], bool]:
    """d(c) c of each n-gram, (G,), and whether the counts define Good-Turing discounts."""
    if not len(count):
        return np.zeros(0), True
    n = np.bincount(np.minimum(count, LARGEST + 2), minlength=LARGEST + 3).astype(float)
    r = np.arange(1, LARGEST + 1)
    if n[1 : LARGEST + 1].all() and (m := (LARGEST + 1) * n[LARGEST + 1] / n[1]) < 1:
        d = ((r + 1) * n[r + 1] / (r * n[r]) - m) / (1 - m)
        if np.all((d > 0) & (d < 1)):
            factors = np.array([1, *d])
            return factors[np.where(count > LARGEST, 0, count)] * count, True
    taken = n[1] / (n[1] + 2 * n[2]) if n[1] and n[2] else 0.5
    return np.maximum(count - taken, 0), False


def _backed_off(kept, count, context, total, below):
    """p of each row, (G,), and α of each context; what is not seen backs off here, too."""
    seen, rows = count > 0, len(total)
    spared = np.bincount(context[seen], (kept < count)[seen], rows) == 0
    total = total + spared
    p = np.where(seen, kept / total[context], 0)
    left = 1 - np.bincount(context, p, rows)
    uncovered = 1 - np.bincount(context, np.where(seen, below, 0), rows)
    full = uncovered < NOTHING
    alpha = np.where(full, 0, left / np.where(full, 1, uncovered))
    return np.where(seen, p / np.where(full, 1 - left, 1)[context], alpha[context] * below), alpha
