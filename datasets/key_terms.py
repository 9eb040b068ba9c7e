"""Documents with their key terms as labels, from documents in which the terms are tagged as spans."""

from __future__ import annotations

from collections import Counter
from os import PathLike

from .columns import ColumnFile
from .corpus import Corpus
from .example import LabeledSequence, Text
from .tag_schemes import spans

LEAST = 5  # training documents that have a term


def read_key_terms(
    train: str | PathLike[str], valid: str | PathLike[str], test: str | PathLike[str], least: int = LEAST
) -> Corpus:
    """A corpus of `Text` with a tuple of labels each, from column files in which key terms are spans.

    A text is the document's tokens with blanks between. Labels are the terms, in lower case, that at least `least`
    training documents have; other terms are left out, and a document without any label has ().

    Raises what ColumnFile raises.
    """
    splits = [ColumnFile(path) for path in (train, valid, test)]
    counts = Counter(term for document in splits[0] for term in key_terms(document))
    labels = {term for term, count in counts.items() if count >= least}
    found = [
        tuple(Text(" ".join(document.tokens), tuple(sorted(key_terms(document) & labels))) for document in split)
        for split in splits
    ]
    return Corpus("key-terms", found[0], found[1], found[2], tokens="word")


def key_terms(document: LabeledSequence) -> set[str]:
    """The different spans of a document, in lower case."""
    return {" ".join(document.tokens[span.start : span.end]).lower() for span in spans(document.tags)}
