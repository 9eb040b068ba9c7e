"""The People's Daily of January 1998, segmented (Yu et al., 2002): `id/m  word/POS  [word/POS  word/POS]nt  ...`.

Each line is a paragraph. The text stands in for the training text of SIGHAN 2005 (PKU), of which it is another revision.
Paragraphs that the test of SIGHAN 2005 has as well, headings mostly, are left out: those whose characters are the same
after NFKC, as models read them.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from os import PathLike

import numpy as np

from .corpus import Corpus
from .errors import InputError
from .example import LabeledSequence
from .hold_out import MaskedExamples
from .segmented import SegmentedFile

logger = logging.getLogger(__name__)
PARAGRAPH = re.compile(r"[0-9]{8}(-[0-9]+){3}/m")
WORD = re.compile(r"\[?([^/\[\]]+)/[A-Za-z]+(?:\][A-Za-z]+)?")


def words_in_paragraph(line: str) -> list[str]:
    """The words of a line, without its id, parts of speech and the brackets of compounds; raises InputError."""
    items = line.split()
    if items and not PARAGRAPH.fullmatch(items[0]):
        raise InputError(f"expected a paragraph's id such as 19980101-01-001-001/m, got {items[0]!r:.80}")
    return [_word(item) for item in items[1:]]


def _word(item: str) -> str:
    found = WORD.fullmatch(item)
    if not found:
        raise InputError(f"expected word/POS, maybe in a bracket, got {item!r:.80}")
    return found[1]


def read_people_daily(paragraphs: str | PathLike[str], test: str | PathLike[str], seed: int = 0) -> Corpus:
    """A corpus of characters with the tags B and I, read lazily: see `read_segmented`; `test` is segmented text.

    A tenth of the paragraphs, drawn by `seed`, is held out for validation. Raises what SegmentedFile raises.
    """
    found, gold = SegmentedFile(paragraphs, words_in_paragraph), SegmentedFile(test)
    known = {_text(example) for example in gold}
    new = np.array([_text(example) not in known for example in found])
    logger.info("%s: left out %d of %d paragraphs, which the test has as well", paragraphs, (~new).sum(), len(new))
    return Corpus.from_splits("people-daily", MaskedExamples(found, new), None, gold, tokens="char", seed=seed)


def _text(example: LabeledSequence) -> str:
    return unicodedata.normalize("NFKC", "".join(example.tokens))
