"""Splice junctions of primates (Noordewier, Towell and Shavlik, 1991; UCI), a line each: `class, name, 60 bases`.

The class says what stands in the middle, between bases 30 and 31: EI the end of an exon and the beginning of an intron
(a donor), IE the reverse (an acceptor), N neither. No split is published: see `homes`; windows of the same bases are
never in two splits, and where their classes differ the first one's decides.

`read_splice` gives the windows with their classes. `read_junctions` makes longer sequences in which every base is of an exon
or of an intron, and where they meet is no longer known:

1. An EI and an IE window of the same split are drawn, each window once. Where one class has more, its last ones stay alone.
2. Each is cut on both sides: 10 to 30 bases before the junction stay, and 10 to 30 after it.
3. They are joined, in either order: exon, intron, exon, or intron, exon, intron. Where two windows touch, both are of one
   kind, so that every change is a published junction.
4. The tags are `B-exon I-exon ...` and `B-intron I-intron ...`.

Lengths and orders are equally probable, drawn by the seed.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from os import PathLike

from .corpus import Corpus
from .errors import BadRecord
from .example import LabeledSequence, Text
from .lines import lines
from .pick import pick
from .seeded_split import homes

PARTS = {"EI": ("exon", "intron"), "IE": ("intron", "exon"), "N": ()}  # what stands before the middle, what after it
BASES = frozenset("ACGTRYSWKMBDHVN")  # with IUPAC's letters for a base that is not quite known
WIDTH, MIDDLE = 60, 30
KEPT = range(10, MIDDLE + 1)


def read_splice(path: str | PathLike[str], seed: int = 0) -> Corpus:
    """A corpus of `Text`: each window's bases as one string, with the label EI, IE or N.

    Raises:
        BadRecord: a line that is not class, name and 60 bases; a file without one.
        InputError: whatever `lines` raises.
    """
    train, valid, test = _splits(path, seed)
    return Corpus("splice", train, valid, test, tokens="char")


def read_junctions(path: str | PathLike[str], seed: int = 0) -> Corpus:
    """A corpus of `LabeledSequence` whose tokens are bases, with the tags of exons and introns: see above.

    Raises what `read_splice` raises.
    """
    rng = random.Random(seed)
    train, valid, test = (tuple(_junctions(windows, rng)) for windows in _splits(path, seed))
    return Corpus("splice-junctions", train, valid, test, tokens="char")


def _splits(path: str | PathLike[str], seed: int) -> list[tuple[Text, ...]]:
    """The windows for training, validation and test."""
    windows = list(_windows(path))
    if not windows:
        raise BadRecord(path, 1, "expected windows of bases, got none")
    classes = {window.text: window.label for window in reversed(windows)}
    home: dict[str, str] = {}
    for name in PARTS:
        home |= homes((bases for bases, label in classes.items() if label == name), name, seed)
    return [tuple(w for w in windows if home[w.text] == split) for split in ("train", "valid", "test")]


def _windows(path: str | PathLike[str]) -> Iterator[Text]:
    for number, line in lines(path):
        if not line.strip():
            continue
        fields = [field.strip() for field in line.split(",")]
        if len(fields) != 3 or fields[0] not in PARTS:
            raise BadRecord(path, number, f"expected a class (EI, IE, N), a name and bases, got {line!r:.80}")
        if len(fields[2]) != WIDTH or not BASES.issuperset(fields[2]):
            raise BadRecord(path, number, f"expected {WIDTH} bases, got {len(fields[2])} characters: {fields[2]!r:.80}")
        yield Text(fields[2], fields[0])


def _junctions(windows: Sequence[Text], rng: random.Random) -> Iterator[LabeledSequence]:
    donors, acceptors = ([window for window in windows if window.label == name] for name in ("EI", "IE"))
    drawn = sorted(acceptors, key=lambda _: rng.random())
    for pair in zip_longest(donors, drawn):
        found = [window for window in pair if window]
        yield _joined(found if rng.random() < 0.5 else found[::-1], rng)


def _joined(windows: Sequence[Text], rng: random.Random) -> LabeledSequence:
    """What stays of each window, one after the other."""
    kinds: list[str] = []
    bases = ""
    for window in windows:
        before, after = pick(KEPT, rng), pick(KEPT, rng)
        left, right = PARTS[str(window.label)]
        kinds += [left] * before + [right] * after
        bases += window.text[MIDDLE - before : MIDDLE + after]
    tags = [f"{'I' if last == kind else 'B'}-{kind}" for last, kind in zip(["", *kinds], kinds, strict=False)]
    return LabeledSequence(tuple(bases), tuple(tags))
