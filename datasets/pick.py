"""One of several, drawn for a generated corpus."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def pick(options: Sequence[T], rng: random.Random) -> T:
    """One option; `random()` alone is promised to stay the same in later versions of Python."""
    return options[int(rng.random() * len(options))]
