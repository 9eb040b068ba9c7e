"""What each option of a labeller makes of its network, with the weights that it starts from."""

import keras
import numpy as np
import pytest

from keras_seq.pipelines import SequenceLabeler

TINY = {"units": 4, "cell": "elman", "output": "softmax"}
WORDS = {**TINY, "embedding_dim": 4}
WINDOW = {"units": 4, "output": "softmax", "embedding_dim": 4, "encoder": "window", "window": 1}
GOING, LEAVING = "我一月一号去郑州", "我一月一号离开郑州"


def untrained(corpus, **options):
    """A labeller with the weights that it starts from."""
    labeler = SequenceLabeler(**options)
    labeler.learn(corpus)
    labeler.model = labeler.network()
    return labeler


def alike(labeler, one, other):
    """Whether the last tokens of two texts get the same probability."""
    found = [result.probabilities[-1] for result in labeler.predict([one, other])]
    return found[0] == pytest.approx(found[1], abs=1e-6)


class TestFeatures:
    def test_each_has_an_input_of_its_own(self, rule):
        every = {"characters": "both", "shape": True, "trigrams": True, "bigrams": True, "max_characters": 7}
        labeler = untrained(rule, **WORDS, **every)
        widths = {name: tuple(tensor.shape[2:]) for name, tensor in labeler.model.input.items()}
        assert widths == {"words": (), "characters": (7,), "shapes": (), "trigrams": (7,), "bigrams": (2,)}

    @pytest.mark.parametrize("characters", ["cnn", "lstm", "both"])
    def test_letters_alone_tell_words_apart(self, rule, characters):
        labeler = untrained(rule, **TINY, words="none", characters=characters)
        assert not alike(labeler, "to Rome", "to Oslo")
        assert "embedding" not in {layer.name for layer in labeler.model.layers}

    def test_letters_may_be_read_both_ways_at_once(self, rule):
        sizes = {}
        for characters in ("cnn", "lstm", "both"):
            model = untrained(rule, **WORDS, characters=characters, character_units=3).model
            sizes[characters] = model.get_layer("features").output.shape[-1]
        assert sizes == {"cnn": 4 + 3, "lstm": 4 + 6, "both": 4 + 3 + 6}

    def test_one_of_n_has_a_dimension_for_each_word_and_one_for_all_others(self, rule):
        labeler = untrained(rule, **TINY, words="one-hot")
        assert labeler.model.get_layer("one_hot").output.shape[-1] == len(labeler.encoder.words) - 1
        assert not alike(labeler, "to Rome", "to Oslo")
        assert alike(labeler, "to Xxxx", "to Yyyy")

    def test_a_shape_tells_unknown_words_apart(self, rule):
        assert alike(untrained(rule, **WORDS), "to Xxxx", "to yyyy")
        labeler = untrained(rule, **WORDS, shape=True)
        assert not alike(labeler, "to Xxxx", "to yyyy")
        assert alike(labeler, "to Xxxx", "to Yyyy")

    def test_trigrams_tell_unknown_words_apart_once_they_have_learnt(self, rule):
        labeler = untrained(rule, **WORDS, trigrams=True)
        assert alike(labeler, "to Romx", "to Oslx")
        table = labeler.model.get_layer("embedding").trigram_embeddings
        table.assign(np.random.default_rng(1).normal(size=table.shape))
        assert not alike(labeler, "to Romx", "to Oslx")
        words = labeler.predict("to Rome").probabilities
        table.assign(0 * table)
        assert labeler.predict("to Rome").probabilities == words  # a word of the vocabulary needs none

    @pytest.mark.parametrize("bigrams", [False, True])
    def test_pairs_reach_one_token_beyond_a_window(self, rule, bigrams):
        labeler = untrained(rule, **{**WORDS, "cell": "lstm"}, encoder="window", window=1, bigrams=bigrams)
        assert alike(labeler, "we to Rome now", "a to Rome now")
        assert alike(labeler, "to Rome now", "from Rome now") != bigrams

    def test_dropout_of_features_and_of_layers_is_each_its_own(self, rule):
        model = untrained(rule, **WORDS, layers=2, input_dropout=0.1, dropout=0.4).model
        rates = {layer.name: layer.rate for layer in model.layers if isinstance(layer, keras.layers.Dropout)}
        assert rates == {"dropout_input": 0.1, "dropout_0": 0.4, "dropout_1": 0.4}

    @pytest.mark.parametrize("place", ["input", "0", "1"])
    def test_a_dropped_feature_is_dropped_in_all_the_sentence(self, rule, place):
        model = untrained(rule, **WORDS, layers=2, input_dropout=0.5, dropout=0.5).model
        kept = model.get_layer(f"dropout_{place}")(np.ones((6, 5, 8)), training=True).numpy()
        assert set(np.unique(kept)) == {0, 2}  # 1 / (1 - 0.5): the mean stays
        np.testing.assert_array_equal(kept, np.repeat(kept[:, :1], 5, axis=1))
        assert len(np.unique(kept[:, 0], axis=0)) > 1  # each sentence drops its own


class TestEncoders:
    def test_a_window_cannot_tell_what_a_city_is_once_the_verb_lies_outside(self, desk, tagger):
        going, leaving = untrained(desk, **WINDOW).predict([GOING, LEAVING])
        assert going.probabilities[-1] == leaving.probabilities[-1]  # 州 sees 郑, and the end
        assert going.labels[-1] == leaving.labels[-1]
        found = [result.labels[-1] for result in tagger.predict([GOING, LEAVING])]
        assert found == ["I-destination", "I-origin"]  # a state has carried the verb there

    def test_a_wider_window_or_a_second_layer_reaches_further(self, desk):
        for options in ({**WINDOW, "window": 3}, {**WINDOW, "layers": 3}):
            assert not alike(untrained(desk, **options), GOING, LEAVING)

    def test_self_attention_reaches_everywhere(self, desk):
        assert not alike(untrained(desk, **WINDOW, self_attention=True), "我去" + "了" * 9, "你去" + "了" * 9)

    def test_a_residual_layer_adds_its_input(self, rule):
        model = untrained(rule, **WORDS, layers=2, residual=True, dropout=0.0).model
        names = ("recurrence_0", "recurrence_1", "residual_1")
        parts = keras.Model(model.input, [model.get_layer(name).output for name in names])
        below, above, both = parts({"words": np.array([[2, 3, 4], [5, 0, 0]])})
        np.testing.assert_allclose(both, below + above, atol=1e-6)
        assert np.abs(above).max() > 0.01

    def test_recurrent_weights_and_states_are_dropped_in_every_layer(self, rule):
        model = untrained(rule, **WORDS, layers=2, weight_drop=0.3, state_dropout=0.2).model
        noise = [model.get_layer(f"recurrence_{number}").dropout for number in range(2)]
        assert [(each.weights, each.states) for each in noise] == [(0.3, 0.2)] * 2
        assert noise[0].seed != noise[1].seed

    @pytest.mark.parametrize("output", ["crf", "softmax"])
    def test_half_precision_gives_what_float32_does_but_for_rounding(self, rule, output):
        options = {**WORDS, "output": output, "characters": "both", "self_attention": True}
        exact, rounded = (untrained(rule, **options, precision=precision) for precision in ("float32", "bfloat16"))
        texts = ["please to Rome now", "from Xxxx"]
        for ours, theirs in zip(rounded.predict(texts), exact.predict(texts), strict=True):
            assert ours.probabilities == pytest.approx(theirs.probabilities, abs=0.05)
        assert rounded.predict(texts)[0].probabilities != exact.predict(texts)[0].probabilities
        layer = rounded.model.get_layer("labels")
        assert layer.output.dtype == "float32"
        assert {weight.dtype for weight in rounded.model.trainable_weights} == {"float32"}
        assert rounded.model.get_layer("embedding").compute_dtype == "bfloat16"


def test_the_seed_says_every_start_value(rule):
    every = {
        "characters": "both",
        "shape": True,
        "bigrams": True,
        "self_attention": True,
        "residual": True,
        "layers": 2,
    }
    one, again, other = (untrained(rule, **WORDS, **every, seed=seed).model.weights for seed in (1, 1, 2))
    for a, b, c in zip(one, again, other, strict=True):
        np.testing.assert_array_equal(a, b)
        assert len(a.shape) < 2 or not np.any(a) or not np.array_equal(a, c), a.path
