"""Train, validation and test where no split is published: 80/10/10 in each group, drawn by a seed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

SHARES = (0.1, 0.1)  # of the different items of each group: for test, for validation


def homes(items: Iterable[str], group: str, seed: int) -> dict[str, str]:
    """Each different item of a group -> its split, `train`, `valid` or `test`; equal items are never apart.

    The draw orders the items by a hash of seed, group and item, so it is the same on every machine and in every later
    version.
    """

    def draw(item: str) -> bytes:
        return hashlib.sha256(f"{seed}\n{group}\n{item}".encode()).digest()

    order = sorted(set(items), key=draw)
    test, valid = (round(share * len(order)) for share in SHARES)
    found = dict.fromkeys(order, "train")
    return found | dict.fromkeys(order[:test], "test") | dict.fromkeys(order[test : test + valid], "valid")
