"""What may follow in a row of brackets: exactly what some tree over the words has there."""

import itertools

import numpy as np
import pytest

from keras_seq.layers.tree_grammar import CHAIN, TreeGrammar

TOKENS = ["<PAD>", "<UNK>", "</s>", "(A", ")A", "(B", ")B", "XX", "("]
IDS = {token: place for place, token in enumerate(TOKENS)}


def is_tree(row, words):
    """By a stack: one root over so many leaves, no constituent without one, no chain beyond the limit."""
    stack, leaves, chain, done = [], 0, 0, False
    for token in row:
        if done:
            return False
        if token in ("(A", "(B"):
            chain += 1
            if chain > CHAIN:
                return False
            stack.append([token[1:], 0])
        elif token in (")A", ")B"):
            if not stack or stack[-1][0] != token[1:] or not stack[-1][1]:
                return False
            stack.pop()
            if stack:
                stack[-1][1] += 1
            done, chain = not stack, 0
        else:
            if not stack:
                return False
            stack[-1][1] += 1
            leaves, chain = leaves + 1, 0
    return done and leaves == words


def rows_by_grammar(words, most):
    """All rows that the grammar lets end within so many tokens; none is begun that cannot be ended in time."""
    grammar, found = TreeGrammar(TOKENS), []

    def go(state, row):
        allowed = np.asarray(grammar.may_follow(state))[0, 0]
        assert allowed.any()
        for token, may in zip(TOKENS, allowed, strict=True):
            if may and token == "</s>":
                found.append(tuple(row))
            elif may:
                go(grammar.advance(state, np.array([[IDS[token]]])), [*row, token])

    go(grammar.start([words], [most + 1]), [])
    return sorted(found)


@pytest.mark.parametrize("words", [1, 2])
def test_exactly_the_trees_may_be_written(words):
    most = 6
    alphabet = TOKENS[3:]
    expected = sorted(
        row for size in range(1, most + 1) for row in itertools.product(alphabet, repeat=size) if is_tree(row, words)
    )
    assert rows_by_grammar(words, most) == expected


def test_beams_and_sentences_are_apart():
    grammar = TreeGrammar(TOKENS)
    state = grammar.start([1, 3], [99, 99])
    state = type(state)(*(np.repeat(each, 2, axis=1) for each in state))
    state = grammar.advance(state, np.array([[IDS["(A"], IDS["(B"]], [IDS["(B"], IDS["(A"]]]))
    state = grammar.advance(state, np.full((2, 2), IDS["XX"]))
    allowed = np.asarray(grammar.may_follow(state))
    names = [[{t for t, may in zip(TOKENS, allowed[b, n], strict=True) if may} for n in (0, 1)] for b in (0, 1)]
    assert names[0] == [{")A"}, {")B"}]
    assert names[1] == [{"(A", "(B", "XX", "("}] * 2


def test_chains_of_brackets_end():
    grammar = TreeGrammar(TOKENS)
    state = grammar.start([1], [99])
    for _ in range(CHAIN):
        state = grammar.advance(state, np.array([[IDS["(A"]]]))
    assert [t for t, may in zip(TOKENS, np.asarray(grammar.may_follow(state))[0, 0], strict=True) if may] == ["XX", "("]
