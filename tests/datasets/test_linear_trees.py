"""Rows of tokens and the trees that they mean, worked by hand; whatever the tokens, a tree over the words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_seq.datasets import InputError, Tree, linear_tree, tree_from_brackets, tree_from_linear, well_formed

LABELS = st.sampled_from(["S", "SINV", "NP", "VP", "PP", "(", ")", "X-1"])
TAGS = st.sampled_from(["XX", "NN", ".", "(", ")", "-LRB-"])
LEAVES = st.builds(Tree, TAGS, st.tuples(st.text("abc", min_size=1, max_size=2)))
TREES = st.builds(
    Tree,
    LABELS,
    st.lists(
        st.recursive(LEAVES, lambda inner: st.builds(Tree, LABELS, st.lists(inner, min_size=1, max_size=3).map(tuple))),
        min_size=1,
        max_size=4,
    ).map(tuple),
)
BRACKETS = st.builds("{}{}".format, st.sampled_from("()"), LABELS)
TOKENS = st.lists(BRACKETS | TAGS | st.text("()SX \u3000", max_size=4), max_size=30)
WORDS = st.lists(st.text(min_size=1, max_size=3), min_size=1, max_size=6)


def repaired(tokens, words):
    return str(tree_from_linear(tokens, words.split()))


def test_a_tree_in_a_row():
    tree = tree_from_brackets("(S (NP (PRP She)) (VP (VBD slept)) (. .))")
    assert linear_tree(tree) == ["(S", "(NP", "XX", ")NP", "(VP", "XX", ")VP", "XX", ")S"]
    assert linear_tree(tree, tags=True) == ["(S", "(NP", "PRP", ")NP", "(VP", "VBD", ")VP", ".", ")S"]


def test_a_word_without_tag_is_xx_in_any_case():
    tree = Tree("NP", ("the", Tree("NN", ("sea",))))
    assert linear_tree(tree, tags=True) == ["(NP", "XX", "NN", ")NP"]


@pytest.mark.parametrize(
    ("tree", "label"),
    [
        (Tree("", (Tree("NN", ("a",)),)), "''"),
        (Tree("N P", (Tree("NN", ("a",)),)), "'N P'"),
        (Tree("NP", (Tree("(N", ("a",)),)), r"'\(N'"),
        (Tree("NP", (Tree(")N", ("a",)),)), r"'\)N'"),
    ],
)
def test_a_label_that_would_be_misread_is_refused(tree, label):
    with pytest.raises(InputError, match=f"^label {label}: expected one without white space"):
        linear_tree(tree, tags=True)


@given(TREES)
def test_a_tree_comes_back(tree):
    assert tree_from_linear(linear_tree(tree, tags=True), tree.words) == tree
    assert tree_from_linear(" ".join(linear_tree(tree, tags=True)), tree.words) == tree


@given(TREES)
def test_a_tree_comes_back_but_for_its_tags(tree):
    tokens = linear_tree(tree)
    found = tree_from_linear(tokens, tree.words)
    assert linear_tree(found) == tokens
    assert found.leaves == tuple(("XX", word) for word in tree.words)


@given(TOKENS, WORDS)
def test_any_tokens_make_a_tree_over_the_words(tokens, words):
    tree = tree_from_linear(tokens, words)
    assert tree.words == tuple(words)
    nodes = [node for turn, node in tree.steps() if turn >= 0]
    assert all(node.children for node in nodes)
    assert all(node.is_tag or all(isinstance(child, Tree) for child in node.children) for node in nodes)
    assert not tree.is_tag


@given(TOKENS, WORDS)
def test_what_is_repaired_needs_no_repair(tokens, words):
    tree = tree_from_linear(tokens, words)
    assert tree_from_linear(linear_tree(tree, tags=True), words) == tree


@given(TOKENS, WORDS)
def test_constituents_have_labels_that_were_begun(tokens, words):
    tree = tree_from_linear(tokens, words)
    begun = {token[1:] for token in " ".join(tokens).split() if token[0] == "(" and len(token) > 1}
    assert {node.label for turn, node in tree.steps() if turn > 0} <= {*begun, "S"}


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        # brackets that do not end, end too often, or end otherwise than they began
        ("(S (NP XX (VP XX", "(S (NP (XX a) (VP (XX b))))"),
        ("(S (NP XX )NP )NP )PP XX )S )S", "(S (NP (XX a)) (XX b))"),
        (")NP (S XX XX )S", "(S (XX a) (XX b))"),
        ("(S (NP XX )VP XX )S", "(S (NP (XX a)) (XX b))"),
        ("(S (VP XX (NP (PP XX )VP )S", "(S (VP (XX a) (NP (PP (XX b)))))"),
        ("(S (NP (NP XX )NP XX )S", "(S (NP (NP (XX a)) (XX b)))"),
        # constituents without a word
        ("(S (NP )NP XX (VP (PP )PP )VP XX )S", "(S (XX a) (XX b))"),
        ("(S (NP )NP )S", "(S (XX a) (XX b))"),
        # more words, fewer words
        ("(S XX (NP XX XX (PP XX )PP )NP )S", "(S (XX a) (NP (XX b)))"),
        ("(NP (NN NN )NP", "(NP (NN (NN a)) (XX b))"),
        ("(S (NP NN )NP )S", "(S (NP (NN a)) (XX b))"),
        ("(NP XX )NP", "(NP (XX a) (XX b))"),
        # several things at the top
        ("(S XX )S (NP XX )NP", "(S (XX a) (NP (XX b)))"),
        ("(SINV XX )SINV XX", "(SINV (XX a) (XX b))"),
        ("(NP XX )NP (VP XX )VP", "(S (NP (XX a)) (VP (XX b)))"),
        ("XX (S XX )S", "(S (XX a) (S (XX b)))"),
        ("(NP XX )NP XX", "(S (NP (XX a)) (XX b))"),
        ("NN", "(S (NN a) (XX b))"),
        ("XX XX", "(S (XX a) (XX b))"),
        ("", "(S (XX a) (XX b))"),
        # a bracket alone is a tag
        ("(NP ( ) )NP", "(NP (( a) () b))"),
    ],
)
def test_what_is_no_tree_is_repaired(tokens, expected):
    assert repaired(tokens, "a b") == expected
    assert well_formed(tokens, ["a", "b"]) == (tokens == "(NP ( ) )NP")


def test_one_word_alone_is_a_sentence():
    assert repaired("XX", "a") == "(S (XX a))"


def test_white_space_in_a_token_parts_it():
    assert repaired(["(S XX", "", " XX)S"], "a b") == "(S (XX a) (XX)S b))"


def test_no_words_are_refused():
    with pytest.raises(InputError, match=r"^a tree over no words, expected at least one$"):
        tree_from_linear("(S XX )S", [])


@given(TREES)
def test_tokens_of_a_tree_are_well_formed(tree):
    assert well_formed(linear_tree(tree), tree.words)
    assert well_formed(linear_tree(tree, tags=True), tree.words)


@given(TREES, st.data())
def test_a_tree_without_one_of_its_tokens_is_not_well_formed(tree, data):
    tokens = linear_tree(tree)
    lost = data.draw(st.integers(0, len(tokens) - 1))
    assert not well_formed(tokens[:lost] + tokens[lost + 1 :], tree.words)


def test_a_row_may_be_as_deep_as_it_is_long():
    tokens = ["(NP"] * 5000 + ["XX"]
    assert str(tree_from_linear(tokens, ["a"])) == "(NP " * 5000 + "(XX a)" + ")" * 5000
