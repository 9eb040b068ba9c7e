"""Tags of any scheme in, IOB2 out: what every reader of tagged data does with a sentence's tags.

Plain tags, such as parts of speech, are labels of single tokens: they have no prefix, and stay as they are.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from .errors import InputError
from .tag_schemes import PREFIXES, allowed, check_tag, convert, irregular

logger = logging.getLogger(__name__)
PLAIN = "plain"
SCHEMES = (*PREFIXES, PLAIN)
Fault = Callable[[int, str], InputError]


def tagging_of(scheme: str) -> str:
    """What the tags of a corpus read by `scheme` say: `Corpus.tagging`."""
    return "tokens" if scheme == PLAIN else "spans"


class TagReader:
    """Converts sentence after sentence of one file and counts what is not well formed.

    Args:
        scheme: the scheme that the file is written in: IOB1, IOB2, BIOES, BMES, or plain.
        strict: refuse a tag that may not stand where it stands; otherwise it is read as conlleval reads it. A plain one may
            stand anywhere.

    Raises InputError for another scheme.
    """

    def __init__(self, scheme: str, strict: bool = False) -> None:
        if scheme not in SCHEMES:
            raise InputError(f"unknown tag scheme {scheme!r}: expected one of {', '.join(SCHEMES)}")
        self.scheme, self.strict = scheme, strict
        self.count, self.first = 0, ""
        self._known: set[str] = set()

    def read(self, tags: Sequence[str], fault: Fault) -> tuple[str, ...]:
        """The sentence's tags in IOB2, or plain; raises `fault(position, message)` for a tag that the scheme refuses."""
        if self.scheme == PLAIN:
            return tuple(tags)
        for position, tag in enumerate(tags):
            self._check(tag, position, fault)
        wrong = irregular(tags, self.scheme)
        if wrong:
            self._note(fault(wrong[0], self._explain(tags, wrong[0])), len(wrong))
        elif self.scheme == "IOB2":
            return tuple(tags)
        return tuple(convert(tags, self.scheme, "IOB2"))

    def report(self) -> None:
        """Logs one warning for all that was read if any tag was not well formed."""
        if self.count:
            logger.warning("%s (%d such tags in all, read as conlleval reads them)", self.first, self.count)

    def _check(self, tag: str, position: int, fault: Fault) -> None:
        if tag in self._known:
            return
        try:
            check_tag(tag, self.scheme)
        except InputError as error:
            raise fault(position, str(error)) from None
        self._known.add(tag)

    def _note(self, error: InputError, count: int) -> None:
        if self.strict:
            raise error
        self.count += count
        self.first = self.first or str(error)

    def _explain(self, tags: Sequence[str], position: int) -> str:
        before = tags[position - 1] if position else None
        if allowed(before, tags[position], self.scheme):
            return f"{tags[position]} at the end of a sentence is not well-formed {self.scheme}"
        place = f"after {before}" if before else "at the start of a sentence"
        return f"{tags[position]} {place} is not well-formed {self.scheme}"
