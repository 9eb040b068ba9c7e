"""Borders between labels, against an independent matching."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_bipartite_matching

from keras_seq.pipelines import Border, borders, score_borders, score_spans
from keras_seq.pipelines.border_metrics import pairs

PLACES = st.sets(st.integers(0, 30), max_size=8).map(sorted)
TAGS = st.lists(st.sampled_from("abc"), max_size=12)
IOB2 = st.lists(st.sampled_from(["O", "B-x", "I-x", "B-y", "I-y"]), max_size=12)


def flat(scores):
    return {kind: (counts.right, counts.predicted, counts.gold) for kind, counts in scores.labels.items()}


class TestBorders:
    def test_plain_labels_have_one_where_they_change(self):
        assert borders("aabBO") == [Border(2, "a", "b"), Border(3, "b", "B"), Border(4, "B", "O")]

    def test_spans_have_one_at_either_end_and_where_two_touch(self):
        tags = ["O", "B-x", "I-x", "B-x", "B-y", "O"]
        assert borders(tags, "spans") == [(1, "O", "x"), (3, "x", "x"), (4, "x", "y"), (5, "y", "O")]

    @pytest.mark.parametrize("tagging", ["tokens", "spans"])
    def test_the_ends_of_a_sequence_are_none(self, tagging):
        same = {"tokens": ["x", "x"], "spans": ["B-x", "I-x"]}[tagging]
        assert [borders(tags, tagging) for tags in ([], same[:1], same)] == [[], [], []]


class TestPairs:
    @settings(deadline=None)
    @given(one=PLACES, other=PLACES, reach=st.integers(0, 6))
    def test_there_are_as_many_as_there_can_be(self, one, other, reach):
        near = np.abs(np.subtract.outer(np.array(one, int), np.array(other, int))) <= reach
        expected = int((maximum_bipartite_matching(csr_matrix(near)) >= 0).sum()) if near.size else 0
        assert pairs(one, other, reach) == expected

    @given(one=PLACES, other=PLACES, reach=st.integers(0, 6))
    def test_either_side_may_stand_first(self, one, other, reach):
        assert pairs(one, other, reach) == pairs(other, one, reach)

    def test_a_place_is_in_one_pair_alone(self):
        assert pairs([5], [4, 5, 6], 1) == 1


class TestScores:
    def test_a_border_may_be_off_by_the_reach(self):
        gold, found = [["a"] * 4 + ["b"] * 6], [["a"] * 7 + ["b"] * 3]
        assert [score_borders(gold, found, reach).overall.f1 for reach in (0, 2, 3, 5)] == [0, 0, 1, 1]

    def test_one_of_another_kind_is_wrong(self):
        scores = score_borders(["aab"], ["aac"], 5)
        assert flat(scores) == {"a|b": (0, 0, 1), "a|c": (0, 1, 0)}

    def test_the_figures_of_a_worked_example(self):
        # Gold at 2 and 6 (a|b) and 4 (b|a); found at 3 and 9 (a|b) and 5 (b|a).
        scores = score_borders(["aabbaabbbb"], ["aaabbaaaab"], 1)
        assert flat(scores) == {"a|b": (1, 2, 2), "b|a": (1, 1, 1)}
        overall = scores.overall
        assert (overall.precision, overall.recall) == (2 / 3, 2 / 3)

    def test_borders_with_the_outside_may_be_left_out(self):
        gold, found = [["O", "B-x", "B-y", "O"]], [["B-x", "I-x", "B-y", "O"]]
        assert flat(score_borders(gold, found, 0, "spans")) == {"O|x": (0, 0, 1), "x|y": (1, 1, 1), "y|O": (1, 1, 1)}
        assert flat(score_borders(gold, found, 0, "spans", outside=False)) == {"x|y": (1, 1, 1)}
        assert "O|a" in flat(score_borders(["Oa"], ["Oa"], outside=False))  # of tokens, O is a label like others

    @given(rows=st.lists(st.tuples(TAGS, TAGS), max_size=4), reach=st.integers(0, 3))
    def test_the_order_of_sequences_does_not_matter(self, rows, reach):
        ours, turned = (
            score_borders([a for a, _ in order], [b for _, b in order], reach) for order in (rows, rows[::-1])
        )
        assert flat(ours) == flat(turned)

    @given(one=TAGS, other=TAGS, reach=st.integers(0, 3))
    def test_exchanging_gold_and_found_exchanges_precision_and_recall(self, one, other, reach):
        ours, theirs = score_borders([one], [other], reach).overall, score_borders([other], [one], reach).overall
        assert (ours.precision, ours.recall, ours.f1) == (theirs.recall, theirs.precision, theirs.f1)

    @given(tags=IOB2)
    def test_what_is_right_is_found_whole(self, tags):
        scores = score_borders([tags], [tags], 0, "spans")
        assert all(counts.right == counts.predicted == counts.gold for counts in scores.labels.values())
        ends = 2 * score_spans([tags], [tags]).overall.gold
        assert scores.overall.gold <= ends

    def test_as_many_sequences_are_expected_on_both_sides(self):
        with pytest.raises(ValueError, match="zip"):
            score_borders([["a"]], [])
