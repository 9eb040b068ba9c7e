"""A step of training beside the same step written out; states that go on; averages beside NumPy's."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_seq.pipelines import RecurrentLanguageModelConfig
from keras_seq.pipelines.network_training import LEAST, MOMENTUM, Plateau, Swap
from keras_seq.pipelines.next_token_training import NextTokenTraining
from keras_seq.pipelines.recurrent_network import RecurrentNetwork

V, B, T, RATE = 6, 2, 4, 0.5
RNG = np.random.default_rng(8)
NOISELESS = {"input_dropout": 0.0, "output_dropout": 0.0}
INPUTS, TARGETS = RNG.integers(0, V, (3, B, T)), RNG.integers(0, V, (3, B, T))
TARGETS[0, 0, :2] = -1


def network(**options):
    return RecurrentNetwork(V, RecurrentLanguageModelConfig(units=3, layers=1, **NOISELESS, **options))


def training(rows=B, clip_norm=0.0, averaging="none", made=None):
    """One that takes plain steps down the gradient."""
    model = NextTokenTraining(made or network(), rows, clip_norm, averaging)
    model.compile(optimizer=keras.optimizers.SGD(RATE))
    model.optimizer.build(model.network.trainable_variables)
    return model


def batch(i, new=0.0, **others):
    columns = {"inputs": INPUTS[i], "targets": TARGETS[i], "new": np.float32(new), **others}
    return {name: tf.constant(value) for name, value in columns.items()}


def gradients(made, inputs, targets, states=None):
    """The loss, -(1/N) Σ log p over the targets that count, and its gradients."""
    with tf.GradientTape() as tape:
        log_p = made(inputs, states, training=True)[0]
        chosen = tf.gather(log_p, np.maximum(targets, 0), batch_dims=2)
        loss = -tf.reduce_sum(tf.where(targets >= 0, chosen, 0.0)) / np.count_nonzero(targets >= 0)
    found = tape.gradient(loss, made.trainable_variables)
    return float(loss), [np.asarray(tf.convert_to_tensor(each)) for each in found]


def norm(arrays):
    return np.sqrt(sum((array.astype(np.float64) ** 2).sum() for array in arrays))


def close(found, expected):
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


class TestAStep:
    @pytest.mark.parametrize("clip_norm", [0.0, 0.05, 100.0])
    def test_it_goes_down_the_clipped_gradient(self, clip_norm):
        model = training(clip_norm=clip_norm)
        before, (loss, slopes) = model.network.get_weights(), gradients(model.network, INPUTS[0], TARGETS[0])
        scale = min(1, clip_norm / norm(slopes)) if clip_norm else 1
        figures = model.train_step(batch(0, new=1))
        close(model.network.get_weights(), [w - RATE * scale * slope for w, slope in zip(before, slopes, strict=True)])
        assert float(figures["loss"]) == pytest.approx(loss, rel=1e-5)
        assert float(figures["gradient_norm"]) == pytest.approx(norm(slopes), rel=1e-4)
        assert float(figures["clipped"]) == (scale < 1)

    def test_a_batch_of_padding_changes_nothing(self):
        model = training()
        before = model.network.get_weights()
        model.train_step({**batch(0), "targets": tf.fill([B, T], -1)})
        close(model.network.get_weights(), before)

    def test_figures_are_means_over_what_counts(self):
        model = training(made=network())
        model.optimizer.learning_rate.assign(0.0)
        losses = [gradients(model.network, INPUTS[i], TARGETS[i])[0] for i in range(2)]
        counts = [np.count_nonzero(TARGETS[i] >= 0) for i in range(2)]
        for i in range(2):
            figures = model.train_step(batch(i, new=1))
        assert float(figures["loss"]) == pytest.approx(np.dot(losses, counts) / sum(counts), rel=1e-5)


class TestStates:
    def test_windows_one_after_another_are_one_long_pass(self):
        model = training()
        model.optimizer.learning_rate.assign(0.0)
        for i in range(3):
            model.train_step(batch(i, new=float(i == 0)))
        _, states = model.network(np.concatenate(INPUTS, axis=1))
        close(model.carried, states)

    def test_an_epoch_begins_anew(self):
        model = training()
        model.optimizer.learning_rate.assign(0.0)
        for i in (2, 1, 0):
            model.train_step(batch(i, new=float(i == 0)))
        close(model.carried, model.network(INPUTS[0])[1])

    def test_no_gradient_goes_back_past_a_window(self):
        model = training()
        model.train_step(batch(0, new=1))
        states = [tf.constant(np.asarray(state)) for state in model.carried]
        before, (_, slopes) = model.network.get_weights(), gradients(model.network, INPUTS[1], TARGETS[1], states)
        model.train_step(batch(1))
        close(model.network.get_weights(), [w - RATE * slope for w, slope in zip(before, slopes, strict=True)])

    def test_sentences_begin_anew_and_have_batches_of_any_size(self):
        model = training(rows=0)
        assert not model.carried
        before, (_, slopes) = model.network.get_weights(), gradients(model.network, INPUTS[0][:1], TARGETS[0][:1])
        model.train_step({name: tf.constant(x[0][:1]) for name, x in {"inputs": INPUTS, "targets": TARGETS}.items()})
        close(model.network.get_weights(), [w - RATE * slope for w, slope in zip(before, slopes, strict=True)])

    def test_labels_learn_their_states(self):
        made = RecurrentNetwork(
            V, RecurrentLanguageModelConfig(units=3, layers=1, context="sentence", condition=True), conditions=2
        )
        model = training(rows=0, made=made)
        before = [np.asarray(table.embeddings) for table in made.starts]
        model.train_step(batch(0, condition=np.array([[1, 0], [1, 0]], "float32")))
        for old, table in zip(before, made.starts, strict=True):
            assert np.abs(np.asarray(table.embeddings)[0] - old[0]).max() > 0
            np.testing.assert_array_equal(np.asarray(table.embeddings)[1], old[1])


def steps_of(model, count):
    """The weights after each of some steps."""
    for i in range(count):
        model.train_step(batch(i % 3, new=float(i == 0)))
        yield model.network.get_weights()


class TestAverages:
    def test_asgd_is_the_mean_from_its_start_on(self):
        model = training(averaging="asgd")
        (first,) = steps_of(model, 1)
        close(model.averages, first)  # until then, the weights themselves
        model.start_average()
        after = list(steps_of(model, 5))
        close(model.averages, [np.mean(each, axis=0) for each in zip(*after, strict=True)])

    def test_ema_reaches_back_over_more_steps_until_its_momentum_is_reached(self):
        model = training(averaging="ema")
        first, *after = steps_of(model, 5)
        expected = first
        for n, weights in enumerate(after, 2):
            expected = [old + 10 / (9 + n) * (new - old) for old, new in zip(expected, weights, strict=True)]
        close(model.averages, expected)
        model.averaged_steps.assign(1e6)
        kept = [np.asarray(average) for average in model.averages]
        (last,) = steps_of(model, 1)
        close(model.averages, [MOMENTUM * old + (1 - MOMENTUM) * new for old, new in zip(kept, last, strict=True)])

    def test_swapping_twice_changes_nothing(self):
        model = training(averaging="ema")
        *_, last = steps_of(model, 3)
        averages = [np.asarray(average) for average in model.averages]
        swap = Swap()
        swap.set_model(model)
        swap.on_epoch_end(0)
        close(model.network.get_weights(), averages)
        swap.on_epoch_end(0)
        for one, other in zip(model.network.get_weights(), last, strict=True):
            np.testing.assert_array_equal(one, other)

    def test_without_averages_there_is_nothing_to_swap(self):
        model = training()
        before = model.network.get_weights()
        model.swap()
        close(model.network.get_weights(), before)


class TestPlateau:
    def rates(self, scores, factor=0.5, averaging="none"):
        """The learning rate after each epoch, and the callback's model."""
        model, plateau = training(averaging=averaging), Plateau(factor)
        plateau.set_model(model)
        found = []
        for epoch, score in enumerate(scores):
            plateau.on_epoch_end(epoch, {"valid_score": score})
            found.append(float(model.optimizer.learning_rate))
        return found, model

    def test_it_falls_after_each_epoch_from_the_first_that_is_hardly_better(self):
        scores = [-5.0, -4.0, -4.0 + 0.9 * 4 * LEAST, -3.0, -2.0]
        assert self.rates(scores)[0] == pytest.approx([RATE, RATE, RATE / 2, RATE / 4, RATE / 8])

    def test_it_stays_while_epochs_are_better(self):
        assert self.rates([-5.0, -4.0, -3.0, -2.9])[0] == [RATE] * 4

    def test_the_mean_of_the_weights_begins_there(self):
        for scores, begun in ([-5.0, -4.0], 0), ([-5.0, -4.0, -4.1], 1):
            rates, model = self.rates(scores, factor=1.0, averaging="asgd")
            assert float(model.begun) == begun
            assert set(rates) == {RATE}
