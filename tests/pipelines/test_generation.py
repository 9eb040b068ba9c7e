"""Decoding a toy model whose every probability is known."""

import itertools

import numpy as np
import pytest

from keras_seq.datasets import InputError
from keras_seq.layers import END_ID, START_ID, UNKNOWN_ID
from keras_seq.pipelines import Decoding
from keras_seq.pipelines.config import configure
from keras_seq.pipelines.generation import Generator, decode, stream

V = 6
A, B, C = 3, 4, 5


class Toy:
    """p(w | u, v), random for each pair of tokens before it; counts how often it is asked."""

    def __init__(self, seed=0, table=None):
        drawn = np.random.default_rng(seed).dirichlet(np.full(V - 1, 0.5), (V, V))
        self.log_p = np.log(np.pad(drawn, [(0, 0), (0, 0), (1, 0)]) + 1e-300) if table is None else table
        self.asked = []

    def start(self, rows):
        return {"pair": np.zeros((rows, 2), np.int32)}

    def advance(self, state, tokens):
        self.asked.append(tokens.tolist())
        pair = np.stack([state["pair"][:, 1], tokens], axis=1)
        return self.log_p[pair[:, 0], pair[:, 1]], {"pair": pair}

    @property
    def generator(self):
        return Generator(self.start, self.advance)

    def after(self, prompt):
        return self.log_p[[START_ID, START_ID, *prompt][-2], [START_ID, START_ID, *prompt][-1]]

    def log_probability(self, prompt, text):
        return sum(self.after([*prompt, *text[:i]])[word] for i, word in enumerate(text))


def decoded(model, prompt=(), count=1, **how):
    return decode(model.generator, list(prompt), configure(Decoding, how), count)


def drawn(model, count=4000, **how):
    """The share of each first token among many."""
    tokens = [[*text, END_ID][0] for text in decoded(model, count=count, length=1, **how)]
    return np.bincount(tokens, minlength=V) / count


def first(model):
    """The distribution of the first token that may be generated."""
    p = np.exp(model.after([]))
    p[[START_ID, UNKNOWN_ID]] = 0
    return p / p.sum()


def one_step(*probabilities):
    """A model with these probabilities of </s>, A, B, C after everything."""
    with np.errstate(divide="ignore"):
        return Toy(table=np.tile(np.log([0, 0, *probabilities]), (V, V, 1)))


class TestGreedy:
    @pytest.mark.parametrize("seed", range(5))
    @pytest.mark.parametrize("prompt", [[], [A], [B, C, B]])
    def test_each_token_is_the_most_probable_one(self, seed, prompt):
        model, expected = Toy(seed), []
        for _ in range(12):
            scores = model.after([*prompt, *expected]).copy()
            scores[[START_ID, UNKNOWN_ID]] = -np.inf
            if scores.argmax() == END_ID:
                break
            expected.append(int(scores.argmax()))
        assert decoded(Toy(seed), prompt, method="greedy", length=12) == [expected]

    def test_the_unknown_token_is_never_generated(self):
        table = np.log(np.tile([1e-9, 0.9, 0.02, 0.05, 0.02, 0.01], (V, V, 1)))
        assert decoded(Toy(table=table), method="greedy", length=2) == [[A, A]]


class TestBeam:
    @pytest.mark.parametrize("seed", range(6))
    @pytest.mark.parametrize("length_penalty", [0.0, 0.6, 1.0])
    def test_a_wide_one_finds_what_enumeration_finds(self, seed, length_penalty):
        model, length, prompt = Toy(seed), 4, [A]
        words = [A, B, C]
        ended = [[*text, END_ID] for n in range(length) for text in itertools.product(words, repeat=n)]
        cut = [list(text) for text in itertools.product(words, repeat=length)]
        texts = sorted(ended + cut, key=lambda text: -model.log_probability(prompt, text) / len(text) ** length_penalty)
        expected = [[word for word in text if word != END_ID] for text in texts[:3]]
        how = {"beams": 100, "length_penalty": length_penalty, "length": length}
        assert decoded(model, prompt, 3, method="beam", **how) == expected

    def test_a_narrow_one_finds_better_texts_than_the_greedy_way(self):
        model = Toy(1)

        def found(**how):
            text = decoded(model, length=6, **how)[0]
            return model.log_probability([], [*text, END_ID][:6])

        assert found(method="beam", beams=4) > found(method="greedy")

    def test_one_beam_without_ends_is_the_greedy_way(self):
        table = Toy(2).log_p.copy()
        table[..., END_ID] = -np.inf
        greedy = decoded(Toy(table=table), method="greedy", length=8)
        assert decoded(Toy(table=table), method="beam", beams=1, length=8) == greedy

    def test_one_sample_more_than_beams_widens_them(self):
        assert len(decoded(Toy(3), count=4, method="beam", beams=2, length=5)) == 4

    def test_nothing_can_follow(self):
        assert decoded(one_step(0, 0, 0, 0), method="beam") == [[]]


class TestSamples:
    def test_they_are_drawn_from_the_model(self):
        np.testing.assert_allclose(drawn(Toy(7)), first(Toy(7)), atol=0.03)

    @pytest.mark.parametrize("temperature", [0.5, 2.0])
    def test_temperature_takes_the_root(self, temperature):
        expected = first(Toy(7)) ** (1 / temperature)
        np.testing.assert_allclose(drawn(Toy(7), temperature=temperature), expected / expected.sum(), atol=0.03)

    def test_the_lowest_temperature_is_greedy(self):
        greedy = decoded(Toy(7), method="greedy", length=9)
        assert decoded(Toy(7), temperature=1e-3, length=9, seed=5) == greedy

    def test_the_highest_is_even(self):
        np.testing.assert_allclose(drawn(one_step(0.9, 0.08, 0.01, 0.01), temperature=1e6)[2:], 0.25, atol=0.03)

    @pytest.mark.parametrize(("top_k", "kept"), [(1, {A}), (2, {A, C}), (3, {END_ID, A, C}), (9, {END_ID, A, B, C})])
    def test_top_k_keeps_the_k_most_probable(self, top_k, kept):
        assert {*np.flatnonzero(drawn(one_step(0.2, 0.4, 0.1, 0.3), top_k=top_k))} == kept

    @pytest.mark.parametrize(
        ("top_p", "kept"), [(1e-6, {A}), (0.4, {A}), (0.41, {A, C}), (0.9, {END_ID, A, C}), (1.0, {END_ID, A, B, C})]
    )
    def test_the_nucleus_is_the_fewest_that_reach_its_share(self, top_p, kept):
        assert {*np.flatnonzero(drawn(one_step(0.2, 0.4, 0.1, 0.3), top_p=top_p))} == kept

    def test_what_is_kept_keeps_its_proportions(self):
        found = drawn(one_step(0.2, 0.4, 0.1, 0.3), top_k=2)
        np.testing.assert_allclose(found[[A, C]], [4 / 7, 3 / 7], atol=0.03)

    def test_a_seed_repeats_them(self):
        one, again, other = (decoded(Toy(7), count=5, length=9, seed=seed) for seed in (1, 1, 2))
        assert one == again
        assert one != other

    def test_samples_differ_from_each_other(self):
        assert len({tuple(text) for text in decoded(one_step(0.25, 0.25, 0.25, 0.25), count=20)}) > 5

    @pytest.mark.filterwarnings("error")
    def test_the_end_comes_where_nothing_can_follow(self):
        assert decoded(one_step(0, 0, 0, 0)) == [[]]
        assert decoded(one_step(0, 0, 0, 0), top_k=2, method="sample") == [[]]


class TestLength:
    @pytest.mark.parametrize("method", ["sample", "greedy", "beam"])
    def test_it_is_the_most(self, method):
        assert decoded(one_step(0, 0.6, 0.4, 0), method=method, length=7, count=2 if method == "sample" else 1)
        assert {len(text) for text in decoded(one_step(0, 0.6, 0.4, 0), method=method, length=7)} == {7}

    def test_texts_end_by_themselves(self):
        assert decoded(one_step(1, 0, 0, 0), count=3) == [[], [], []]


class TestCost:
    @pytest.mark.parametrize("length", [1, 5, 50])
    def test_the_model_is_asked_once_for_each_token(self, length):
        model = one_step(0, 0.6, 0.4, 0)
        (text,) = decoded(model, [A, B], length=length)
        assert model.asked == [[START_ID], [A], [B], *([word] for word in text[:-1])]

    def test_a_stream_asks_as_it_goes(self):
        model = one_step(0, 0.6, 0.4, 0)
        going = stream(model.generator, [], configure(Decoding, {"length": 9}))
        next(going)
        next(going)
        assert len(model.asked) == 2


class TestStream:
    @pytest.mark.parametrize("how", [{}, {"method": "greedy"}, {"top_k": 2, "temperature": 2.0, "seed": 3}])
    def test_it_is_what_is_generated(self, how):
        settings = configure(Decoding, {**how, "length": 20})
        assert list(stream(Toy(5).generator, [A], settings)) == decoded(Toy(5), [A], **how, length=20)[0]

    def test_a_beam_has_none(self):
        with pytest.raises(InputError, match="stream with method=beam: a beam is decided at its end"):
            next(stream(Toy().generator, [], configure(Decoding, {"method": "beam"})))


class TestMistakes:
    @pytest.mark.parametrize(
        ("how", "message"),
        [
            ({"method": "best"}, "hyperparameter method='best': expected one of sample, greedy, beam"),
            ({"temperature": 0.0}, "hyperparameter temperature=0.0: expected at least 0.001"),
            ({"top_p": 1.1}, "top_p=1.1: expected at most 1"),
            ({"length": 0}, "hyperparameter length=0: expected at least 1"),
            ({"beams": 3}, "beams=3 with method=sample: expected method=beam"),
            ({"method": "greedy", "top_k": 3}, "top_k=3 with method=greedy: expected method=sample"),
            ({"method": "beam", "temperature": 2}, "temperature=2.0 with method=beam: expected method=sample"),
            ({"lenth": 3}, "unknown hyperparameter 'lenth': did you mean 'length'?"),
        ],
    )
    def test_they_are_one_line(self, how, message):
        with pytest.raises(InputError) as error:
            configure(Decoding, how)
        assert str(error.value).startswith(message)

    def test_no_samples(self):
        with pytest.raises(InputError, match="samples=0: expected at least 1"):
            decoded(Toy(), count=0)
