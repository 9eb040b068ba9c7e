"""Tokens to ids and back."""

import numpy as np
import pytest
import tensorflow as tf

from keras_seq.layers import Vocabulary


def test_ids_follow_the_order_of_the_tokens_from_two_on():
    assert Vocabulary(["去", "郑", "州"])(["州", "去", "郑"]).numpy().tolist() == [4, 2, 3]


def test_every_other_token_is_unknown():
    assert Vocabulary(["去"])(["到", "", "去 "]).numpy().tolist() == [1, 1, 1]


@pytest.mark.parametrize("token", ["<PAD>", "<UNK>"])
@pytest.mark.parametrize("tokens", [[], ["a"]])
def test_what_a_user_writes_never_reads_as_padding(tokens, token):
    assert Vocabulary(tokens)([token]).numpy().tolist() == [1]


def test_an_empty_vocabulary_knows_nothing():
    vocabulary = Vocabulary([])
    assert len(vocabulary) == 2
    assert vocabulary(["a"]).numpy().tolist() == [1]


@pytest.mark.parametrize("token", ["a", "<UNK>", "<PAD>"])
def test_a_token_twice_is_one_line(token):
    with pytest.raises(ValueError, match=rf"^vocabulary: token '{token}' stands twice, expected distinct tokens$"):
        Vocabulary(["a", "b", token])


def test_its_length_counts_padding_and_unknown():
    assert len(Vocabulary(["a", "b"])) == 4


def test_decoding_takes_ids_back():
    vocabulary = Vocabulary(["去", "郑"])
    assert vocabulary.decode(np.array([3, 2, 1, 0])) == ["郑", "去", "<UNK>", "<PAD>"]


def test_ragged_tokens_give_ragged_ids():
    tokens = tf.ragged.constant([["b", "x"], [], ["a"]])
    assert Vocabulary(["a", "b"])(tokens).to_list() == [[3, 1], [], [2]]


@pytest.mark.parametrize("shape", [(0,), (2, 3), (0, 4)])
def test_ids_have_the_shape_of_the_tokens(shape):
    ids = Vocabulary(["a"])(np.full(shape, "a"))
    np.testing.assert_array_equal(ids, np.full(shape, 2))
    assert ids.dtype == tf.int32


def test_it_runs_in_a_graph():
    vocabulary = Vocabulary(["a", "b"])
    graph = tf.function(vocabulary, input_signature=[tf.TensorSpec((None,), tf.string)])
    assert graph(tf.constant(["b", "c"])).numpy().tolist() == [3, 1]


def test_it_may_be_made_inside_a_graph():
    @tf.function
    def look_up(tokens):
        made.append(made[0] if made else Vocabulary(["a"]))
        return made[0](tokens)

    made = []
    assert look_up(tf.constant(["a", "b"])).numpy().tolist() == [2, 1]
    assert made[0](["a"]).numpy().tolist() == [2]


def test_learning_puts_the_most_frequent_first_and_ties_in_order():
    assert Vocabulary.learn("c b a b c d c".split()).tokens[2:] == ("c", "b", "a", "d")


def test_learning_does_not_depend_on_the_order_of_the_text():
    words = "c b a b c d c".split()
    assert Vocabulary.learn(words).tokens == Vocabulary.learn(reversed(words)).tokens


@pytest.mark.parametrize(("min_count", "kept"), [(1, ("c", "b", "a")), (2, ("c", "b")), (3, ("c",)), (4, ())])
def test_learning_leaves_out_what_is_seen_less_than_min_count_times(min_count, kept):
    assert Vocabulary.learn("c c c b b a".split(), min_count).tokens[2:] == kept


def test_learning_leaves_out_reserved_tokens():
    assert Vocabulary.learn(["<PAD>", "<UNK>", "", "a"]).tokens == ("<PAD>", "<UNK>", "a")
