"""Train, validation and test where no split is published: 80/10/10, drawn by a seed."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

SHARES = (0.1, 0.1)  # of the different items of each group: for test, for validation


def homes(items: Iterable[str], group: str, seed: int, shares: tuple[float, float] = SHARES) -> dict[str, str]:
    """Each different item of a group -> its split, `train`, `valid` or `test`; equal items are never apart.

    `shares` are those of test and of validation, of the different items.

    The draw orders the items by a hash of seed, group and item, so it is the same on every machine and in every later
    version.
    """
    order = sorted(set(items), key=lambda item: _drawn(item, group, seed))
    test, valid = (round(share * len(order)) for share in shares)
    found = dict.fromkeys(order, "train")
    return found | dict.fromkeys(order[:test], "test") | dict.fromkeys(order[test : test + valid], "valid")


def linked_homes(rows: Iterable[Sequence[str]], group: str, seed: int, most: int) -> list[str]:
    """The split of each row, a text in each language; no text is in two splits.

    Rows are linked where they have a text of one language in common, compared by letters and figures alone (NFKC, no
    case); those that are linked, directly or through others, stay together. Such components are drawn as the items of
    `homes`, with their least text for a name: into test until it has a tenth of all rows, `most` at most, then into
    validation likewise. One that is larger than the room that is left goes to the next split.
    """
    nodes = [[f"{place}\n{_bare(text)}" for place, text in enumerate(row)] for row in rows]
    names = _components(nodes)
    owners = [names[first] for first, *_ in nodes]
    sizes = Counter(owners)
    room = {split: min(most, round(share * len(nodes))) for split, share in zip(("test", "valid"), SHARES, strict=True)}
    found = {}
    for name in sorted(sizes, key=lambda name: _drawn(name, group, seed)):
        found[name] = next((split for split, left in room.items() if sizes[name] <= left), "train")
        if found[name] in room:
            room[found[name]] -= sizes[name]
    return [found[name] for name in owners]


def _drawn(item: str, group: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}\n{group}\n{item}".encode()).digest()


def _bare(text: str) -> str:
    """Letters and figures alone; a text that has none stays as it is."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"\W+", "", folded) or folded


def _components(links: Sequence[Sequence[str]]) -> dict[str, str]:
    """Each node -> the least node of those that it is linked with, by union-find; the nodes of a link are linked."""
    above: dict[str, str] = {}

    def root(node: str) -> str:
        while (parent := above.setdefault(node, node)) != node:
            above[node] = node = above[parent]  # halves the way for the next search
        return node

    for first, *others in links:
        for other in others:
            low, high = sorted((root(first), root(other)))
            above[high] = low
    return {node: root(node) for node in above}
