"""Steps of the translator's training: the loss that they go down, and what scheduled sampling feeds the decoder."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_seq.pipelines.translation_config import TranslationConfig
from keras_seq.pipelines.translation_network import TranslationNetwork, moved_on
from keras_seq.pipelines.translation_training import SCHEDULES, TranslationTraining, drawn_inputs

V, STEPS = 8, 100
SOURCE = tf.constant([[3, 4, 5, 6, 3, 2], [5, 3, 2, 0, 0, 0], [4, 4, 6, 2, 0, 0]], tf.int32)
TARGET = tf.constant([[3, 5, 4, 7, 2], [4, 2, 0, 0, 0], [3, 3, 6, 2, 0]], tf.int32)
REAL = np.asarray(TARGET) > 0


def network(scale=0.7, **options):
    """One whose weights are random; with a great scale of the softmax it is nearly certain of each next unit."""
    quiet = {"dropout": 0.0, "label_smoothing": 0.0, "units": 5, "embedding_dim": 4, "tied": "none"}
    made = TranslationNetwork(V, V, TranslationConfig(**{**quiet, **options}))
    for number, variable in enumerate(made.weights):
        variable.assign(np.random.default_rng(number).normal(scale=0.7, size=variable.shape))
    made.head.embeddings.assign(made.head.embeddings * scale / 0.7)
    return made


def drawn(made, places, seed=1):
    return np.asarray(drawn_inputs(made, SOURCE, TARGET, tf.constant(places), keras.random.SeedGenerator(seed)))


def greedy(made):
    """What is read where each unit is the most probable one after all before it; padding of the target stays."""
    inputs = np.zeros(TARGET.shape, np.int32)
    for t in range(TARGET.shape[1] - 1):
        log_p = np.asarray(made(SOURCE, inputs))[:, t, :]
        inputs[:, t + 1] = np.where(REAL[:, t], 1 + np.argmax(log_p[:, 1:], axis=1), 0)
    return inputs


class TestDraws:
    def test_with_nothing_drawn_the_target_is_read(self):
        np.testing.assert_array_equal(drawn(network(), np.zeros(TARGET.shape, bool)), moved_on(TARGET))

    @pytest.mark.parametrize(
        "options",
        [{}, {"cell": "lstm", "attention": "none"}, {"attention": "additive", "coverage": True, "query": "old"}],
    )
    def test_all_of_a_network_that_is_certain_are_the_most_probable(self, options):
        made = network(scale=1e5, **options)
        found = drawn(made, np.ones(TARGET.shape, bool))
        np.testing.assert_array_equal(found, greedy(made))
        assert (found != np.asarray(moved_on(TARGET))).any()

    def test_a_unit_is_drawn_where_it_is_asked_for_and_nowhere_else(self):
        made, places = network(scale=1e5), np.zeros(TARGET.shape, bool)
        places[:, 1] = True
        found, expected = drawn(made, places), np.array(moved_on(TARGET))
        log_p = np.asarray(made(SOURCE, expected))[:, 1]  # after the right first unit
        expected[:, 2] = np.where(REAL[:, 1], 1 + np.argmax(log_p[:, 1:], axis=1), 0)
        np.testing.assert_array_equal(found, expected)

    def test_padding_is_never_drawn_nor_in_the_place_of_padding(self):
        source, target = (tf.tile(x, [50, 1]) for x in (SOURCE, TARGET))
        every, seeds = tf.ones_like(target, tf.bool), keras.random.SeedGenerator(3)
        found = np.asarray(drawn_inputs(network(), source, target, every, seeds))
        np.testing.assert_array_equal(found[:, 1:] > 0, np.asarray(target)[:, :-1] > 0)

    def test_they_are_as_frequent_as_they_are_probable(self):
        many, made = 4000, network()
        source, target = (tf.repeat(x[:1], many, axis=0) for x in (SOURCE, TARGET))
        found = drawn_inputs(made, source, target, tf.ones_like(target, tf.bool), keras.random.SeedGenerator(3))
        p = np.exp(np.asarray(made(SOURCE[:1], moved_on(TARGET[:1])))[0, 0])
        p = np.where(np.arange(V) > 0, p, 0) / p[1:].sum()
        shares = np.bincount(np.asarray(found)[:, 1], minlength=V) / many
        assert np.all(np.abs(shares - p) <= 4 * np.sqrt(p * (1 - p) / many))

    def test_a_seed_repeats_them_and_each_step_draws_anew(self):
        made, every = network(), np.ones(TARGET.shape, bool)
        np.testing.assert_array_equal(drawn(made, every), drawn(made, every))
        seeds = keras.random.SeedGenerator(1)
        one, other = (np.asarray(drawn_inputs(made, SOURCE, TARGET, tf.constant(every), seeds)) for _ in range(2))
        assert (one != other).any()

    def test_they_are_drawn_without_noise(self):
        quiet, every = network(scale=1e5), np.ones(TARGET.shape, bool)
        noisy = network(scale=1e5, dropout=0.9, token_dropout=0.9)
        np.testing.assert_array_equal(drawn(noisy, every), drawn(quiet, every))


class TestSchedules:
    def test_they_grow_from_nothing_to_all(self):
        progress = np.linspace(0, 1, 11, dtype=np.float32)
        for name in ("linear", "sigmoid"):
            shares = np.asarray(SCHEDULES[name](tf.constant(progress)))
            assert (np.diff(shares) > 0).all()
            assert shares[0] == pytest.approx(0, abs=0.003)
            assert shares[5] == pytest.approx(0.5)
            assert shares[-1] == pytest.approx(1, abs=0.003)
        assert SCHEDULES["none"] is None

    @pytest.mark.parametrize(("done", "share"), [(0, 0.0), (50, 0.4), (100, 0.8)])
    def test_the_share_of_units_that_are_drawn_follows_them(self, done, share):
        """The target's units are 7 alone, which the model never draws: what is read says how many were drawn."""
        made = network(sampling="linear", sampling_share=0.8)
        made.head.bias.assign(np.where(np.arange(V) == 7, -1e9, 0))
        model = training(made)
        model.optimizer.iterations.assign(done)
        source, target = tf.repeat(SOURCE[:1], 400, axis=0), tf.fill([400, 6], 7)
        read = np.asarray(model._mixed(source, target, model.schedule))[:, 1:]
        assert (read != 7).mean() == pytest.approx(share, abs=0.04)


def training(made, rate=0.5):
    model = TranslationTraining(made, STEPS)
    model.compile(optimizer=keras.optimizers.SGD(rate))
    model.optimizer.build(made.trainable_variables)
    return model


def slopes(made, inputs, smoothing):
    """The loss of a batch by its definition, and its gradients."""
    with tf.GradientTape() as tape:
        log_p = made(SOURCE, inputs, training=True)
        goal = (1 - smoothing) * tf.one_hot(TARGET, V) + smoothing / V
        loss = -tf.reduce_sum(tf.where(REAL, tf.reduce_sum(goal * log_p, axis=-1), 0)) / REAL.sum()
    return float(loss), [np.asarray(tf.convert_to_tensor(g)) for g in tape.gradient(loss, made.trainable_variables)]


class TestSteps:
    @pytest.mark.parametrize("smoothing", [0.0, 0.2])
    def test_one_goes_down_the_gradient_of_the_mean_loss_of_a_unit(self, smoothing):
        made = network(label_smoothing=smoothing, clip_norm=0.0, averaging="none")
        before, (loss, found) = made.get_weights(), slopes(made, moved_on(TARGET), smoothing)
        figures = training(made).train_step({"source": SOURCE, "target": TARGET})
        assert float(figures["loss"]) == pytest.approx(loss, rel=1e-4)
        for weight, old, slope in zip(made.trainable_variables, before, found, strict=True):
            np.testing.assert_allclose(weight, old - 0.5 * slope, rtol=1e-3, atol=1e-5)

    def test_with_sampling_the_loss_is_that_after_what_was_drawn(self):
        made = network(scale=1e3, sampling="linear", sampling_share=0.999, clip_norm=0.0, averaging="none")
        model = training(made, rate=0.0)
        model.optimizer.iterations.assign(STEPS)
        figures = model.train_step({"source": SOURCE, "target": TARGET})
        expected, _ = slopes(made, greedy(made), 0.0)
        assert float(figures["loss"]) == pytest.approx(expected, rel=1e-3)

    def test_rows_of_padding_count_for_nothing(self):
        made, real = network(averaging="none"), tf.constant([[1], [0], [1]])
        log_p = np.take_along_axis(np.asarray(made(SOURCE, moved_on(TARGET))), np.asarray(TARGET)[..., None], axis=2)[
            ..., 0
        ]
        counted = REAL & (np.asarray(real) > 0)
        figures = training(made, rate=0.0).train_step({"source": SOURCE * real, "target": TARGET * real})
        assert float(figures["loss"]) == pytest.approx(-log_p[counted].mean(), rel=1e-4)
