"""Beam search against enumeration of all sequences, and against a beam search in plain Python."""

import importlib
import itertools

import numpy as np
import pytest
import tensorflow as tf

from keras_seq.layers import END_ID, Penalties, beam_search

BeamScores = importlib.import_module("keras_seq.layers.beam_scores").BeamScores
V, S, H = 4, 3, 5
INF = np.inf
PENALTIES = [Penalties(), Penalties(length=0.8), Penalties(coverage=0.5), Penalties(1.2, 0.3)]


class Toy:
    """An Elman step that looks at a memory (S, H): log p of the next token, and weights of a softmax over S."""

    def __init__(self, seed=0, size=V, end=0.0):
        rng = np.random.default_rng(seed)
        drawn = rng.normal(size=(size, H)), rng.normal(size=(H, H)), rng.normal(size=(H, size)) * 2
        self.embed, self.u, self.out = (x.astype("float32") for x in drawn)
        self.bias = np.where(np.arange(size) == END_ID, end, 0).astype("float32")

    def step(self, memory, mask):
        """For all beams of all rows, in TensorFlow: memory (B, S, H), mask (B, S)."""

        def step(tokens, state):
            h = tf.tanh(tf.gather(self.embed, tokens) + tf.einsum("bnh,hk->bnk", state["h"], self.u))
            scores = tf.where(mask[:, None], tf.einsum("bnh,bsh->bns", h, memory), -1e9)
            weights = tf.nn.softmax(scores)
            logits = (h + tf.einsum("bns,bsh->bnh", weights, memory)) @ self.out + self.bias
            return tf.nn.log_softmax(logits), weights, {"h": h}

        return step

    def one(self, memory, mask, token, h):
        """For one beam, in NumPy, float64: memory (S, H), mask (S,)."""
        h = np.tanh(self.embed[token] + h @ self.u)
        weights = np.exp(memory @ h) * mask
        weights /= weights.sum()
        logits = (h + weights @ memory) @ self.out + self.bias
        return logits - np.log(np.exp(logits).sum()), weights, h

    def read(self, memory, mask, tokens):
        """log p of these tokens, and the weights (len, S)."""
        h, total, looked = np.zeros(H), 0.0, []
        for before, token in zip([0, *tokens[:-1]], tokens, strict=True):
            log_p, weights, h = self.one(memory, mask, before, h)
            total, looked = total + log_p[token], [*looked, weights]
        return total, np.array(looked)


def problem(rows, seed=0, **options):
    """A toy, memories (B, S, H), and masks (B, S) of which the first has no padding."""
    memory = np.random.default_rng(seed + 100).normal(size=(rows, S, H)).astype("float32")
    return Toy(seed, **options), memory, np.arange(S) < S - np.arange(rows)[:, None] % S


def searched(toy, memory, mask, way="eager", **options):
    """The search, run one way, as NumPy arrays."""

    def run(memory, mask):
        start = {"h": tf.zeros((tf.shape(memory)[0] if memory.shape[0] is None else memory.shape[0], 1, H))}
        return beam_search(toy.step(memory, mask), start, memory_mask=mask, **options)

    if way != "eager":
        unknown = [tf.TensorSpec((None, None, H)), tf.TensorSpec((None, None), tf.bool)]
        run = tf.function(run, jit_compile=way == "xla", input_signature=unknown if way == "unknown shape" else None)
    found = run(tf.constant(memory), tf.constant(mask))
    return type(found)(*(None if x is None else x.numpy() for x in found))


def texts(found, row):
    """The tokens of each hypothesis of a row that exists, the end among them."""
    both = zip(found.tokens[row], found.lengths[row], strict=True)
    return [tokens[:length].tolist() for tokens, length in both if length]


def score(log_p, looked, mask, penalties):
    """Equation 14 of Wu et al., 2016."""
    lp = (5 + len(looked)) ** penalties.length / 6**penalties.length
    return log_p / lp + penalties.coverage * np.log(np.minimum(np.sum(looked, axis=0), 1)[mask]).sum()


def ended(length):
    """Every sequence that ends within so many tokens."""
    words = [word for word in range(V) if word != END_ID]
    return [[*text, END_ID] for n in range(length) for text in itertools.product(words, repeat=n)]


def plain(toy, memory, mask, length, beams, n_best, penalties):
    """A beam search of one row, without an early stop: [(score, tokens), ...]."""
    live, done = [(0.0, [], np.zeros(H), [])], []
    for _ in range(length):
        candidates = []
        for total, tokens, h, looked in live:
            log_p, weights, new = toy.one(memory, mask, [0, *tokens][-1], h)
            candidates += [(total + p, [*tokens, word], new, [*looked, weights]) for word, p in enumerate(log_p)]
        candidates.sort(key=lambda each: -each[0])
        done += [each for each in candidates[:beams] if each[1][-1] == END_ID]
        live = [each for each in candidates if each[1][-1] != END_ID][:beams]
    ordered = [
        sorted(((score(total, looked, mask, penalties), tokens) for total, tokens, _, looked in some), reverse=True)
        for some in (done, live)
    ]
    return [*ordered[0], *ordered[1]][:n_best]


class TestExhaustive:
    """A beam that is wide enough for every sequence is a search of all."""

    @pytest.mark.parametrize("penalties", PENALTIES)
    @pytest.mark.parametrize("seed", range(3))
    def test_it_finds_the_best_in_order(self, seed, penalties):
        toy, memory, mask = problem(2, seed)
        found = searched(toy, memory, mask, length=4, beams=V**4, n_best=7, penalties=penalties)
        for row in range(2):
            scores = [score(*toy.read(memory[row], mask[row], t), mask[row], penalties) for t in ended(4)]
            best = np.argsort(scores)[::-1][:7]
            assert texts(found, row) == [ended(4)[i] for i in best]
            np.testing.assert_allclose(found.scores[row], np.array(scores)[best], rtol=1e-4, atol=1e-5)

    def test_what_has_not_ended_stands_behind(self):
        toy, memory, mask = problem(1)
        found = searched(toy, memory, mask, length=2, beams=20, n_best=16)
        cut = [[a, b] for a in (0, 1, 3) for b in (0, 1, 3)]
        best_first = [sorted(some, key=lambda t: -toy.read(memory[0], mask[0], t)[0]) for some in (ended(2), cut)]
        assert texts(found, 0) == [*best_first[0], *best_first[1]]
        assert found.finished[0].tolist() == [True] * 4 + [False] * 12

    def test_what_does_not_exist_has_no_probability(self):
        found = searched(*problem(2), length=2, beams=20, n_best=16)
        assert (found.lengths[:, 13:] == 0).all()
        assert (found.tokens[:, 13:] == 0).all()
        assert (found.log_p[:, 13:] == -INF).all()
        assert (found.scores[:, 13:] == -INF).all()


class TestAgainstPlainPython:
    @pytest.mark.parametrize("penalties", PENALTIES)
    @pytest.mark.parametrize("beams", [1, 2, 3, 5, 8])
    def test_it_finds_the_same(self, beams, penalties):
        for seed in range(2):
            toy, memory, mask = problem(4, seed, size=9)
            found = searched(toy, memory, mask, length=6, beams=beams, n_best=4, penalties=penalties)
            for row in range(4):
                expected = plain(toy, memory[row], mask[row], 6, beams, 4, penalties)
                assert texts(found, row) == [tokens for _, tokens in expected]
                np.testing.assert_allclose(
                    found.scores[row][: len(expected)], [s for s, _ in expected], rtol=1e-4, atol=1e-5
                )

    def test_sequences_that_hardly_end(self):
        toy, memory, mask = problem(3, size=7, end=-9.0)
        found = searched(toy, memory, mask, length=5, beams=3, n_best=3)
        assert not found.finished.all()
        for row in range(3):
            expected = plain(toy, memory[row], mask[row], 5, 3, 3, Penalties())
            assert texts(found, row) == [tokens for _, tokens in expected]


class TestWhatIsFound:
    @pytest.mark.parametrize("penalties", PENALTIES)
    def test_its_numbers_are_those_of_its_tokens(self, penalties):
        toy, memory, mask = problem(4, size=9)
        found = searched(toy, memory, mask, length=6, beams=3, n_best=5, penalties=penalties, keep_weights=True)
        for row in range(4):
            for n, tokens in enumerate(texts(found, row)):
                log_p, looked = toy.read(memory[row], mask[row], tokens)
                assert found.finished[row, n] == (tokens[-1] == END_ID)
                np.testing.assert_allclose(found.log_p[row, n], log_p, rtol=1e-4, atol=1e-5)
                np.testing.assert_allclose(
                    found.scores[row, n], score(log_p, looked, mask[row], penalties), rtol=1e-4, atol=1e-5
                )
                np.testing.assert_allclose(found.weights[row, n, : len(tokens)], looked, atol=1e-5)
                assert (found.weights[row, n, len(tokens) :] == 0).all()
                assert (found.tokens[row, n, len(tokens) :] == 0).all()

    def test_weights_are_kept_where_asked_for_alone(self):
        assert searched(*problem(1), length=3, beams=2).weights is None

    def test_what_is_banned_is_never_chosen(self):
        toy, memory, mask = problem(3)
        found = searched(toy, memory, mask, length=4, beams=3, n_best=9, banned=(0, 1))
        assert not [t for row in range(3) for tokens in texts(found, row) for t in tokens if t in (0, 1)]
        assert found.lengths[0].tolist() != [0] * 9

    @pytest.mark.parametrize("penalties", PENALTIES)
    def test_a_longer_search_changes_no_finished_score(self, penalties):
        short, long = (
            searched(*problem(3, size=6), length=n, beams=V**4, n_best=60, penalties=penalties) for n in (3, 5)
        )
        for row in range(3):
            later = dict(zip(map(tuple, texts(long, row)), long.scores[row], strict=False))
            for tokens, value in zip(texts(short, row), short.scores[row], strict=False):
                if tokens[-1] == END_ID and tuple(tokens) in later:
                    assert later[tuple(tokens)] == pytest.approx(value, rel=1e-6)


class TestWays:
    @pytest.mark.parametrize("way", ["graph", "unknown shape", "xla"])
    @pytest.mark.parametrize("penalties", [Penalties(), Penalties(1.2, 0.3)])
    def test_all_give_the_same(self, way, penalties):
        options = {"length": 6, "beams": 3, "n_best": 4, "penalties": penalties, "keep_weights": True, "banned": (0, 1)}
        found, expected = (searched(*problem(5, size=1030), each, **options) for each in (way, "eager"))
        for name, x, y in zip(found._fields, found, expected, strict=True):
            np.testing.assert_allclose(x, y, atol=1e-5, err_msg=name)

    def test_shapes_are_known_where_the_batch_is(self):
        toy, memory, mask = problem(2)

        @tf.function
        def run():
            step = toy.step(tf.constant(memory), tf.constant(mask))
            return beam_search(step, {"h": tf.zeros((2, 1, H))}, length=5, beams=3, n_best=4, keep_weights=True)

        shapes = [x.shape.as_list() for x in run.get_concrete_function().structured_outputs]
        assert shapes == [[2, 4, 5], *[[2, 4]] * 4, [2, 4, 5, S]]

    def test_the_state_may_have_any_structure_and_types(self):
        """A step that counts, and remembers whether it has begun."""

        def step(tokens, state):
            count, (begun,) = state["count"] + 1, state["begun"]
            scores = tf.where(begun & (count == 3), [0.0, -9, 9], [0, 5, -9])
            return tf.nn.log_softmax(scores), None, {"count": count, "begun": (tf.ones_like(begun),)}

        start = {"count": tf.zeros((2, 1, 1), tf.int64), "begun": (tf.zeros((2, 1, 1), tf.bool),)}
        found = beam_search(step, start, length=5, beams=2)
        assert found.tokens.numpy().tolist() == [[[1, 1, END_ID, 0, 0]]] * 2


class TestEarlyStop:
    @pytest.mark.parametrize("penalties", PENALTIES)
    @pytest.mark.parametrize("n_best", [1, 3])
    def test_it_changes_no_result(self, penalties, n_best, monkeypatch):
        options = {"length": 9, "beams": 3, "n_best": n_best, "penalties": penalties}
        stopped = [searched(*problem(4, seed, size=6), **options) for seed in range(2)]
        monkeypatch.setattr(BeamScores, "hope", lambda self, log_p: tf.fill(tf.shape(log_p)[:1], INF))
        for seed, found in enumerate(stopped):
            every = searched(*problem(4, seed, size=6), **options)
            for name, x, y in zip(found._fields, found, every, strict=True):
                np.testing.assert_array_equal(x, y, err_msg=name)

    def test_the_step_is_asked_no_more_than_it_takes(self):
        asked = []

        def step(tokens, state):
            asked.append(len(asked))
            scores = tf.where(tf.range(V) == END_ID, float(len(asked)) - 2, 0.0)  # the end becomes more probable
            return tf.nn.log_softmax(tf.broadcast_to(scores * 3, (2, 3, V))), None, state

        found = beam_search(step, tf.zeros((2, 1)), length=99, beams=3, n_best=2)
        assert found.finished.numpy().all()
        assert len(asked) < 10


class TestRows:
    """A row's result is its own."""

    @pytest.mark.parametrize("penalties", [Penalties(), Penalties(0.8, 0.3)])
    def test_alone_and_in_a_padded_batch_they_are_the_same(self, penalties):
        options = {"length": 8, "beams": 3, "n_best": 3, "penalties": penalties, "keep_weights": True}
        toy, memory, mask = problem(6, size=7)
        toy.bias[END_ID] = -1.0
        together = searched(toy, memory, mask, **options)
        assert len({*together.lengths[:, 0]}) > 1
        for row in range(6):
            real = mask[row].sum()
            alone = searched(toy, memory[row : row + 1, :real], mask[row : row + 1, :real], **options)
            np.testing.assert_array_equal(alone.tokens[0], together.tokens[row])
            np.testing.assert_allclose(alone.scores[0], together.scores[row], rtol=1e-5)
            np.testing.assert_allclose(alone.weights[0], together.weights[row, ..., :real], atol=1e-5)

    @pytest.mark.parametrize("way", ["eager", "unknown shape", "graph"])
    def test_each_may_have_its_limit(self, way):
        toy, memory, mask = problem(6, size=7, end=-3.0)
        limits = [3, 1, 6, 2, 4, 5]
        options = {"beams": 3, "n_best": 3, "penalties": Penalties(0.8, 0.3)}
        together = searched(toy, memory, mask, way, length=tf.constant(limits), **options)
        assert together.tokens.shape == (6, 3, 6)
        for row, limit in enumerate(limits):
            one = slice(row, row + 1)
            alone = searched(toy, memory[one], mask[one], length=limit, **options)
            assert texts(together, row) == texts(alone, 0)
            np.testing.assert_allclose(together.scores[row], alone.scores[0], rtol=1e-5)
            np.testing.assert_array_equal(together.finished[row], alone.finished[0])

    def test_limits_that_are_known_may_be_compiled(self):
        limits = np.array([3, 1, 5])
        found, expected = (searched(*problem(3), way, length=limits, beams=2) for way in ("xla", "eager"))
        np.testing.assert_array_equal(found.tokens, expected.tokens)
        assert found.tokens.shape == (3, 1, 5)


class TestEdges:
    def test_one_token_is_the_end_or_the_best_others(self):
        toy, memory, mask = problem(1)
        log_p, _, _ = toy.one(memory[0], mask[0], 0, np.zeros(H))
        found = searched(toy, memory, mask, length=1, beams=V, n_best=V + 2)
        others = sorted((word for word in range(V) if word != END_ID), key=lambda word: -log_p[word])
        assert texts(found, 0) == [[END_ID], *([word] for word in others)]
        assert found.finished[0].tolist() == [True, False, False, False, False, False]

    @pytest.mark.parametrize("penalties", PENALTIES)
    def test_where_nothing_can_follow_nothing_is_found(self, penalties):
        found = searched(
            *problem(2), length=3, beams=2, n_best=2, banned=range(V), penalties=penalties, keep_weights=True
        )
        assert not found.lengths.any()
        assert not found.finished.any()
        assert (found.scores == -INF).all()
        assert not any(np.isnan(x).any() for x in found)

    def test_a_banned_end_never_comes(self):
        found = searched(*problem(2), length=5, beams=3, n_best=3, banned=(END_ID,))
        assert (found.lengths == 5).all()
        assert not found.finished.any()

    def test_a_position_that_is_never_looked_at_costs_much_and_not_everything(self):
        def step(tokens, state):
            weights = tf.one_hot(tf.zeros_like(tokens), 2)
            return tf.nn.log_softmax(tf.ones((1, 2, V))), weights, state

        found = beam_search(
            step,
            tf.zeros((1, 1)),
            length=2,
            beams=2,
            penalties=Penalties(coverage=1.0),
            memory_mask=np.ones((1, 2), bool),
        )
        assert -INF < found.scores.numpy()[0, 0] < -50

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"beams": 0}, "beams=0: expected at least 1"),
            ({"n_best": 0}, "n_best=0: expected at least 1"),
            ({"length": 0}, "length=0: expected at least 1"),
            ({"penalties": Penalties(length=-1.0)}, "penalties.length=-1.0: expected at least 0"),
            ({"penalties": Penalties(coverage=-1.0)}, "penalties.coverage=-1.0: expected at least 0"),
            ({"penalties": Penalties(coverage=0.2)}, "penalties.coverage=0.2 without memory_mask: expected a mask"),
            ({"keep_weights": True}, "keep_weights=True, but the step gives no attention weights"),
        ],
    )
    def test_mistakes_are_one_line(self, options, message):
        def step(tokens, state):
            return tf.zeros((1, 2, V)), None, state

        with pytest.raises(ValueError, match=message):
            beam_search(step, tf.zeros((1, 1)), **{"length": 3, "beams": 2, **options})

    def test_coverage_without_weights_is_refused(self):
        with pytest.raises(ValueError, match=r"penalties.coverage=0.2, but the step gives no attention weights"):
            beam_search(
                lambda tokens, state: (tf.zeros((1, 2, V)), None, state),
                tf.zeros((1, 1)),
                length=3,
                beams=2,
                penalties=Penalties(coverage=0.2),
                memory_mask=np.ones((1, 2), bool),
            )
