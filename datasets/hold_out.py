"""A random part of the training examples set aside, where the user gives no validation data."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from .errors import InputError
from .example import Examples, LabeledSequence

logger = logging.getLogger(__name__)


class MaskedExamples:
    """The examples whose place in `mask` (N,) is set; nothing is copied, each reading goes to the original."""

    def __init__(self, examples: Examples, mask: NDArray[np.bool_]) -> None:
        self.examples, self.mask = examples, mask

    def __len__(self) -> int:
        return int(self.mask.sum())

    def __iter__(self) -> Iterator[LabeledSequence]:
        return (example for example, kept in zip(self.examples, self.mask, strict=True) if kept)


def hold_out(examples: Examples, fraction: float = 0.1, seed: int = 0) -> tuple[MaskedExamples, MaskedExamples]:
    """Two views, (rest, held): `held` is a random `fraction` of `examples`, at least one; says so in the log.

    Raises InputError for fewer than two examples or a fraction outside (0, 1).
    """
    total = len(examples)
    if not 0 < fraction < 1:
        raise InputError(f"held-out fraction {fraction}: expected more than 0 and less than 1")
    if total < 2:
        raise InputError(f"expected at least 2 training examples, to hold one out for validation, got {total}")
    count = min(max(1, round(total * fraction)), total - 1)
    held = np.zeros(total, dtype=bool)
    held[np.random.default_rng(seed).choice(total, count, replace=False)] = True
    logger.warning("no validation data given: held out %d of %d training examples (seed %d)", count, total, seed)
    return MaskedExamples(examples, ~held), MaskedExamples(examples, held)
