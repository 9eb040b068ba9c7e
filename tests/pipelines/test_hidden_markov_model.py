"""A hidden Markov model: counts by hand, paths by enumeration."""

from itertools import product

import numpy as np
import pytest

from keras_seq.pipelines.hidden_markov_model import RARE, HiddenMarkovModel, interpolated, viterbi

TOKENS = [["to", "Rome"], ["from", "Rome", "to", "Oslo"], ["to"], []]
TAGS = [["O", "B"], ["O", "A", "O", "B"], ["O"], []]


@pytest.fixture(scope="module")
def model():
    return HiddenMarkovModel().fit(TOKENS, TAGS)


class TestTransitions:
    def test_a_share_by_hand_where_the_pair_foretells_better(self):
        """Two sentences A B: #A, AB and B# twice each; one left out, f(y|y') = 1/1, f(y) = 1/5: no vote for the latter."""
        counts = np.array([[0, 2, 0], [0, 0, 2], [2, 0, 0]], float)
        share = 1 / (2 + 6)
        expected = share / 3 + (1 - share) * np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0]])
        np.testing.assert_allclose(interpolated(counts), expected)

    def test_a_pair_that_occurs_once_votes_for_the_tag_alone(self):
        """A B and B A: each pair once, and f(y) = 1/5 with one left out: all six votes."""
        counts = np.array([[0, 1, 1], [1, 0, 1], [1, 1, 0]], float)
        share = (1 + 6) / (2 + 6)
        seen = share / 3 + (1 - share) / 2
        np.testing.assert_allclose(interpolated(counts)[0], [share / 3, seen, seen])

    def test_pairs_are_counted_between_borders(self, model):
        counts = np.array([[0, 0, 1, 0], [0, 0, 0, 2], [1, 2, 0, 1], [0, 0, 3, 0]], float)  # A, B, O, border
        assert model.tags == ["A", "B", "O"]
        np.testing.assert_allclose(model.transitions, interpolated(counts))

    def test_what_follows_sums_to_one_and_nothing_is_impossible(self, model):
        np.testing.assert_allclose(model.transitions.sum(axis=1), 1)
        assert (model.transitions > 0).all()


class TestTokens:
    @pytest.fixture
    def cities(self):
        return HiddenMarkovModel(mu=1.0).fit([["to", "Rome", "to"]], [["o", "city", "o"]])

    def test_a_new_token_is_known_by_its_shape_and_end(self, cities):
        """p(city) = 1/3; with Xx (1 + 1/3)/2; e, me, ome each (1 + p)/2 again; `nome` was never counted."""
        np.testing.assert_allclose(cities.posterior("Nome"), [23 / 24, 1 / 24])

    def test_a_known_one_by_itself_too(self, cities):
        np.testing.assert_allclose(cities.posterior("Rome"), [95 / 96, 1 / 96])

    def test_one_of_another_shape_by_nothing(self, cities):
        np.testing.assert_allclose(cities.posterior("747"), [1 / 3, 2 / 3])

    def test_the_coarser_look_weighs_mu(self):
        cities = HiddenMarkovModel(mu=3.0).fit([["to", "Rome", "to"]], [["o", "city", "o"]])
        np.testing.assert_allclose(cities.posterior("Oslo")[0], (1 + 3 / 3) / (1 + 3))

    def test_frequent_tokens_say_nothing_of_new_ones(self):
        model = HiddenMarkovModel().fit([["the"] * (RARE + 1) + ["a"] * RARE], [["x"] * (RARE + 1) + ["y"] * RARE])
        np.testing.assert_allclose(model.posterior("be"), model.posterior("b"))  # `e` is the end of `the` alone
        assert model.posterior("b")[1] > model.prior[1]

    def test_an_empty_token_has_an_answer(self, cities):
        assert cities.predict([["", "to"]]) == [["o", "o"]]


class TestPaths:
    def test_the_best_is_the_best_of_all(self):
        draw = np.random.default_rng(0)
        emissions, transitions = draw.normal(size=(6, 5, 3)), draw.normal(size=(4, 4))
        lengths = np.array([5, 1, 4, 2, 5, 3])
        paths = viterbi(emissions, lengths, transitions)
        for e, length, path in zip(emissions, lengths, paths, strict=True):

            def score(path, e=e):
                inside = sum(e[t, y] for t, y in enumerate(path))
                return inside + sum(transitions[a, b] for a, b in zip([3, *path], [*path, 3], strict=True))

            assert tuple(path[:length]) == max(product(range(3), repeat=length), key=score)

    @pytest.mark.parametrize("tokens", [["to", "Rome"], ["from", "Lima", "to", "Rome"], ["Oslo"], ["747", "to", "to"]])
    def test_a_sentence_has_the_likeliest_of_all_its_paths(self, model, tokens):
        def probability(path):
            emitted = np.prod([(model.posterior(x) / model.prior)[y] for x, y in zip(tokens, path, strict=True)])
            return emitted * np.prod([model.transitions[a, b] for a, b in zip([3, *path], [*path, 3], strict=True)])

        best = max(product(range(3), repeat=len(tokens)), key=probability)
        assert model.predict([tokens]) == [[model.tags[y] for y in best]]

    def test_other_sentences_change_nothing(self, model):
        sentences = [["to", "Rome"], [], ["from", "Lima", "to", "Oslo", "to"], ["Lima"]]
        assert model.predict(sentences) == [model.predict([sentence])[0] for sentence in sentences]

    def test_nothing_has_no_tags(self, model):
        assert model.predict([[], []]) == [[], []]

    def test_of_one_tag_every_answer_is_that_one(self):
        model = HiddenMarkovModel().fit([["a", "b"]], [["x", "x"]])
        assert model.predict([["b", "c", "d"]]) == [["x", "x", "x"]]
