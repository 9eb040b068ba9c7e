"""Weights by which rare labels count as much as common ones: N / (K n) of a label that n of N examples have, K labels.

Where an example may have several labels, each is a question of two answers, yes for n examples and no for N - n, so K = 2.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def balanced(rows: NDArray) -> NDArray[np.float32]:
    """The weight of each example (N,), N / (K n_k), so that every label weighs alike; rows (N, K) of 0 and 1."""
    counts = rows.sum(axis=0, dtype=np.int64)
    return (len(rows) / (rows.shape[1] * counts))[rows.argmax(axis=1)].astype(np.float32)


def balanced_answers(rows: NDArray) -> NDArray[np.float32]:
    """The weights (2, K) of no and yes to each label, N / (2 (N - n_k)) and N / (2 n_k); 0 of an answer that none has."""
    counts = rows.sum(axis=0, dtype=np.int64)
    answers = np.stack([len(rows) - counts, counts])
    return np.where(answers > 0, len(rows) / (2 * np.maximum(answers, 1)), 0).astype(np.float32)
