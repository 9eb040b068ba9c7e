"""A treebank as a parallel corpus: sentences in words, and in brackets; see `linear_tree`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from os import PathLike
from pathlib import Path

from .corpus import Corpus, Language
from .example import Parallel
from .linear_trees import linear_tree
from .lines import first_pass
from .trees import Tree, normalized_tree, read_trees

TREEBANK_LANGUAGES = (Language("sentence"), Language("tree"))


class TreeFile:
    """The trees of one bracketed file as `Parallel((sentence, row of brackets))`, normalized, read anew at each iteration.

    The constructor reads the file once from end to end, so every mistake is reported before anything else happens. A tree
    without words is left out.

    Args:
        path: the file; `.gz` is decompressed on the way.
        tags: whether the row has the tag of each word in place of XX.

    Raises:
        BadRecord: a file without a tree; what `read_trees` raises.
        InputError: a label that cannot be told from a bracket; what `read_trees` raises.
    """

    def __init__(self, path: str | PathLike[str], *, tags: bool = False) -> None:
        self.path, self.tags = path, tags
        self._length = first_pass(self, path)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Parallel]:
        return parallel_trees(read_trees(self.path), self.tags)


def read_treebank(
    train: str | PathLike[str],
    valid: str | PathLike[str] | None = None,
    test: str | PathLike[str] | None = None,
    *,
    tags: bool = False,
    name: str | None = None,
    seed: int = 0,
) -> Corpus:
    """A corpus in the languages `sentence` and `tree` from bracketed files, read lazily; see TreeFile.

    Without `valid` a tenth of `train`, drawn by `seed`, is held out.

    Example: `read_treebank("02-21.mrg", "24.mrg", "23.mrg")`
    """
    rest = [None if path is None else TreeFile(path, tags=tags) for path in (valid, test)]
    name = name or Path(train).name.split(".")[0]
    return Corpus.from_splits(name, TreeFile(train, tags=tags), *rest, seed=seed, languages=TREEBANK_LANGUAGES)


def parallel_trees(trees: Iterable[Tree], tags: bool) -> Iterator[Parallel]:
    """Each tree that has words, normalized, as a sentence and a row of brackets."""
    for tree in map(normalized_tree, trees):
        if tree is not None:
            yield Parallel((" ".join(tree.words), " ".join(linear_tree(tree, tags))))
