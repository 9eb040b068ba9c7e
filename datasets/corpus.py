"""What every reader returns: examples in three splits, any of which may be larger than memory."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from .errors import InputError
from .example import Examples
from .hold_out import hold_out
from .lists import from_list

TOKEN_RULES = ("whitespace", "word", "char")


@dataclass(frozen=True, eq=False)
class Corpus:
    """Examples to learn from, to choose by and to report on; their tags are IOB2.

    Args:
        name: what tracking calls it.
        train, valid, test: the splits; `test` may be empty.
        tokens: the rule that splits a raw string into tokens like these: `whitespace`, `word` or `char`.
        licence, source: of the data, in words.

    Example:
        >>> corpus = Corpus.from_lists([(["to", "Rome"], ["O", "B-city"]), (["from", "Rome"], ["O", "B-city"])])
        >>> len(corpus.train), len(corpus.valid)
        (1, 1)
    """

    name: str
    train: Examples = field(repr=False)
    valid: Examples = field(repr=False)
    test: Examples = field(repr=False, default=())
    tokens: str = "whitespace"
    licence: str = "unknown"
    source: str = ""

    def __post_init__(self) -> None:
        if self.tokens not in TOKEN_RULES:
            raise InputError(f"unknown token rule {self.tokens!r}: expected one of {', '.join(TOKEN_RULES)}")

    @cached_property
    def fingerprint(self) -> str:
        """The sha256 of every split's content, read once as a stream."""
        digest = hashlib.sha256()
        for split in ("train", "valid", "test"):
            digest.update(f"{split}\n".encode())
            for example in getattr(self, split):
                record = json.dumps([example.tokens, example.tags, example.label])
                digest.update(f"{record}\n".encode())
        return digest.hexdigest()

    @classmethod
    def from_lists(
        cls,
        train: Iterable[Any],
        valid: Iterable[Any] | None = None,
        test: Iterable[Any] | None = None,
        *,
        scheme: str = "IOB2",
        tokens: str = "whitespace",
        seed: int = 0,
        name: str = "lists",
    ) -> Corpus:
        """A corpus from Python lists of `(tokens, tags)` or `(tokens, tags, label)`.

        Without `valid` a tenth of `train`, drawn by `seed`, is held out. Raises InputError with the split and the
        number of the example at fault.
        """
        splits = {"train": train, "valid": valid, "test": test}
        read = {split: from_list(given, split, scheme) for split, given in splits.items() if given is not None}
        return cls.from_splits(name, read["train"], read.get("valid"), read.get("test"), tokens=tokens, seed=seed)

    @classmethod
    def from_splits(
        cls, name: str, train: Examples, valid: Examples | None, test: Examples | None, *, tokens: str, seed: int
    ) -> Corpus:
        """A corpus whose validation part is held out of `train` where there is none."""
        rest, chosen = (train, valid) if valid is not None else hold_out(train, seed=seed)
        return cls(name, rest, chosen, test if test is not None else (), tokens)
