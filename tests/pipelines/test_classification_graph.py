"""From logits to labels, and from strings to the outputs of an export."""

import numpy as np
import pytest
import tensorflow as tf

from keras_seq.pipelines import SavedModelSession
from keras_seq.pipelines.classification_graph import chosen_labels, log_probabilities

Z = np.array([[1.0, -2.0, 0.5], [300.0, 300.0, -300.0], [0.0, 0.0, 0.0]], np.float32)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_log_probabilities_are_those_of_a_softmax_or_of_sigmoids(temperature):
    z = Z.astype(np.float64) / temperature
    softmax = z - z.max(axis=1, keepdims=True)
    softmax -= np.log(np.exp(softmax).sum(axis=1, keepdims=True))
    np.testing.assert_allclose(log_probabilities(Z, False, temperature), softmax, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(log_probabilities(Z, True, temperature), -np.logaddexp(0, -z), rtol=1e-5, atol=1e-6)


def test_one_label_is_chosen_the_first_of_equal_ones():
    assert chosen_labels(Z, False, 0.5).numpy().tolist() == [[1, 0, 0], [1, 0, 0], [1, 0, 0]]


@pytest.mark.parametrize("threshold", [0.1, 0.5, 0.9])
def test_of_several_all_that_reach_the_threshold(threshold):
    z = np.linspace(-5, 5, 41, dtype=np.float32)[None]
    expected = 1 / (1 + np.exp(-z.astype(np.float64))) >= threshold
    np.testing.assert_array_equal(chosen_labels(z, True, threshold), expected)


class TestOutputs:
    @pytest.mark.parametrize("texts", [[], [""], ["a film is so fine", "", "not"]])
    def test_each_has_a_row_for_each_text(self, classifier, texts):
        found = classifier.serving().serve(tf.constant(texts, tf.string))
        assert {len(value) for value in found.values()} == {len(texts)}
        names = {"labels", "probabilities", "lengths", "truncated"}
        single, several = {"label", "probability", "tokens", "weights"}, {"chosen"}
        assert set(found) == names | (several if classifier.labels.several else single)

    def test_one_label_is_the_most_probable(self, critic):
        found = critic.serving().serve(tf.constant(["a film is so fine", "so dull"]))
        places = found["probabilities"].numpy().argmax(axis=1)
        assert found["label"].numpy().tolist() == found["labels"].numpy()[[0, 1], places].tolist()
        np.testing.assert_array_equal(found["probability"], found["probabilities"].numpy().max(axis=1))
        np.testing.assert_allclose(found["probabilities"].numpy().sum(axis=1), 1, atol=1e-6)

    def test_several_are_those_that_reach_the_threshold(self, sorter):
        found = sorter.serving().serve(tf.constant(["the soup was cheap", "we"]))
        np.testing.assert_array_equal(found["chosen"], found["probabilities"].numpy() >= 0.5)
        assert found["labels"].numpy().tolist() == [[b"food", b"price", b"staff"]] * 2

    def test_attention_shows_what_it_weighs(self, critic):
        found = critic.serving().serve(tf.constant(["a film", "so fine this", ""]))
        assert found["tokens"].numpy().tolist() == [[b"a", b"film", b""], [b"so", b"fine", b"this"], [b""] * 3]
        np.testing.assert_allclose(found["weights"].numpy().sum(axis=1), [1, 1, 0], atol=1e-6)
        assert (found["weights"].numpy() > 0).sum(axis=1).tolist() == found["lengths"].numpy().tolist() == [2, 3, 0]

    def test_a_cut_text_shows_what_was_read(self, read_cut):
        found = read_cut.serving().serve(tf.constant(["a film is not so dull", "a"]))
        assert found["lengths"].numpy().tolist() == [3, 1]
        assert found["tokens"].numpy().tolist() == [[b"a", b"film", b"is"], [b"a", b"", b""]]
        assert found["truncated"].numpy().tolist() == [True, False]


def test_a_session_gives_the_outputs_of_the_pipeline(classifier, strings, tmp_path):
    session, serve = SavedModelSession(classifier.export(tmp_path)), classifier.serving().serve
    texts = sorted(strings(["this film is not dull but fine", "the soup was cheap and dear"], 200), key=len)
    for batch in (texts[:100], texts[100:-1], texts[-1:]):
        theirs, ours = session(batch), serve(tf.constant(batch))
        assert theirs.keys() == ours.keys()
        for name, value in ours.items():
            if value.dtype.is_floating:
                np.testing.assert_allclose(theirs[name], value.numpy(), atol=1e-5)
            else:
                np.testing.assert_array_equal(theirs[name], value.numpy())
    session.close()
