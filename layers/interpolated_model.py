"""Interpolated models: p(w | h) = own(hw) + γ(h) p(w | h'); below the unigrams every word but <s> has 1 / (V - 1).

As a backoff model: a row's probability has the lower orders added in, and γ is the weight of backing off.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .backoff_model import BackoffModel, BackoffTable
from .ngram_counts import START, NgramTable, frequencies


class Part(NamedTuple):
    """What one order adds: `own` of each of its rows, (G,), and γ of each row of the order below, (1,) for order 1."""

    own: NDArray[np.float64]
    gamma: NDArray[np.float64]


def interpolated(tables: Sequence[NgramTable], parts: Iterable[Part]) -> list[BackoffTable]:
    """The tables of the backoff model that adds up all parts, one for each order."""
    size = len(tables[0].keys)
    p = np.where(np.arange(size) == START, 0, 1 / (size - 1))
    found: list[BackoffTable] = []
    with np.errstate(divide="ignore"):  # log 0
        for table, part in zip(tables, parts, strict=True):
            if found:
                found[-1] = found[-1]._replace(log_backoff=np.log(part.gamma))
                p = part.gamma[table.keys // size] * p[table.suffix]
            else:
                p = part.gamma * p
            p += part.own
            found.append(BackoffTable(table.keys, table.suffix, np.log(p), np.zeros(0)))
    return found


def witten_bell(tables: Sequence[NgramTable]) -> BackoffModel:
    """own(hw) = c(hw) / (c(h) + T(h)), γ(h) = T(h) / (c(h) + T(h)), T(h) = how many different words follow h.

    It sums to one after every context. Reference: Witten & Bell, 1991, as in Chen & Goodman, 1998.
    """
    return BackoffModel(interpolated(tables, (_witten_bell(tables, k) for k in range(1, len(tables) + 1))))


def _witten_bell(tables, k):
    context, count, total = frequencies(tables, k)
    types = np.bincount(context[count > 0], minlength=len(total))
    seen = np.where(total > 0, total + types, 1)
    return Part(count / seen[context], np.where(total > 0, types / seen, 1))
