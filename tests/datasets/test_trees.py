"""Bracketed files, and what of them is learnt, on trees made by hand."""

import gzip
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_seq.datasets import BadRecord, InputError, Tree, normalized_tree, read_trees, tree_from_brackets

SLEPT = Tree("S", (Tree("NP", (Tree("NNP", ("Ada",)),)), Tree("VP", (Tree("VBD", ("slept",)),)), Tree(".", (".",))))
NAMES = st.text("ABnp-=|$'.,", min_size=1, max_size=5) | st.sampled_from(["-NONE-", "TOP", "ROOT", "NP-SBJ-1"])
TREES = st.recursive(
    st.builds(Tree, NAMES, st.tuples(NAMES)),
    lambda inner: st.builds(Tree, NAMES, st.lists(inner, min_size=1, max_size=4).map(tuple)),
)


def normalized(text):
    tree = normalized_tree(tree_from_brackets(text))
    return tree and str(tree)


def test_words_and_tags_from_the_left():
    assert SLEPT.words == ("Ada", "slept", ".")
    assert SLEPT.leaves == (("NNP", "Ada"), ("VBD", "slept"), (".", "."))


def test_a_word_without_tag_is_under_xx():
    assert Tree("NP", ("the", Tree("NN", ("sea",)))).leaves == (("XX", "the"), ("NN", "sea"))


def test_a_constituent_is_no_tag():
    assert [SLEPT.is_tag, SLEPT.children[0].is_tag, SLEPT.children[2].is_tag] == [False, False, True]


def test_the_way_around_a_tree():
    tree = Tree("S", (Tree("NP", (Tree("NN", ("a",)),)), Tree("V", ("b",))))
    assert [(turn, node.label) for turn, node in tree.steps()] == [
        (1, "S"),
        (1, "NP"),
        (0, "NN"),
        (-1, "NP"),
        (0, "V"),
        (-1, "S"),
    ]


def test_a_tree_in_brackets():
    assert str(SLEPT) == "(S (NP (NNP Ada)) (VP (VBD slept)) (. .))"


@given(TREES)
def test_brackets_are_read_back(tree):
    assert tree_from_brackets(str(tree)) == tree


def test_a_tree_may_be_deeper_than_recursion_goes():
    tree = Tree("NN", ("sea",))
    for _ in range(5000):
        tree = Tree("NP", (tree,))
    text = str(tree)
    assert text == "(NP " * 5000 + "(NN sea)" + ")" * 5000
    assert str(tree_from_brackets(text)) == str(normalized_tree(tree)) == text


@pytest.mark.parametrize("name", ["a.mrg", "a.mrg.gz"])
def test_trees_of_a_file(tmp_path, name):
    text = b"\n( (S\n    (NP (NNP Ada))\r\n    (VP (VBD slept))\n  (. .)) )\n(X (Y y)) (Z z)\n"
    (path := tmp_path / name).write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    assert list(read_trees(path)) == [Tree("", (SLEPT,)), Tree("X", (Tree("Y", ("y",)),)), Tree("Z", ("z",))]


def test_trees_of_a_stream():
    assert list(read_trees(io.BytesIO("(NN 海)".encode()))) == [Tree("NN", ("海",))]


def test_no_trees_in_an_empty_file():
    assert list(read_trees(io.BytesIO(b"\n"))) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("(S\n(NN a)", ":1: expected as many ) as (, got 1 fewer by the end"),
        ("(A a)\n\n(S (NP\n(NN a)", ":3: expected as many ) as (, got 2 fewer by the end"),
        ("(S\n(NN a)))", ":2: expected (, got ')' outside of brackets"),
        ("(A a)\nword", ":2: expected (, got 'word' outside of brackets"),
        ("(S\n(NP ))", ":2: expected a word or constituents after '(NP', got ')'"),
        ("( )", ":1: expected a word or constituents after '(', got ')'"),
        ("(S\n(NN a b))", ":2: expected ) after the word 'a', got 'b'"),
        ("(S (NN a (NN b)))", ":1: expected ) after the word 'a', got '('"),
        ("(S (NN a)\nb)", ":2: expected ( or ) after a constituent, got 'b'"),
        ("( (S (NN a))\nb)", ":2: expected ( or ) after a constituent, got 'b'"),
        ("(S\n((NN a)))", ":2: expected a label after (, got another ("),
    ],
)
def test_a_mistake_has_file_and_line(tmp_path, text, message):
    (path := tmp_path / "a.mrg").write_text(text)
    with pytest.raises(BadRecord) as caught:
        list(read_trees(path))
    assert str(caught.value) == f"{path}{message}"


def test_what_lines_refuses_is_refused(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        list(read_trees(tmp_path / "none.mrg"))


@pytest.mark.parametrize("text", ["", "(A a) (B b)"])
def test_brackets_of_one_tree_are_expected(text):
    with pytest.raises(BadRecord, match=r"^<text>:1: expected one tree, got [02]$"):
        tree_from_brackets(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(S (NP-SBJ-1 (NNP Ada)) (VP=2 (VBD slept)))", "(S (NP (NNP Ada)) (VP (VBD slept)))"),
        ("(VP (VB go) (ADVP|PRT (RB on)))", "(VP (VB go) (ADVP (RB on)))"),
        ("(NP (-LRB- -LRB-) (PRP$ its) (-RRB- -RRB-))", "(NP (-LRB- -LRB-) (PRP$ its) (-RRB- -RRB-))"),
        ("(X (= =) (-- --) (NN a-b))", "(X (= =) (-- --) (NN a-b))"),
    ],
)
def test_labels_are_categories_alone(text, expected):
    assert normalized(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(S (NP (-NONE- *)) (VP (VB go)))", "(S (VP (VB go)))"),
        ("(S (NP (NP (-NONE- *)) (SBAR (-NONE- 0) (S (-NONE- *T*)))) (VP (VB go)))", "(S (VP (VB go)))"),
        ("(NP (NP (NN sea)) (-NONE- *))", "(NP (NP (NN sea)))"),
        ("( (S (NP (-NONE- *))))", None),
        ("(-NONE- *)", None),
    ],
)
def test_what_is_empty_goes(text, expected):
    assert normalized(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("( (S (VP (VB go))))", "(S (VP (VB go)))"),
        ("(TOP (NP (NN sea)))", "(NP (NN sea))"),
        ("(ROOT (TOP (FRAG (RB no))))", "(FRAG (RB no))"),
        ("( (S (VP (VB go))) (. .))", "(S (S (VP (VB go))) (. .))"),
        ("( (S (VP (VB go))) (-NONE- *))", "(S (VP (VB go)))"),
        ("( (NN sea))", "(S (NN sea))"),
        ("(NN sea)", "(S (NN sea))"),
    ],
)
def test_the_outer_bracket_goes(text, expected):
    assert normalized(text) == expected


@given(TREES)
def test_normalizing_twice_is_normalizing_once(tree):
    once = normalized_tree(tree)
    assert once is None or normalized_tree(once) == once


@given(TREES)
def test_all_words_but_empty_ones_stay(tree):
    once = normalized_tree(tree)
    left = tuple(word for tag, word in tree.leaves if tag != "-NONE-")
    assert (once.words if once else ()) == left
