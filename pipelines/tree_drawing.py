"""A tree as a drawing in text: labels over words, lines between; by NLTK's `pretty_print`."""

from __future__ import annotations

import io
from itertools import accumulate

from ..datasets import InputError, Tree
from ..datasets.trees import UNTAGGED

DEEPEST = 500  # levels; NLTK goes down by recursion


def draw_tree(tree: Tree) -> str:
    """The tree in lines of text, from the root down to the words; a word under XX hangs from its constituent.

    Columns hold where each character is one wide, so Chinese words stand a little aside of their lines.

    Raises InputError for a tree of more than 500 levels.

    Example: `print(draw_tree(tree_from_linear("(S (NP XX )NP (VP XX )VP )S", ["She", "slept"])))`
    """
    import nltk

    levels = max(accumulate(turn for turn, _ in tree.steps()))
    if levels > DEEPEST:
        raise InputError(f"a tree of {levels} levels, expected at most {DEEPEST} to draw")
    around: list[list[nltk.Tree | str]] = [[]]
    for turn, node in tree.steps():
        if turn > 0:
            around.append([])
        elif turn == 0:
            (word,) = node.children
            around[-1].append(str(word) if node.label == UNTAGGED else nltk.Tree(node.label, [word]))
        else:
            children = around.pop()
            around[-1].append(nltk.Tree(node.label, children))
    (root,) = around[0]
    drawn = io.StringIO()
    (nltk.Tree(UNTAGGED, [root]) if isinstance(root, str) else root).pretty_print(stream=drawn)
    return "\n".join(line.rstrip() for line in drawn.getvalue().rstrip().splitlines())
