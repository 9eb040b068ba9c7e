"""How good translations of short and of long sentences are: without attention, long ones are lost (Bahdanau et al., 2015)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from sacrebleu.metrics.bleu import BLEU

LONGEST = (5, 10, 15, 20)  # words of a source, in each bucket but the last


@dataclass(frozen=True)
class LengthBucket:
    """The sentences whose source has at least `shortest` and at most `longest` words, the last bucket any number: None.

    Args:
        shortest, longest: as above.
        sentences: how many there are.
        bleu: of them as a corpus, 0 to 100.
    """

    shortest: int
    longest: int | None
    sentences: int
    bleu: float

    def __str__(self) -> str:
        return f"{self.shortest}-{self.longest or ''}"


def length_buckets(
    sources: Sequence[str],
    references: Sequence[str],
    translations: Sequence[str],
    tokenizer: str,
    characters: bool = False,
) -> list[LengthBucket]:
    """BLEU by the length of the source: up to 5 words, 6 to 10, 11 to 15, 16 to 20, and above; buckets that have a sentence.

    Args:
        sources, references, translations: (N).
        tokenizer: of BLEU, as sacrebleu names it.
        characters: whether a source's characters are counted, blanks left out, and not its words, apart by blanks.
    """
    places = [bisect_left(LONGEST, _length(source, characters)) for source in sources]
    found = []
    for place, (below, longest) in enumerate(zip((0, *LONGEST), (*LONGEST, None), strict=True)):
        rows = [row for row, other in enumerate(places) if other == place]
        if rows:
            given, right = ([texts[row] for row in rows] for texts in (translations, references))
            bleu = BLEU(tokenize=tokenizer).corpus_score(given, [right]).score
            found.append(LengthBucket(below + 1, longest, len(rows), bleu))
    return found


def length_table(buckets: Sequence[LengthBucket]) -> str:
    """A line for each bucket, for people."""
    lines = [f"{bucket!s:13}  {bucket.sentences:9,}  {bucket.bleu:6.2f}" for bucket in buckets]
    return "\n".join([f"{'source length':13}  sentences    BLEU", *lines])


def _length(source: str, characters: bool) -> int:
    words = source.split()
    return sum(map(len, words)) if characters else len(words)
