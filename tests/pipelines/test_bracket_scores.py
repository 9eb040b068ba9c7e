"""Labelled brackets: figures counted by hand, and by a program that knows neither trees nor multisets."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from keras_seq.datasets import Tree, tree_from_brackets, tree_from_linear
from keras_seq.pipelines import BracketScores, Counts, brackets, score_brackets

WORDS = st.lists(st.sampled_from(["a", "b", ",", "--", "'"]), min_size=1, max_size=7)
LABELS = st.sampled_from(["S", "NP", "PRT", "ADVP", "TOP"])
TOKENS = st.lists(st.builds("{}{}".format, st.sampled_from("()"), LABELS) | st.just("XX"), max_size=25)


def scored(gold, predicted):
    return score_brackets([tree_from_brackets(gold)], [tree_from_brackets(predicted)])


def counted(tree, kept):
    """Brackets by recursion over nested pieces: (label, the kept words that it holds)."""
    found = []

    def visit(node, place):
        if isinstance(node.children[0], str):
            return place + 1
        end = place
        for child in node.children:
            end = visit(child, end)
        inside = [word for word in range(place, end) if word in kept]
        if inside and node.label != "TOP":
            found.append(("ADVP" if node.label == "PRT" else node.label, inside))
        return end

    visit(tree, 0)
    return found


def brute_force(gold, predicted):
    """(right, predicted, gold, crossing) of one sentence; each bracket found takes one equal one out of the gold list."""
    kept = {place for place, word in enumerate(gold.words) if word in "ab'"}
    expected, found = counted(gold, kept), counted(predicted, kept)
    left, right = list(expected), 0
    for bracket in found:
        if bracket in left:
            left.remove(bracket)
            right += 1

    def crosses(one):
        sets = [(set(one[1]), set(other)) for _, other in expected]
        return any(a & b and a - b and b - a for a, b in sets)

    return right, len(found), len(expected), sum(map(crosses, found))


def test_brackets_are_over_words():
    tree = tree_from_brackets("(S (NP (DT the) (NN sea)) (VP (VBZ is) (ADJP (JJ blue))))")
    assert brackets(tree) == {("S", 0, 4): 1, ("NP", 0, 2): 1, ("VP", 2, 4): 1, ("ADJP", 3, 4): 1}


def test_a_bracket_that_stands_twice_counts_twice():
    assert brackets(tree_from_brackets("(NP (NP (NP (NN sea))))")) == {("NP", 0, 1): 3}


def test_words_that_are_left_out_take_up_no_room():
    tree = tree_from_brackets("(S (NP (NN a)) (PRN (: --)) (VP (VB b)))")
    assert brackets(tree, {1}) == {("S", 0, 2): 1, ("NP", 0, 1): 1, ("VP", 1, 2): 1}


def test_figures_by_hand():
    gold = "(S (NP (DT the) (NN cat)) (VP (VBD sat) (PP (IN on) (NP (DT the) (NN mat)))))"
    predicted = "(S (NP (DT the) (NN cat) (VBD sat)) (PP (IN on) (NP (DT the) (NN mat))))"
    scores = scored(gold, predicted)
    # right: S 0-6, PP 3-6, NP 4-6; NP 0-3 crosses VP 2-6
    assert scores.overall == Counts(right=3, predicted=4, gold=5)
    assert (scores.overall.precision, scores.overall.recall) == (3 / 4, 3 / 5)
    assert scores.overall.f1 == pytest.approx(2 / 3)
    assert scores.labels == {"S": Counts(1, 1, 1), "NP": Counts(1, 2, 2), "VP": Counts(0, 0, 1), "PP": Counts(1, 1, 1)}
    assert (scores.exact_match, scores.average_crossing, scores.no_crossing) == (0.0, 1.0, 0.0)


def test_the_same_tree_is_right_whatever_its_tags():
    scores = scored("(S (NP (PRP She)) (VP (VBD slept)) (. .))", "(S (NP (XX She)) (VP (XX slept)) (XX .))")
    assert scores == BracketScores({"S": Counts(1, 1, 1), "NP": Counts(1, 1, 1), "VP": Counts(1, 1, 1)}, 1, 1, 0, 1)


def test_where_punctuation_hangs_is_no_matter():
    assert scored("(S (NP (NN a)) (, ,) (VP (VB b)) (. .))", "(S (NP (NN a) (, ,)) (VP (VB b) (. .)))").exact_match == 1


def test_a_constituent_of_punctuation_alone_goes():
    assert scored("(S (NP (NN a)) (. .))", "(S (NP (NN a)) (X (. .)))").overall == Counts(2, 2, 2)


def test_punctuation_goes_by_the_gold_tag():
    genitive = scored("(S (NP (NNS dogs) (POS ')) (VP (VB b)))", "(S (NP (XX dogs)) (XX ') (VP (XX b)))")
    assert genitive.overall == Counts(2, 3, 3)
    quote = scored("(S (NP (NNS dogs) ('' ')) (VP (VB b)))", "(S (NP (XX dogs)) (XX ') (VP (XX b)))")
    assert quote.overall == Counts(3, 3, 3)


@pytest.mark.parametrize(
    ("word", "taken_out"), [(".", True), ("--", True), ("``", True), ("'", False), ("-LRB-", False)]
)
def test_without_tags_it_goes_by_the_word(word, taken_out):
    scores = scored(f"(S (NP (XX a)) (XX {word}) (NP (XX b)))", f"(S (NP (XX a) (XX {word})) (NP (XX b)))")
    assert scores.overall.right == (3 if taken_out else 2)


def test_adverb_and_particle_are_one():
    assert scored("(VP (VB go) (PRT (RP on)))", "(VP (VB go) (ADVP (RP on)))").labels["ADVP"] == Counts(1, 1, 1)


def test_the_root_top_is_no_bracket():
    assert scored("(TOP (S (NN a) (NN b)))", "(S (NN a) (NN b))").overall == Counts(1, 1, 1)


def test_functions_are_no_part_of_a_label():
    assert scored("(S (NP-SBJ-1 (NN a)) (NN b))", "(S (NP (NN a)) (NN b))").exact_match == 1


def test_a_flat_tree_crosses_nothing():
    scores = scored("(S (NP (NN a)) (VP (VB b) (NP (NN c))))", "(S (XX a) (XX b) (XX c))")
    assert scores.overall == Counts(1, 1, 4)
    assert (scores.average_crossing, scores.no_crossing) == (0.0, 1.0)


def test_counts_are_of_all_sentences_together():
    gold = [tree_from_brackets(text) for text in ("(S (NP (NN a)) (VP (VB b)))", "(S (NN a))")]
    predicted = [tree_from_brackets(text) for text in ("(S (XX a) (XX b))", "(NP (XX a))")]
    scores = score_brackets(iter(gold), iter(predicted))
    assert scores.overall == Counts(right=1, predicted=2, gold=4)
    assert (scores.sentences, scores.exact, scores.uncrossed) == (2, 0, 2)


def test_a_sentence_of_punctuation_alone_is_left_out():
    assert scored("(FRAG (: ...))", "(S (XX ...))") == BracketScores()


def test_nothing_to_count_scores_nothing():
    scores = score_brackets([], [])
    assert (scores.overall.f1, scores.exact_match, scores.average_crossing, scores.no_crossing) == (0, 0, 0, 0)


def test_other_words_are_refused():
    trees = [tree_from_brackets(text) for text in ("(S (NN a) (NN b))", "(S (NN a) (NN c))")]
    with pytest.raises(ValueError, match=r"^sentence 2: expected the words 'a b', got 'a c'$"):
        score_brackets([trees[0], trees[0]], trees)


def test_as_many_trees_are_expected():
    with pytest.raises(ValueError, match="shorter"):
        score_brackets([tree_from_brackets("(S (NN a))")], [])


@given(WORDS, TOKENS, TOKENS)
def test_the_counts_are_those_of_brute_force(words, gold, predicted):
    assume(set(words) & set("ab'"))
    trees = [tree_from_linear(tokens, words) for tokens in (gold, predicted)]
    right, found, expected, crossing = brute_force(*trees)
    scores = score_brackets(*([tree] for tree in trees))
    assert scores.overall == Counts(right, found, expected)
    assert (scores.crossing, scores.uncrossed) == (crossing, not crossing)
    assert scores.exact == (right == found == expected)


@given(WORDS, TOKENS)
def test_exchanging_both_exchanges_precision_and_recall(words, tokens):
    tree, flat = tree_from_linear(tokens, words), tree_from_linear([], words)
    one, other = score_brackets([tree], [flat]).overall, score_brackets([flat], [tree]).overall
    assert (one.precision, one.recall) == (other.recall, other.precision)


def test_a_tree_may_be_deeper_than_recursion_goes():
    tree = Tree("NN", ("a",))
    for _ in range(5000):
        tree = Tree("NP", (tree,))
    assert brackets(tree) == {("NP", 0, 1): 5000}
