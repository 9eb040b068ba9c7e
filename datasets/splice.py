"""Splice junctions of primates (Noordewier, Towell and Shavlik, 1991; UCI), a line each: `class, name, 60 bases`.

The class says what stands in the middle, between bases 30 and 31: EI the end of an exon and the beginning of an intron
(a donor), IE the reverse (an acceptor), N neither. No split is published: see `homes`; windows of the same bases are
never in two splits, and where their classes differ the first one's decides.

`read_splice` gives the windows with their classes. `read_junctions` makes longer sequences whose every base has a tag, so
that where the junction stands is no longer known. One sequence from each EI or IE window:

1. The window is cut on both sides: 10 to 30 bases before the junction stay, and 10 to 30 after it.
2. Before it and after it stands a piece, of 0 to 30 bases, of some N window of the same split.
3. The bases are `B-exon I-exon ...` and `B-intron I-intron ...`, for IE in the other order; those of the pieces are `O`.

All lengths, pieces and N windows are equally probable, drawn by the seed. What the bases tell is where exon and intron
meet; their outer ends are where the cut fell.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from os import PathLike

from .corpus import Corpus
from .errors import BadRecord, InputError
from .example import LabeledSequence, Text
from .lines import lines
from .pick import pick
from .seeded_split import homes

PARTS = {"EI": ("exon", "intron"), "IE": ("intron", "exon"), "N": ()}  # what stands before the middle, what after it
BASES = frozenset("ACGTRYSWKMBDHVN")  # with IUPAC's letters for a base that is not quite known
WIDTH, MIDDLE = 60, 30
KEPT = range(10, MIDDLE + 1)
PIECE = range(MIDDLE + 1)


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

    Raises InputError for a split without an N window; else as `read_splice`.
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
    others = [window.text for window in windows if window.label == "N"]
    if not others:
        raise InputError(f"expected N windows in every split, got none among {len(windows)} windows")
    for window in windows:
        if window.label != "N":
            yield _junction(window, others, rng)


def _junction(window: Text, others: Sequence[str], rng: random.Random) -> LabeledSequence:
    """The cut window between two pieces of others."""
    left, right = PARTS[str(window.label)]
    parts = (
        ("", _piece(others, rng)),
        (left, window.text[MIDDLE - pick(KEPT, rng) : MIDDLE]),
        (right, window.text[MIDDLE : MIDDLE + pick(KEPT, rng)]),
        ("", _piece(others, rng)),
    )
    tags = [f"{'I' if place else 'B'}-{name}" if name else "O" for name, bases in parts for place in range(len(bases))]
    return LabeledSequence(tuple("".join(bases for _, bases in parts)), tuple(tags))


def _piece(others: Sequence[str], rng: random.Random) -> str:
    bases, length = pick(others, rng), pick(PIECE, rng)
    start = pick(range(WIDTH - length + 1), rng)
    return bases[start : start + length]
