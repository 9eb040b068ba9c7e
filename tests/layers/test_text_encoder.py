"""Words and letters to ids, after folding."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_seq.layers import TextTokenizer, TokenEncoder, Vocabulary, fold

LETTERS = Vocabulary(["a", "b", "A"])  # 2, 3, 4


def words(tokens, known, **options):
    """Word ids under a vocabulary of `known` tokens."""
    return TokenEncoder(Vocabulary(known), **options)(tokens)["words"].numpy().tolist()


def characters(tokens, size):
    return TokenEncoder(Vocabulary([]), LETTERS, lowercase=True, max_characters=size)(tokens)["characters"]


@pytest.mark.parametrize(("lowercase", "expected"), [(False, [2, 1, 1]), (True, [2, 2, 2])])
def test_lower_case_where_asked_for(lowercase, expected):
    assert words(["école", "École", "ÉCOLE"], ["école"], lowercase=lowercase) == expected


@pytest.mark.parametrize(("mask_digits", "expected"), [(False, [1, 1, 1, 2]), (True, [2, 2, 2, 2])])
def test_digits_are_zero_where_asked_for(mask_digits, expected):
    assert words(["7pm-12", "١pm-٢٣", "4pm-５６", "0pm-00"], ["0pm-00"], mask_digits=mask_digits) == expected


def test_both_foldings_go_together():
    assert words(["7PM"], ["0pm"], lowercase=True, mask_digits=True) == [2]


def test_words_are_normalised():
    assert words(["ＡＢ", "ﬁn", "e\u0301"], ["AB", "fin", "é"]) == [2, 3, 4]


def test_without_a_vocabulary_of_letters_there_are_words_alone():
    assert set(TokenEncoder(Vocabulary([]))(["a"])) == {"words"}


def test_letters_are_those_of_the_unfolded_word():
    assert characters(["aAb"], 3).numpy().tolist() == [[2, 4, 3]]


def test_letters_are_cut_at_c_and_padded_to_c():
    assert characters(["abab", "b", "xa"], 3).numpy().tolist() == [[2, 3, 2], [3, 0, 0], [1, 2, 0]]


def test_letters_are_characters_not_bytes():
    assert characters(["郑a"], 3).numpy().tolist() == [[1, 2, 0]]


@pytest.mark.parametrize("tokens", [[], tf.constant([], tf.string)])
def test_no_tokens_give_no_rows(tokens):
    features = TokenEncoder(Vocabulary(["a"]), LETTERS, True, True, max_characters=5)(tokens)
    assert features["words"].shape == (0,)
    assert features["characters"].shape == (0, 5)


def test_ids_are_int32():
    features = TokenEncoder(Vocabulary(["a"]), LETTERS)(["a"])
    assert features["words"].dtype == features["characters"].dtype == tf.int32


@settings(max_examples=50)
@given(
    tokens=st.lists(st.one_of(st.text(max_size=8).map(lambda t: t.encode("utf-8", "replace")), st.binary(max_size=8)))
)
def test_no_token_that_a_user_writes_reads_as_padding(tokens):
    features = TokenEncoder(Vocabulary(["a"]), LETTERS, True, True)(tokens)
    assert (features["words"].numpy() > 0).all()


@pytest.mark.parametrize("text", ["<PAD>", "<UNK>", "a <PAD> b"])
def test_a_reserved_name_in_a_text_is_unknown(text):
    tokens = TextTokenizer("whitespace")([text]).text.values
    ids = TokenEncoder(Vocabulary(["a", "b"]))(tokens)["words"].numpy()
    expected = [{"a": 2, "b": 3}.get(token, 1) for token in text.split()]
    assert ids.tolist() == expected


def test_it_runs_in_a_graph_of_unknown_length():
    encoder = TokenEncoder(Vocabulary(["ab"]), LETTERS, lowercase=True, max_characters=2)
    graph = tf.function(encoder, input_signature=[tf.TensorSpec((None,), tf.string)])
    for tokens in (["AB", "x"], tf.constant([], tf.string)):
        ours, expected = graph(tf.constant(tokens)), encoder(tokens)
        for key in ("words", "characters"):
            np.testing.assert_array_equal(ours[key], expected[key])


def test_folding_leaves_a_word_alone_where_nothing_is_asked_for():
    assert fold(tf.constant(["Ab1"]), False, False).numpy().tolist() == [b"Ab1"]


EVERY = {"shapes": Vocabulary(["Xx", "x"]), "trigrams": 100, "bigrams": Vocabulary([" to", "to 00"])}


def encoder(**options):
    return TokenEncoder(Vocabulary(["to", "00"]), LETTERS, True, True, 4, **{**EVERY, **options})


class TestFeatures:
    def test_each_is_left_out_unless_it_is_asked_for(self):
        assert set(encoder()(["To"])) == {"words", "characters", "shapes", "trigrams", "bigrams"}
        assert set(encoder(shapes=None, trigrams=0, bigrams=None)(["To"])) == {"words", "characters"}

    def test_shapes_are_those_of_unfolded_words(self):
        assert encoder()(["To", "to", "12"])["shapes"].numpy().tolist() == [2, 3, 1]

    def test_trigrams_are_those_of_folded_words(self):
        one, same, other = encoder()(["To9", "tO7", "to"])["trigrams"].numpy().tolist()
        assert one == same != other

    def test_pairs_are_those_of_folded_words_within_a_row(self):
        rows = tf.ragged.constant([["To", "12"], ["12"], []], tf.string, ragged_rank=1)
        assert encoder()(rows)["bigrams"].values.numpy().tolist() == [[2, 3], [3, 1], [1, 1]]

    def test_flat_tokens_are_one_row(self):
        assert encoder()(["To", "12", "12"])["bigrams"].numpy().tolist() == [[2, 3], [3, 1], [1, 1]]

    def test_rows_stay_rows(self):
        rows = tf.ragged.constant([["to", "a"], [], ["b"]], tf.string, ragged_rank=1)
        for name, ids in encoder()(rows).items():
            assert ids.row_lengths().numpy().tolist() == [2, 0, 1], name
            if name != "bigrams":
                np.testing.assert_array_equal(ids.values[:2], encoder()(["to", "a"])[name])

    def test_all_run_in_a_graph_of_unknown_shape(self):
        ours = encoder()
        graph = tf.function(ours, input_signature=[tf.RaggedTensorSpec((None, None), tf.string)])
        for rows in ([["To", "x"], []], [[]]):
            tokens = tf.ragged.constant(rows, tf.string, ragged_rank=1)
            for name, ids in graph(tokens).items():
                np.testing.assert_array_equal(ids.values, ours(tokens)[name].values)
                assert ids.dtype == tf.int32
