"""A tree as a row of tokens, and the way back from any row (Vinyals et al., Grammar as a foreign language, 2015).

    (S (NP XX )NP (VP XX )VP XX )S        She slept .

An opening bracket with its label, a closing one with its label, and XX for each word, or its tag. What a network writes
need not be a tree: `tree_from_linear` repairs it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

from .errors import InputError
from .trees import SENTENCE, UNTAGGED, Tree

SENTENCES = (SENTENCE, "SINV", "SQ", "SBARQ")  # clauses that stand by themselves


class _Open(NamedTuple):
    """A constituent that has begun."""

    label: str
    children: list[Tree]


def linear_tree(tree: Tree, tags: bool = False) -> list[str]:
    """The tokens of a tree; `tags` takes the tag of each word in place of XX.

    Raises InputError for a label that is empty or holds white space, and for a tag that would read as a bracket.

    Example: `linear_tree(tree_from_brackets("(S (VP (VB Go)) (. !))"))` is `["(S", "(VP", "XX", ")VP", "XX", ")S"]`.
    """
    return [_token(turn, node.label, tags) for turn, node in tree.steps()]


def tree_from_linear(tokens: str | Iterable[str], words: Sequence[str]) -> Tree:
    """The tree that the tokens mean, over exactly these words, each under the token that stands for it; never fails.

    The tokens of a tree give it back. Others are read from the left, and repaired:

    - `(X` begins a constituent; `)X` ends the innermost one with this label, and all that began in it. Where none has this
      label it ends the innermost of all, and where none is open it says nothing.
    - Any other token is the next word. When there are no words left it says nothing.
    - What is still open at the end, ends there. A constituent without a word goes.
    - One constituent is to hold all. Where several things stand side by side, the first takes in the others if it is a
      sentence (S, SINV, SQ, SBARQ); otherwise, and around a bare word, comes an S.
    - Words that no token stands for come under XX, at the end of that constituent. So no tokens at all make a flat S.

    Args:
        tokens: in a row, or as one string with blanks between.
        words: of the sentence.

    Raises InputError where there are no words.
    """
    if not words:
        raise InputError("a tree over no words, expected at least one")
    rest = iter(words)
    stack = [_Open("", [])]
    for token in (tokens if isinstance(tokens, str) else " ".join(tokens)).split():
        if _is_bracket(token, "("):
            stack.append(_Open(token[1:], []))
        elif _is_bracket(token, ")"):
            _close(stack, token[1:])
        else:
            stack[-1].children.extend(Tree(token, (word,)) for word in islice(rest, 1))
    while len(stack) > 1:
        _end(stack)
    return _rooted(stack[0].children, [Tree(UNTAGGED, (word,)) for word in rest])


def well_formed(tokens: str | Iterable[str], words: Sequence[str]) -> bool:
    """Whether the tokens are those of a tree over so many words, so that nothing is repaired; see `tree_from_linear`."""
    given = (tokens if isinstance(tokens, str) else " ".join(tokens)).split()
    return linear_tree(tree_from_linear(given, words), tags=True) == given


def _token(turn: int, label: str, tags: bool) -> str:
    if not turn and not tags:
        return UNTAGGED
    token = f"{'(' if turn > 0 else ')' if turn else ''}{label}"
    if label.split() != [label] or (not turn and len(token) > 1 and token[0] in "()"):
        raise InputError(f"label {label!r}: expected one without white space, and a tag without a bracket before it")
    return token


def _is_bracket(token: str, bracket: str) -> bool:
    """A bracket alone is a tag: that of a bracket."""
    return len(token) > 1 and token.startswith(bracket)


def _close(stack: list[_Open], label: str) -> None:
    fitting = [depth for depth in range(1, len(stack)) if stack[depth].label == label]
    depth = fitting[-1] if fitting else max(1, len(stack) - 1)
    while len(stack) > depth:
        _end(stack)


def _end(stack: list[_Open]) -> None:
    """Ends the innermost constituent; without a word it never was one."""
    label, children = stack.pop()
    if children:
        stack[-1].children.append(Tree(label, tuple(children)))


def _rooted(tops: list[Tree], rest: list[Tree]) -> Tree:
    """One constituent around all that stands at the top, with the words that are left over at its end."""
    if tops and not (first := tops[0]).is_tag and (len(tops) == 1 or first.label in SENTENCES):
        return Tree(first.label, (*first.children, *tops[1:], *rest))
    return Tree(SENTENCE, (*tops, *rest))
