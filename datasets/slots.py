"""Parallel files: one sentence's words a line, their tags on that line of a second file, its label in a third."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import zip_longest
from os import PathLike, fspath
from pathlib import Path

from .corpus import Corpus
from .errors import BadRecord, InputError
from .example import LabeledSequence
from .lines import first_pass, lines
from .tag_reader import TagReader, tagging_of

Paths = Sequence[str | PathLike[str]]


class SlotFiles:
    """The sentences of two or three parallel files, read anew at each iteration.

    The constructor reads them once from end to end, so every mistake is reported before anything else happens.

    Args:
        words: one sentence a line, its tokens apart by whitespace.
        tags: as many tags on the same line.
        labels: the label of the whole sentence on the same line, if the corpus has one.
        scheme: of the tags; examples come out in IOB2. With "plain" the tags are labels of tokens and stay as they are.
        strict: refuse an I- with nothing before it to continue; otherwise one warning counts them.

    Raises:
        BadRecord: counts that differ in a line, an empty line, a file that ends early, a tag that is not of the scheme;
            empty files.
        InputError: whatever `lines` raises.
    """

    def __init__(
        self,
        words: str | PathLike[str],
        tags: str | PathLike[str],
        labels: str | PathLike[str] | None = None,
        *,
        scheme: str = "IOB2",
        strict: bool = False,
    ) -> None:
        self.words, self.tags, self.labels = words, tags, labels
        self.scheme, self.strict = scheme, strict
        self._paths = [path for path in (words, tags, labels) if path is not None]
        reader = TagReader(scheme, strict)
        self._length = first_pass(self._examples(reader), *self._paths)
        reader.report()

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[LabeledSequence]:
        return self._examples(TagReader(self.scheme, self.strict))

    def _examples(self, reader: TagReader) -> Iterator[LabeledSequence]:
        for number, row in enumerate(zip_longest(*map(lines, self._paths)), start=1):
            texts = [self._text(index, entry, number) for index, entry in enumerate(row)]
            words, tags = texts[0].split(), texts[1].split()
            if len(words) != len(tags):
                raise BadRecord(self.tags, number, f"expected {len(words)} tags, as many as words, got {len(tags)}")
            fault = partial(self._fault, number)
            yield LabeledSequence(tuple(words), reader.read(tags, fault), texts[2] if len(texts) == 3 else None)

    def _fault(self, number: int, position: int, message: str) -> BadRecord:
        return BadRecord(self.tags, number, f"{message} (tag {position + 1})")

    def _text(self, index: int, entry: tuple[int, str] | None, number: int) -> str:
        """The line of one file, stripped; raises BadRecord where it is blank or the file has ended."""
        if entry is None:
            lengths = ", ".join(fspath(path) for path in self._paths if path is not self._paths[index])
            raise BadRecord(self._paths[index], number, f"expected a line as in {lengths}, got the end of the file")
        text = entry[1].strip()
        if not text:
            raise BadRecord(self._paths[index], number, "expected text, got an empty line")
        return text


def read_slots(
    train: Paths,
    valid: Paths | None = None,
    test: Paths | None = None,
    *,
    scheme: str = "IOB2",
    strict: bool = False,
    tokens: str = "whitespace",
    name: str | None = None,
    seed: int = 0,
) -> Corpus:
    """A corpus from parallel files, read lazily: each split is `(words, tags)` or `(words, tags, labels)`.

    Without `valid` a tenth of `train`, drawn by `seed`, is held out. Raises what SlotFiles raises.

    Example: `read_slots(("train.words", "train.tags"), ("dev.words", "dev.tags"))`
    """
    given = {"train": train, "valid": valid, "test": test}
    files = {split: _slot_files(paths, split, scheme, strict) for split, paths in given.items() if paths is not None}
    if len({found.labels is None for found in files.values()}) > 1:
        raise InputError("expected a file of labels for every split or for none")
    name = name or Path(train[0]).name.split(".")[0]
    rest = files.get("valid"), files.get("test")
    return Corpus.from_splits(name, files["train"], *rest, tokens=tokens, seed=seed, tagging=tagging_of(scheme))


def _slot_files(paths: Paths, split: str, scheme: str, strict: bool) -> SlotFiles:
    if isinstance(paths, str | PathLike) or len(paths) not in (2, 3):
        raise InputError(f"{split}: expected two or three files (words, tags, labels), got {paths!r}")
    return SlotFiles(*paths, scheme=scheme, strict=strict)
