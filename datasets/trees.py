"""Trees of constituents, and the bracketed files of the Penn Treebank (Marcus et al., 1993).

    ( (S (NP-SBJ-1 (NNP Ada)) (VP (VBD slept)) (. .)) )

A bracket holds a label and constituents, or a tag (part of speech) and its word. What a parser learns is less than what
the treebank says: `normalized_tree`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .errors import BadRecord
from .lines import Source, lines, source_name

UNTAGGED = "XX"  # in place of the tag of a word
EMPTY = "-NONE-"  # the tag of what is understood and not said: a trace, an omitted word
OUTER = ("", "TOP", "ROOT")  # labels of the bracket around a whole sentence
SENTENCE = "S"
PIECES = re.compile(r"[()]|[^\s()]+")
ADDITIONS = re.compile(r"[-=|]")  # of a label: functions, indices, a second choice


@dataclass(frozen=True, slots=True)
class Tree:
    """A constituent; or, where its only child is a word, the tag of that word.

    Args:
        label: the category (NP) or the part of speech (NN).
        children: from the left, trees or words.

    `str` gives it in brackets, on one line.

    Example:
        >>> tree = Tree("NP", (Tree("DT", ("the",)), Tree("NN", ("sea",))))
        >>> str(tree), tree.words
        ('(NP (DT the) (NN sea))', ('the', 'sea'))
    """

    label: str
    children: tuple[Tree | str, ...]

    @property
    def is_tag(self) -> bool:
        """Whether it is a word with its tag, and no constituent."""
        return len(self.children) == 1 and isinstance(self.children[0], str)

    @property
    def leaves(self) -> tuple[tuple[str, str], ...]:
        """(tag, word) from the left; XX for the tag of a word that has none."""
        return tuple((node.label, str(node.children[0])) for turn, node in self.steps() if not turn)

    @property
    def words(self) -> tuple[str, ...]:
        """The words from the left."""
        return tuple(word for _, word in self.leaves)

    def steps(self) -> Iterator[tuple[int, Tree]]:
        """The way around the tree: (1, constituent) where it begins, (-1, constituent) where it ends, (0, tag) for a word.

        A word that stands among constituents comes under the tag XX. No recursion, so a tree may be as deep as it likes.
        """
        ahead = [(1, self)]
        while ahead:
            turn, node = ahead.pop()
            if turn > 0 and node.is_tag:
                turn = 0
            yield turn, node
            if turn > 0:
                ahead.append((-1, node))
                ahead += ((1, _tagged(child)) for child in reversed(node.children))

    def __str__(self) -> str:
        pieces: list[str] = []
        for turn, node in self.steps():
            if turn < 0:
                pieces[-1] += ")"
            else:
                pieces.append(f"({node.label}" if turn else f"({node.label} {node.children[0]})")
        return " ".join(pieces)


def read_trees(source: Source) -> Iterator[Tree]:
    """Yields each tree of a bracketed file as it is written; a tree may take several lines, or a line hold several.

    The label of an outermost bracket may be missing, and is "" then.

    Args:
        source: a path, `.gz` or not, or an open binary stream.

    Raises:
        BadRecord: a bracket too many or too few, one without label or content, a word outside of brackets or beside others.
        InputError: whatever `lines` raises.
    """
    return _trees(lines(source), source_name(source))


def tree_from_brackets(text: str) -> Tree:
    """The tree that `str(tree)` wrote; raises BadRecord as `read_trees` does, or where there is not one tree."""
    trees = list(_trees(enumerate(text.splitlines(), 1), "<text>"))
    if len(trees) != 1:
        raise BadRecord("<text>", 1, f"expected one tree, got {len(trees)}")
    return trees[0]


def normalized_tree(tree: Tree) -> Tree | None:
    """What parsers learn and are measured by: categories over words. None where no word is left.

    - Empty elements (-NONE-) go, and so do constituents in which nothing is left.
    - A label loses its functions, indices and second choice: NP-SBJ-1 and NP=2 are NP, ADVP|PRT is ADVP. -LRB- stays.
    - The bracket without label (or TOP, ROOT) around the whole goes where it holds one constituent, and is S elsewhere.

    ADVP and PRT stay apart: a metric may take them for one.
    """
    around: list[list[Tree | str]] = [[]]
    for turn, node in tree.steps():
        if turn > 0:
            around.append([])
        elif turn == 0 and node.label != EMPTY:
            around[-1].append(Tree(plain_label(node.label), node.children))
        elif turn < 0 and (children := around.pop()):
            around[-1].append(Tree(plain_label(node.label), tuple(children)))
    return _root(around[0])


def plain_label(label: str) -> str:
    """The category alone: NP of NP-SBJ-1."""
    return ADDITIONS.split(label, maxsplit=1)[0] or label


def _tagged(child: Tree | str) -> Tree:
    return child if isinstance(child, Tree) else Tree(UNTAGGED, (child,))


def _root(tops: list[Tree | str]) -> Tree | None:
    """The constituent that holds all that is left of a tree, `tops` being that tree or nothing."""
    if not tops:
        return None
    top = _tagged(tops[0])
    while top.label in OUTER and len(top.children) == 1 and isinstance(inner := top.children[0], Tree):
        top = inner
    if top.is_tag:
        return Tree(SENTENCE, (top,))
    return Tree(SENTENCE, top.children) if top.label in OUTER else top


@dataclass(slots=True)
class _Bracket:
    """One that is still open; `line` is where it began."""

    line: int
    label: str | None = None
    children: list[Tree | str] = field(default_factory=list)

    @property
    def has_word(self) -> bool:
        return bool(self.children) and isinstance(self.children[0], str)


def _trees(numbered: Iterable[tuple[int, str]], name: str) -> Iterator[Tree]:
    opened: list[_Bracket] = []
    for number, line in numbered:
        for piece in PIECES.findall(line):
            problem = _problem(opened, piece)
            if problem:
                raise BadRecord(name, number, problem)
            if piece == "(":
                opened.append(_Bracket(number))
            elif piece != ")":
                _take(opened[-1], piece)
            elif tree := _closed(opened):
                yield tree
    if opened:
        raise BadRecord(name, opened[0].line, f"expected as many ) as (, got {len(opened)} fewer by the end")


def _problem(opened: list[_Bracket], piece: str) -> str:
    """What is wrong with the next piece, if anything is."""
    if not opened:
        return "" if piece == "(" else f"expected (, got {piece!r} outside of brackets"
    last = opened[-1]
    if piece == ")":
        return "" if last.children else f"expected a word or constituents after '({last.label or ''}', got ')'"
    if last.has_word:
        return f"expected ) after the word {last.children[0]!r}, got {piece!r}"
    if piece == "(":
        return "" if last.label is not None or len(opened) == 1 else "expected a label after (, got another ("
    return f"expected ( or ) after a constituent, got {piece!r}" if last.children else ""


def _take(bracket: _Bracket, piece: str) -> None:
    if bracket.label is None:
        bracket.label = piece
    else:
        bracket.children.append(piece)


def _closed(opened: list[_Bracket]) -> Tree | None:
    """Ends the innermost bracket; the tree where this is the outermost one."""
    last = opened.pop()
    tree = Tree(last.label or "", tuple(last.children))
    if not opened:
        return tree
    opened[-1].children.append(tree)
    return None
