"""Relative frequencies c(hw) / c(h), and three ways to treat what was not seen: zero, a constant added, a constant factor.

c(h) is how often h is followed by a word, N = c() the number of all tokens but <s>.
"""

import math
from collections.abc import Sequence

import numpy as np

from .backoff_model import BackoffModel, BackoffTable
from .ngram_counts import START, NgramTable, frequencies, opening


def maximum_likelihood(tables: Sequence[NgramTable]) -> BackoffModel:
    """p(w | h) = c(hw) / c(h): 0 for a word that is not seen after h. A history that is not seen gives way to h'.

    It sums to one after every context.

    Args:
        tables: from `count_ngrams`.
    """
    return BackoffModel(_frequencies(tables, seen=-math.inf, unseen=0.0))


def stupid_backoff(tables: Sequence[NgramTable], alpha: float = 0.4) -> BackoffModel:
    """S(w | h) = c(hw) / c(h) where hw is seen, else α S(w | h'): no probabilities, their sum may pass one.

    Args:
        tables: from `count_ngrams`.
        alpha: what each backing off costs, whether or not the history is seen.

    Raises ValueError for an α that is not positive. Reference: Brants et al., Large language models in machine
    translation, 2007.
    """
    if not alpha > 0:
        raise ValueError(f"stupid_backoff: alpha={alpha}, expected more than 0")
    weight = math.log(alpha)
    return BackoffModel(_frequencies(tables, weight, weight), log_missing=weight)


def add_delta(tables: Sequence[NgramTable], delta: float = 1.0) -> BackoffModel:
    """p(w | h) = (c(hw) + δ) / (c(h) + δ (V - 1)), every word but <s>; h is n - 1 words, or all from <s> on.

    It sums to one after every context, and gives every word the same after one that is not seen.

    Args:
        tables: from `count_ngrams`.
        delta: δ; 1 is Laplace's rule.

    Raises ValueError for a δ that is not positive.
    """
    if not delta > 0:
        raise ValueError(f"add_delta: delta={delta}, expected more than 0")
    n, words, begin = len(tables), len(tables[0].keys) - 1, [1, *opening(tables)]
    found: list[BackoffTable] = []
    for k, table in enumerate(tables, 1):
        context, count, total = frequencies(tables, k)
        # Below the highest order only histories that begin with <s> are whole; they, and their n-grams, stand first.
        whole, rows = (len(total), len(count)) if k == n else (begin[k - 1], begin[k])
        p, weights = np.full(len(count), np.nan), np.zeros(len(total))
        p[:rows] = np.log(count[:rows] + delta) - np.log(total[context[:rows]] + delta * words)
        weights[:whole] = np.log(delta * words) - np.log(total[:whole] + delta * words)
        if k == 1:
            p = np.where(np.arange(words + 1) == START, -np.inf, p if n == 1 else -np.log(words))
        else:
            found[-1] = found[-1]._replace(log_backoff=weights)
        found.append(BackoffTable(table.keys, table.suffix, p, np.zeros(0)))
    return BackoffModel(found)


def _frequencies(tables, seen, unseen):
    """Tables of c(hw) / c(h), with the log backoff weights of contexts that a word follows, and of all others."""
    found: list[BackoffTable] = []
    for k, table in enumerate(tables, 1):
        context, count, total = frequencies(tables, k)
        with np.errstate(divide="ignore"):  # log 0
            p = np.log(count) - np.log(total[context])
        if found:
            found[-1] = found[-1]._replace(log_backoff=np.where(total > 0, seen, unseen))
        found.append(BackoffTable(table.keys, table.suffix, p, np.zeros(0)))
    return found
