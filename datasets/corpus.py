"""What every reader returns: examples in three splits, any of which may be larger than memory."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, NamedTuple

from .errors import InputError
from .example import Examples, check_examples
from .hold_out import hold_out
from .lists import frames_list, from_list, pair_list, text_list
from .tag_reader import tagging_of

TOKEN_RULES = ("whitespace", "word", "char")
TAGGINGS = ("spans", "tokens")


class Language(NamedTuple):
    """One side of a corpus of `Parallel`: its name, and the rule that splits its texts, as in `Corpus.tokens`."""

    name: str
    tokens: str = "whitespace"


def languages_of(names: Sequence[str], tokens: str, target_tokens: str | None = None) -> tuple[Language, ...]:
    """The first language with the rule `tokens`, the others with `target_tokens`; without that all with the first's."""
    return tuple(Language(name, target_tokens or tokens if place else tokens) for place, name in enumerate(names))


@dataclass(frozen=True, eq=False)
class Corpus:
    """Examples to learn from, to choose by and to report on: `LabeledSequence`, `Text`, `Parallel` or `Frames`, all of one
    kind.

    Args:
        name: what tracking calls it.
        train, valid, test: the splits; `test` may be empty.
        tokens: the rule that splits a raw string into tokens: `whitespace`, `word` or `char`. A `LabeledSequence` is split
            already, and the rule makes tokens like its own of new strings; a `Text` is split by it; `Frames` have none.
        licence, source: of the data, in words.
        tagging: what the tags of a `LabeledSequence` say: `spans`, in IOB2, or `tokens`, a label for each token as it stands.
        languages: of the texts of a `Parallel`, in their order; such a corpus has its rules here and not in `tokens`.

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
    tagging: str = "spans"
    languages: tuple[Language, ...] = ()

    def __post_init__(self) -> None:
        for rule in (self.tokens, *(language.tokens for language in self.languages)):
            if rule not in TOKEN_RULES:
                raise InputError(f"unknown token rule {rule!r}: expected one of {', '.join(TOKEN_RULES)}")
        names = [language.name for language in self.languages]
        if len(set(names)) < len(names):
            raise InputError(f"languages {', '.join(names)}: expected different names")
        if self.tagging not in TAGGINGS:
            raise InputError(f"unknown tagging {self.tagging!r}: expected one of {', '.join(TAGGINGS)}")

    @property
    def kind(self) -> type:
        """What the examples are, by the first one of `train`; raises InputError where there is none."""
        for example in self.train:
            return type(example)
        raise InputError(f"corpus {self.name}: no train examples, expected at least one")

    def require(self, kind: type) -> None:
        """Raises InputError where the examples are not of this kind."""
        check_examples(self.train, kind, f"corpus {self.name}")

    @cached_property
    def fingerprint(self) -> str:
        """The sha256 of every split's content, read once as a stream."""
        digest = hashlib.sha256(b"" if self.tagging == "spans" else f"{self.tagging}\n".encode())
        if self.languages:
            digest.update(f"{json.dumps(self.languages)}\n".encode())
        for split in ("train", "valid", "test"):
            digest.update(f"{split}\n".encode())
            for example in getattr(self, split):
                record = json.dumps([getattr(example, part.name) for part in fields(example)])
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
        """A corpus from Python lists of `(tokens, tags)` or `(tokens, tags, label)`; scheme="plain" takes tags as they are.

        Without `valid` a tenth of `train`, drawn by `seed`, is held out. Raises InputError with the split and the
        number of the example at fault.
        """
        splits = {"train": train, "valid": valid, "test": test}
        read = {split: from_list(given, split, scheme) for split, given in splits.items() if given is not None}
        rest = read.get("valid"), read.get("test")
        return cls.from_splits(name, read["train"], *rest, tokens=tokens, seed=seed, tagging=tagging_of(scheme))

    @classmethod
    def from_texts(
        cls,
        train: Iterable[Any],
        valid: Iterable[Any] | None = None,
        test: Iterable[Any] | None = None,
        *,
        tokens: str = "whitespace",
        blank_lines: bool = False,
        seed: int = 0,
        name: str = "texts",
    ) -> Corpus:
        """A corpus of `Text` from Python lists of strings or of `(string, label)`; a list of labels, too, may be a label.

        Without `valid` a tenth of `train` is held out: of labelled texts a random one, drawn by `seed`; of others the
        last, as in `read_text`. Raises InputError with the split and the number of the example at fault; a blank string is
        one, unless `blank_lines` makes it an empty sentence.
        """
        splits = {"train": train, "valid": valid, "test": test}
        read = {split: text_list(given, split, blank_lines) for split, given in splits.items() if given is not None}
        return cls.from_splits(
            name,
            read["train"],
            read.get("valid"),
            read.get("test"),
            tokens=tokens,
            seed=seed,
            contiguous=read["train"][0].label is None,
        )

    @classmethod
    def from_pairs(
        cls,
        train: Iterable[Any],
        valid: Iterable[Any] | None = None,
        test: Iterable[Any] | None = None,
        *,
        tokens: str = "whitespace",
        target_tokens: str | None = None,
        seed: int = 0,
        name: str = "pairs",
    ) -> Corpus:
        """A corpus of `Parallel` in the languages `source` and `target` from Python lists of `(source, target)` strings.

        `tokens` is the rule of the source, `target_tokens` that of the target, without it the same. Without `valid` a
        tenth of `train`, drawn by `seed`, is held out. Raises InputError with the split and the number of the example at
        fault; a blank string on either side is one.
        """
        splits = {"train": train, "valid": valid, "test": test}
        read = {split: pair_list(given, split) for split, given in splits.items() if given is not None}
        languages = languages_of(("source", "target"), tokens, target_tokens)
        return cls.from_splits(name, read["train"], read.get("valid"), read.get("test"), seed=seed, languages=languages)

    @classmethod
    def from_frames(
        cls,
        train: Iterable[Any],
        valid: Iterable[Any] | None = None,
        test: Iterable[Any] | None = None,
        *,
        seed: int = 0,
        name: str = "frames",
    ) -> Corpus:
        """A corpus of `Frames` from Python lists: a piece is a list of steps, a step a list of MIDI pitches.

        A piece may also be `(steps, label)`. Without `valid` a tenth of `train`, drawn by `seed`, is held out. Raises
        InputError with the split, the piece and the step at fault.
        """
        splits = {"train": train, "valid": valid, "test": test}
        read = {split: frames_list(given, split) for split, given in splits.items() if given is not None}
        return cls.from_splits(name, read["train"], read.get("valid"), read.get("test"), tokens="whitespace", seed=seed)

    @classmethod
    def from_splits(
        cls,
        name: str,
        train: Examples,
        valid: Examples | None,
        test: Examples | None,
        *,
        tokens: str = "whitespace",
        seed: int,
        contiguous: bool = False,
        tagging: str = "spans",
        languages: tuple[Language, ...] = (),
    ) -> Corpus:
        """A corpus whose validation part is held out of `train` where there is none; see `hold_out`."""
        rest, chosen = (train, valid) if valid is not None else hold_out(train, seed=seed, contiguous=contiguous)
        test = test if test is not None else ()
        return cls(name, rest, chosen, test, tokens, tagging=tagging, languages=languages)
