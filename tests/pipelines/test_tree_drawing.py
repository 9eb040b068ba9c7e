"""Drawings of trees, beside those that NLTK makes of the same brackets."""

import io

import nltk
import pytest

from keras_seq.datasets import InputError, Tree, tree_from_brackets, tree_from_linear
from keras_seq.pipelines import draw_tree


def drawn_by_nltk(text):
    nltk.Tree.fromstring(text).pretty_print(stream=(out := io.StringIO()))
    return "\n".join(line.rstrip() for line in out.getvalue().rstrip().splitlines())


def test_from_the_root_down_to_the_words():
    lines = draw_tree(tree_from_linear("(S (NP XX )NP (VP XX )VP )S", ["She", "slept"])).splitlines()
    assert [line.split() for line in (lines[0], lines[2], lines[-1])] == [["S"], ["NP", "VP"], ["She", "slept"]]


@pytest.mark.parametrize(
    "text",
    [
        "(S (NP (DT the) (NN cat)) (VP (VBD sat) (PP (IN on) (NP (DT the) (NN mat)))) (. .))",
        "(NP (NP (NN sea)))",
        "(IP (NP (NR 上海)) (VP (VV 同步)))",
        "(NN sea)",
    ],
)
def test_it_is_that_of_nltk(text):
    assert draw_tree(tree_from_brackets(text)) == drawn_by_nltk(text)


def test_a_word_without_tag_hangs_from_its_constituent():
    assert draw_tree(tree_from_brackets("(S (NP (XX the) (NN sea)) (XX .))")) == drawn_by_nltk(
        "(S (NP the (NN sea)) .)"
    )


def test_a_bracket_may_be_a_word():
    tree = tree_from_linear("(NP XX XX XX )NP", ["(", "a", ")"])
    assert draw_tree(tree).splitlines()[-1].split() == ["(", "a", ")"]


def test_a_word_alone():
    assert draw_tree(Tree("XX", ("sea",))) == drawn_by_nltk("(XX sea)")


def test_a_tree_may_have_500_levels():
    drawing = draw_tree(tree_from_linear(["(NP"] * 500 + ["XX"], ["sea"]))
    assert drawing.split() == ["NP", "|"] * 500 + ["sea"]


def test_a_deeper_tree_is_refused():
    with pytest.raises(InputError, match=r"^a tree of 501 levels, expected at most 500 to draw$"):
        draw_tree(tree_from_linear(["(NP"] * 501 + ["XX"], ["sea"]))
