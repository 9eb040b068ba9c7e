"""A part of the training examples set aside, where the user gives no validation data."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Generic

import numpy as np
from numpy.typing import NDArray

from .errors import InputError
from .example import Example_co, Examples

logger = logging.getLogger(__name__)


class MaskedExamples(Generic[Example_co]):
    """The examples whose place in `mask` (N,) is set; nothing is copied, each reading goes to the original."""

    def __init__(self, examples: Examples[Example_co], mask: NDArray[np.bool_]) -> None:
        self.examples, self.mask = examples, mask

    def __len__(self) -> int:
        return int(self.mask.sum())

    def __iter__(self) -> Iterator[Example_co]:
        return (example for example, kept in zip(self.examples, self.mask, strict=True) if kept)


def hold_out(
    examples: Examples[Example_co], fraction: float = 0.1, seed: int = 0, contiguous: bool = False
) -> tuple[MaskedExamples[Example_co], MaskedExamples[Example_co]]:
    """Two views, (rest, held): `held` is a `fraction` of `examples`, at least one; says so in the log.

    Args:
        examples: the training split.
        fraction: how much of it is held out.
        seed: of the draw.
        contiguous: take the last examples instead of random ones: what the lines of a running text need, where each goes
            on from the one before.

    Raises InputError for fewer than two examples or a fraction outside (0, 1).
    """
    total = len(examples)
    if not 0 < fraction < 1:
        raise InputError(f"held-out fraction {fraction}: expected more than 0 and less than 1")
    if total < 2:
        raise InputError(f"expected at least 2 training examples, to hold one out for validation, got {total}")
    count = min(max(1, round(total * fraction)), total - 1)
    held = np.zeros(total, dtype=bool)
    held[-count:] = contiguous
    if not contiguous:
        held[np.random.default_rng(seed).choice(total, count, replace=False)] = True
    which, how = ("the last ", "") if contiguous else ("", f" (seed {seed})")
    logger.warning("no validation data given: held out %s%d of %d training examples%s", which, count, total, how)
    return MaskedExamples(examples, ~held), MaskedExamples(examples, held)
