"""The translator's network by a NumPy loop over its equations; what each option changes; what changes nothing."""

import numpy as np
import pytest

from keras_seq.layers import CELLS, SCORES
from keras_seq.pipelines.translation_config import TranslationConfig
from keras_seq.pipelines.translation_network import TranslationNetwork, moved_on

SOURCE_SIZE, TARGET_SIZE, H, E = 7, 6, 3, 4
SOURCE = np.array([[3, 4, 5, 6, 3, 2], [5, 3, 2, 0, 0, 0], [2, 0, 0, 0, 0, 0]], np.int32)
TARGET = np.array([[3, 5, 4, 2], [4, 2, 0, 0], [3, 3, 5, 2]], np.int32)
INPUTS = np.asarray(moved_on(TARGET))
ONE_WAY, DEEP = {"bidirectional": False}, {"layers": 2}


def network(cell="elman", **options):
    """One whose weights, biases among them, are random and not small."""
    config = TranslationConfig(cell=cell, units=H, embedding_dim=E, **options)
    sizes = (SOURCE_SIZE, SOURCE_SIZE if config.tied == "both" else TARGET_SIZE)
    made = TranslationNetwork(*sizes, config, name="translation")
    for number, variable in enumerate(made.weights):
        variable.assign(np.random.default_rng(number).normal(scale=0.7, size=variable.shape))
    return made


def log_softmax(z):
    z = z - z.max()
    return z - np.log(np.exp(z).sum())


def arrays(layer):
    return [np.asarray(weight) for weight in layer.weights]


def elman(cell, x, h):
    w, u, b = arrays(cell)
    return np.tanh(x @ w + h @ u + b)


def run(cell, steps):
    """The states after each step."""
    h, found = np.zeros(H), []
    for x in steps:
        h = elman(cell, x, h)
        found.append(h)
    return np.array(found)


def encoded(made, ids):
    """The uppermost states (S, ·) of one sentence without padding, the last ones of each layer, and those that it began at."""
    c, table = made.config, made.head.embeddings if made.config.tied == "both" else made.source_vectors.embeddings
    x, last = np.asarray(table)[ids], []
    for layer in made.encoder:
        if c.bidirectional:
            forth, back = run(layer.cell, x), run(layer.backward_cell, x[::-1])[::-1]
            x = np.concatenate([forth, back], axis=1)
            last.append(np.concatenate([forth[-1], back[0]]))
        else:
            x = run(layer.cell, x[::-1])[::-1] if c.reverse_source else run(layer.cell, x)
            last.append(x[0] if c.reverse_source else x[-1])
    return x, last


def contexts(made, memory, last):
    """The context (H,), and the first states of the decoder."""
    if made.config.context == "last":
        return last[-1], last
    w, b = arrays(made.bridge)
    context = np.tanh((memory.mean(axis=0) if made.config.context == "mean" else last[-1]) @ w + b)
    return context, [context] * made.config.layers


def cosine(s, h):
    return s @ h / (np.linalg.norm(s) * np.linalg.norm(h))


def scores_of(made, s, memory, seen):
    """How well each step of the memory (S, ·) fits s (H,)."""
    weights = {weight.name: np.asarray(weight) for weight in made.decoder.attention.weights}
    more = weights.get("coverage_vector", np.zeros(1)) * seen[:, None]
    if made.config.attention == "additive":
        hidden = np.tanh(s @ weights["query_kernel"] + memory @ weights["key_kernel"] + more)
        return hidden @ weights["vector"][:, 0]
    plain = {
        "cosine": lambda h: np.exp(weights["log_scale"]) * cosine(s, h),
        "dot": lambda h: s @ h,
        "general": lambda h: s @ weights["kernel"].T @ h,
    }
    return np.array([plain[made.config.attention](h) for h in memory]) + more[:, 0]


def attend(made, s, memory, seen):
    """The context c[t] and the weights."""
    if made.decoder.attention is None:
        return np.zeros(0), np.zeros(len(memory))
    a = np.exp(log_softmax(scores_of(made, s, memory, seen)))
    return a @ memory, a


def by_hand(made, source, inputs):
    """log p (T, V) and weights (T, S) of one sentence without padding."""
    c, decoder = made.config, made.decoder
    memory, last = encoded(made, source)
    context, states = contexts(made, memory, last)
    if made.to_memory is not None:
        memory = memory @ arrays(made.to_memory)[0]
    table = np.asarray(made.head.embeddings if made.target_vectors is None else made.target_vectors.embeddings)
    r, seen, log_p, weights = np.zeros(E), np.zeros(len(memory)), [], []
    for token in inputs:
        x = [table[token]] + ([context] if c.context_every_step else [])
        if c.query == "old":
            read, a = attend(made, states[0], memory, seen)
            x.append(read)
        x = np.concatenate(x + ([r] if c.input_feeding else []))
        new = []
        for cell, h in zip(decoder.cells, states, strict=True):
            x = elman(cell, x, h)
            new.append(x)
            if c.query == "new" and len(new) == 1:
                read, a = attend(made, x, memory, seen)
            x = np.concatenate([x, read])
        states, seen = new, seen + a
        r = np.tanh(x @ np.asarray(decoder.kernel) + np.asarray(decoder.bias))
        log_p.append(log_softmax(np.asarray(made.head.embeddings) @ r + np.asarray(made.head.bias)))
        weights.append(a)
    return np.array(log_p), np.array(weights)


# Each option of the issue, and how they go together. The defaults: bidirectional, context=mean, attention=general, tied=target.
CASES = [
    {},
    {"context": "transform"},
    {**ONE_WAY, "context": "last"},
    {**ONE_WAY, "context": "transform"},
    {**ONE_WAY, "context": "mean"},
    {**ONE_WAY, "context": "last", "reverse_source": True},
    {**ONE_WAY, "context": "mean", "reverse_source": True, **DEEP},
    {"context_every_step": True},
    {**ONE_WAY, "context": "last", "context_every_step": True, "attention": "none"},
    {**ONE_WAY, "context": "last", "shared_weights": True},
    {**ONE_WAY, "context": "last", "shared_weights": True, "attention": "none", **DEEP},
    {"attention": "none"},
    {"attention": "dot"},
    {"attention": "cosine"},
    {"attention": "additive"},
    {**ONE_WAY, "attention": "dot"},
    {"query": "old"},
    {"input_feeding": True},
    {"attention": "none", "input_feeding": True},
    {"coverage": True},
    {"attention": "additive", "coverage": True, "query": "old", "input_feeding": True, "context_every_step": True},
    {"tied": "none"},
    {"tied": "both", "shared_vocabulary": True},
    DEEP,
    {**DEEP, **ONE_WAY, "context": "last", "attention": "additive", "query": "old"},
    {**DEEP, "attention": "none", "context": "transform", "context_every_step": True},
]


def named(options):
    return " ".join(f"{name}={value}" for name, value in options.items()) or "defaults"


@pytest.mark.parametrize("options", CASES, ids=named)
def test_it_is_its_equations(options):
    """Of sentences without padding; the network has them side by side."""
    made = network(**options)
    read = made.encode(SOURCE)
    outputs, weights = made.decode(INPUTS, read)
    log_p = np.asarray(made.head(outputs))
    np.testing.assert_array_equal(log_p, made(SOURCE, INPUTS))
    for row, (source, target) in enumerate(zip(SOURCE, TARGET, strict=True)):
        source, inputs = source[source > 0], INPUTS[row, : np.count_nonzero(target)]
        expected, expected_weights = by_hand(made, source, inputs)
        np.testing.assert_allclose(log_p[row, : len(inputs)], expected, rtol=1e-4, atol=1e-5)
        if options.get("attention") == "none":
            assert weights is None
        else:
            found = np.asarray(weights)[row, : len(inputs)]
            np.testing.assert_allclose(found[:, : len(source)], expected_weights, rtol=1e-4, atol=1e-5)
            np.testing.assert_array_equal(found[:, len(source) :], 0)


def stepwise(made, many=1):
    """log p (B, many, T, V) and weights (B, many, T, S), a step at a time."""
    read = made.encode(SOURCE)
    state, log_p, weights = [np.repeat(each, many, axis=1) for each in made.start(read)], [], []
    for t in range(INPUTS.shape[1]):
        found, a, state = made.step(np.repeat(INPUTS[:, t : t + 1], many, axis=1), read, state)
        log_p.append(found)
        weights.append(np.zeros(0) if a is None else a)
    return np.stack(log_p, axis=2), np.stack(weights, axis=-2 if weights[0].ndim > 1 else 0)


EVERY = [(cell, attention, {}) for cell in CELLS for attention in ("none", *SCORES)]
EVERY += [(cell, "general", DEEP) for cell in CELLS]


@pytest.mark.parametrize(("cell", "attention", "options"), EVERY, ids=str)
def test_a_step_at_a_time_is_all_at_once(cell, attention, options):
    made = network(cell, attention=attention, **options)
    found, _ = stepwise(made)
    np.testing.assert_allclose(found[:, 0], made(SOURCE, INPUTS), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("options", [case for case in CASES if "query" in case or "coverage" in case], ids=named)
def test_so_it_is_of_many_hypotheses_that_read_what_was_put_out(options):
    made = network("gru", **options)
    found, weights = stepwise(made, many=2)
    outputs, expected = made.decode(INPUTS, made.encode(SOURCE))
    for n in range(2):
        np.testing.assert_allclose(found[:, n], made.head(outputs), rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(weights[:, n], expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("options", [{}, {**ONE_WAY, "context": "last", "attention": "additive"}], ids=named)
def test_company_and_padding_change_nothing(cell, options):
    made = network(cell, **options)
    together = np.asarray(made(np.pad(SOURCE, [(0, 0), (0, 3)]), np.pad(INPUTS, [(0, 0), (0, 2)])))
    for row in range(3):
        source, count = SOURCE[row][SOURCE[row] > 0], np.count_nonzero(TARGET[row])
        alone = made(source[None], INPUTS[row : row + 1, :count])
        np.testing.assert_allclose(together[row, :count], alone[0], rtol=1e-4, atol=1e-5)


class TestSources:
    def test_one_that_is_reversed_is_that_of_the_ids_from_the_end(self):
        """With the decoder's first state, nothing else of the encoder is read."""
        options = {**ONE_WAY, "context": "last", "attention": "none"}
        forth, back = (network("lstm", **options, reverse_source=reverse) for reverse in (False, True))
        turned = np.array([[*row[row > 0][::-1], *row[row == 0]] for row in SOURCE])
        np.testing.assert_allclose(back(SOURCE, INPUTS), forth(turned, INPUTS), rtol=1e-5, atol=1e-6)
        assert np.abs(np.asarray(forth(SOURCE, INPUTS)) - forth(turned, INPUTS))[0].max() > 1e-3

    def test_attention_sees_them_in_their_own_order(self):
        options = {**ONE_WAY, "context": "mean"}
        forth, back = (network("lstm", **options, reverse_source=reverse) for reverse in (False, True))
        turned = SOURCE[:1, ::-1]
        _, weights = back.decode(INPUTS[:1], back.encode(SOURCE[:1]))
        _, expected = forth.decode(INPUTS[:1], forth.encode(turned))
        np.testing.assert_allclose(weights, np.asarray(expected)[..., ::-1], rtol=1e-5, atol=1e-6)

    def test_the_states_of_an_lstm_all_begin_the_decoder(self):
        made = network("lstm", **ONE_WAY, **DEEP, context="last")
        x, expected = made.source_vectors(SOURCE), []
        for layer in made.encoder:
            x, *states = layer(x, mask=SOURCE > 0)
            expected += states
        found = made.encode(SOURCE).states
        assert len(found) == 4
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_array_equal(one, other)


class TestWeights:
    def test_shared_ones_are_the_same_variables(self):
        shared = network("lstm", **ONE_WAY, shared_weights=True)
        apart = network("lstm", **ONE_WAY)
        assert shared.decoder.cells == [layer.cell for layer in shared.encoder]
        assert len(shared.trainable_variables) == len(apart.trainable_variables) - 3
        assert len({id(variable) for variable in shared.weights}) == len(shared.weights)

    @pytest.mark.parametrize(("tied", "tables"), [("none", 3), ("target", 2), ("both", 1)])
    def test_tied_ones_too(self, tied, tables):
        made = network(tied=tied, shared_vocabulary=tied == "both")
        assert sum(weight.path.endswith("embeddings") for weight in made.trainable_variables) == tables

    @pytest.mark.parametrize("options", CASES, ids=named)
    def test_each_has_a_name_of_its_own_whatever_was_built_before(self, options):
        one, again = ([weight.path for weight in network("gru", **options).weights] for _ in range(2))
        assert one == again
        assert len(set(one)) == len(one)

    @pytest.mark.parametrize(
        "options", [{"attention": "dot"}, {"attention": "additive", **DEEP}, {"tied": "none"}], ids=named
    )
    def test_every_start_value_comes_from_the_seed(self, options):
        one, again, other = (
            TranslationNetwork(
                SOURCE_SIZE, TARGET_SIZE, TranslationConfig(units=H, embedding_dim=E, seed=seed, **options)
            )
            for seed in (1, 1, 2)
        )
        for a, b, c in zip(one.weights, again.weights, other.weights, strict=True):
            np.testing.assert_array_equal(a, b, err_msg=a.path)
            assert "bias" in a.path or "scale" in a.path or not np.array_equal(a, c), a.path

    def test_no_two_start_at_the_same_values(self):
        made = TranslationNetwork(
            9, 9, TranslationConfig(units=H, embedding_dim=E, layers=2, tied="none", attention="dot")
        )
        drawn = [np.sort(np.ravel(weight)) for weight in made.weights if np.std(weight) > 0]
        for place, one in enumerate(drawn):
            assert not any(np.array_equal(one, other) for other in drawn[place + 1 :])

    def test_a_copy_is_made_from_its_configuration(self):
        made = network("lstm", attention="additive", layers=2)
        copy = TranslationNetwork.from_config(made.get_config())
        copy.set_weights(made.get_weights())
        np.testing.assert_array_equal(copy(SOURCE, INPUTS), made(SOURCE, INPUTS))

    def test_it_begins_with_each_unit_as_probable_as_it_is_frequent(self):
        made = TranslationNetwork(SOURCE_SIZE, TARGET_SIZE, TranslationConfig(units=H, embedding_dim=E))
        made.start_from(np.array([0, 1, 30, 9, 4, 0], np.float32))
        p = np.exp(made(SOURCE, INPUTS))
        np.testing.assert_allclose(p, np.broadcast_to(np.array([1, 2, 31, 10, 5, 1]) / 50, p.shape), rtol=0.5)
        made.head.embeddings.assign(np.zeros((TARGET_SIZE, E)))
        np.testing.assert_allclose(np.exp(made(SOURCE, INPUTS))[0, 0], np.array([1, 2, 31, 10, 5, 1]) / 50, rtol=1e-5)


QUIET = {"dropout": 0.0, "label_smoothing": 0.0}


class TestNoise:
    @pytest.mark.parametrize("noise", ["dropout", "token_dropout", "state_dropout", "weight_drop"])
    def test_each_kind_is_drawn_anew_in_training_alone(self, noise):
        made = network("gru", **{**QUIET, noise: 0.5})
        one, other = (np.asarray(made(SOURCE, INPUTS, training=True)) for _ in range(2))
        assert np.abs(one - other).max() > 1e-4
        plain = network("gru", **QUIET)
        plain.set_weights(made.get_weights())
        np.testing.assert_array_equal(made(SOURCE, INPUTS), plain(SOURCE, INPUTS))

    def test_without_any_training_is_like_answering(self):
        made = network("gru", **QUIET, layers=2)
        np.testing.assert_allclose(made(SOURCE, INPUTS, training=True), made(SOURCE, INPUTS), rtol=1e-4, atol=1e-5)

    def test_units_are_read_as_unknown_on_both_sides(self):
        made = network(**{**QUIET, "token_dropout": 0.99})
        every = made(np.where(SOURCE > 0, 1, 0), np.where(INPUTS > 0, 1, 0))
        np.testing.assert_allclose(made(SOURCE, INPUTS, training=True)[0, :2], every[0, :2], rtol=1e-4, atol=1e-5)

    def test_a_step_has_none(self):
        made = network("gru", dropout=0.9, token_dropout=0.9)
        found, _ = stepwise(made)
        np.testing.assert_allclose(found[:, 0], made(SOURCE, INPUTS), rtol=1e-4, atol=1e-5)


class TestLoss:
    @pytest.mark.parametrize("smoothing", [0.0, 0.3])
    @pytest.mark.parametrize("training", [False, True])
    def test_it_is_the_cross_entropy_smoothed_in_training_alone(self, smoothing, training):
        made = network(dropout=0.0, label_smoothing=smoothing)
        log_p = np.asarray(made(SOURCE, INPUTS))
        share = smoothing if training else 0.0
        goal = (1 - share) * np.eye(TARGET_SIZE)[TARGET] + share / TARGET_SIZE
        expected = np.where(TARGET > 0, -(goal * log_p).sum(axis=-1), 0)
        outputs, _ = made.decode(INPUTS, made.encode(SOURCE))
        np.testing.assert_allclose(made.token_losses(outputs, TARGET, training), expected, rtol=1e-4, atol=1e-5)


def test_targets_are_moved_on():
    np.testing.assert_array_equal(INPUTS, [[0, 3, 5, 4], [0, 4, 2, 0], [0, 3, 3, 5]])
