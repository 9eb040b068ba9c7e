"""Precision, recall and F1 of labelled brackets, as evalb counts them with COLLINS.prm (Sekine & Collins, 1997).

A bracket is (label, start, end) of a constituent over words, right where the gold tree has it too, as often as that has it
(PARSEVAL: Black et al., 1991). Tags of words are no brackets, nor is the root TOP; ADVP and PRT are one; punctuation is
taken out of the sentence first, and a constituent of punctuation alone with it. Counts are of all sentences together.

evalb knows punctuation by its tag (, : `` '' .). So does this, by the gold tree's; where that has XX it goes by the word.
In the WSJ part of NLTK 11 of 94,084 words are then decided otherwise: closing quotation marks that are written ', which is
a genitive more often, and a word with a wrong tag. Else evalb differs where a parser's tags do: it then leaves the sentence
out, as it does one without a word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass, field

from ..datasets import Tree
from ..datasets.trees import EMPTY, OUTER, UNTAGGED, plain_label
from .span_metrics import Counts, SpanScores

PUNCTUATION_TAGS = frozenset([",", ":", "``", "''", ".", EMPTY])
PUNCTUATION = frozenset(", . ? ! : ; - -- --- … ... – — ` `` '' \" “ ” ‘ ， 。 、 ？ ！ ： ； ——".split())
SAME = {"PRT": "ADVP"}

Bracket = tuple[str, int, int]


@dataclass
class BracketScores:
    """Counts of brackets by label, and of sentences that have a word besides punctuation.

    Args:
        labels: the brackets of each label.
        sentences: how many there were.
        exact: of them, how many have all brackets right and no others.
        crossing: brackets found that cross one of their gold tree: each holds a part of the other, and more.
        uncrossed: sentences in which no bracket does.

    Example:
        scores = score_brackets([tree_from_brackets("(S (NP (XX a)) (XX b))")], [tree_from_brackets("(S (XX a) (XX b))")])
        scores.overall.precision, scores.overall.recall    # 1.0, 0.5
    """

    labels: dict[str, Counts] = field(default_factory=dict)
    sentences: int = 0
    exact: int = 0
    crossing: int = 0
    uncrossed: int = 0

    @property
    def overall(self) -> Counts:
        """The counts of all labels together."""
        return SpanScores(self.labels).overall

    @property
    def exact_match(self) -> float:
        """The share of sentences whose tree is right."""
        return self.exact / self.sentences if self.sentences else 0.0

    @property
    def average_crossing(self) -> float:
        """Crossing brackets, a sentence."""
        return self.crossing / self.sentences if self.sentences else 0.0

    @property
    def no_crossing(self) -> float:
        """The share of sentences without a crossing bracket."""
        return self.uncrossed / self.sentences if self.sentences else 0.0


def score_brackets(gold: Iterable[Tree], predicted: Iterable[Tree]) -> BracketScores:
    """Compares N trees with as many over the same words; raises ValueError where numbers or words differ.

    Trees are as `normalized_tree` and `tree_from_linear` make them. Sentences of punctuation alone are left out.
    """
    scores = BracketScores()
    for number, (right, given) in enumerate(zip(gold, predicted, strict=True), 1):
        if right.words != given.words:
            raise ValueError(
                f"sentence {number}: expected the words {' '.join(right.words)!r}, got {' '.join(given.words)!r}"
            )
        left_out = punctuation(right)
        if len(left_out) < len(right.words):
            _count(scores, brackets(right, left_out), brackets(given, left_out))
    return scores


def brackets(tree: Tree, left_out: Container[int] = ()) -> Counter[Bracket]:
    """How often a tree has each (label, start, end), places being those of words, but for words at the places `left_out`.

    Example: `brackets(tree_from_brackets("(S (NP (NN a)) (VP (VB b)))"))` has ("S", 0, 2), ("NP", 0, 1), ("VP", 1, 2).
    """
    found: Counter[Bracket] = Counter()
    begun: list[int] = []
    place = end = 0
    for turn, node in tree.steps():
        if turn > 0:
            begun.append(end)
        elif turn == 0:
            end += place not in left_out
            place += 1
        elif (start := begun.pop()) < end and (label := plain_label(node.label)) not in OUTER:
            found[SAME.get(label, label), start, end] += 1
    return found


def punctuation(tree: Tree) -> set[int]:
    """The places of the words that evalb leaves out: by tag, or by the word where its tag is XX."""
    return {
        place
        for place, (tag, word) in enumerate(tree.leaves)
        if (word in PUNCTUATION if tag == UNTAGGED else tag in PUNCTUATION_TAGS)
    }


def _count(scores: BracketScores, right: Counter[Bracket], given: Counter[Bracket]) -> None:
    for name, found in (("gold", right), ("predicted", given), ("right", right & given)):
        for label, _, _ in found.elements():
            counts = scores.labels.setdefault(label, Counts())
            setattr(counts, name, getattr(counts, name) + 1)
    crossing = sum(any(_cross(one, other) for other in right) for one in given.elements())
    scores.sentences += 1
    scores.exact += right == given
    scores.crossing += crossing
    scores.uncrossed += not crossing


def _cross(one: Bracket, other: Bracket) -> bool:
    (_, start, end), (_, begin, stop) = one, other
    return start < begin < end < stop or begin < start < stop < end
