"""What is learnt of the tokens of a training split."""

import pytest
import tensorflow as tf

from keras_seq.datasets import Corpus
from keras_seq.pipelines import SequenceLabelerConfig
from keras_seq.pipelines.token_vocabularies import (
    agreement,
    learn_tokens,
    reads_characters,
    restored_encoder,
    token_documents,
)


def corpus(sentences, **options):
    train = [(sentence, ["O"] * len(sentence)) for sentence in sentences]
    return Corpus.from_lists(train, [(["x"], ["O"])], **options)


def learn(sentences, **options):
    return learn_tokens(corpus(sentences), SequenceLabelerConfig(**options))[0]


class TestWords:
    def test_they_are_counted_the_most_frequent_first(self):
        encoder, counts = learn_tokens(corpus([["b", "a", "b"], ["c", "b", "a"]]), SequenceLabelerConfig())
        assert encoder.words.tokens[2:] == ("b", "a", "c")
        assert counts == {"b": 3, "a": 2, "c": 1}

    def test_rare_ones_are_left_out(self):
        assert learn([["b", "a", "b"]], min_count=2).words.tokens[2:] == ("b",)

    def test_forms_that_are_looked_up_alike_count_together(self):
        encoder = learn([["Ab", "AB", "１2", "34", "x"]], min_count=2, lowercase=True, mask_digits=True)
        assert encoder.words.tokens[2:] == ("00", "ab")

    def test_the_names_of_the_special_tokens_are_none(self):
        assert learn([["<UNK>", "<PAD>", "a"]]).words.tokens[2:] == ("a",)

    def test_where_letters_alone_are_read_there_are_none(self):
        encoder = learn([["a", "b"]], words="none", characters="cnn")
        assert encoder(["a", "z"])["words"].numpy().tolist() == [1, 1]


class TestOtherFeatures:
    def test_there_are_none_unless_they_are_asked_for(self):
        encoder = learn([["a"]])
        assert (encoder.characters, encoder.shapes, encoder.trigrams, encoder.bigrams) == (None, None, 0, None)

    def test_letters_are_those_of_the_words_before_folding(self):
        characters = learn([["Ab", "Ab", "ﬁ"]], characters="lstm", lowercase=True).characters
        assert set(characters.tokens[2:]) == set("Abfi")
        assert characters.tokens[2:4] == ("A", "b")

    def test_shapes_and_pairs_that_occur_once_are_unknown(self):
        encoder = learn([["Ab", "c"], ["Ab", "7"]], shape=True, bigrams=True, mask_digits=True)
        assert encoder.shapes.tokens[2:] == ("Xx",)
        assert encoder.bigrams.tokens[2:] == (" Ab",)

    def test_pairs_stay_within_their_sentence(self):
        encoder = learn([["a", "b"]] * 2, bigrams=True)
        assert set(encoder.bigrams.tokens[2:]) == {" a", "a b", "b "}

    def test_trigrams_go_to_as_many_buckets_as_are_asked_for(self):
        assert learn([["a"]], trigrams=True, trigram_buckets=7).trigrams == 7


def test_documents_give_the_same_encoder_back():
    every = {"characters": "both", "shape": True, "trigrams": True, "bigrams": True, "lowercase": True}
    config = SequenceLabelerConfig(**every)
    encoder = learn([["Ab", "c"], ["Ab", "7"]], **every)
    again = restored_encoder(token_documents(encoder), config)
    tokens = tf.ragged.constant([["ab", "c", "zz9"], ["AB"]], tf.string, ragged_rank=1)
    ours, theirs = encoder(tokens), again(tokens)
    assert ours.keys() == theirs.keys() == {"words", "characters", "shapes", "trigrams", "bigrams"}
    assert all(ours[name].to_list() == theirs[name].to_list() for name in ours)


@pytest.mark.parametrize(
    ("sentences", "rule", "share"),
    [
        ([["to", "Rome"], ["to", "New York"]], "whitespace", 1 / 2),
        ([["Rome", "."], ["Rome."], ["don't"], ["a"]], "word", 2 / 4),
        ([["去", "郑州"], ["去", "郑"], ["１"]], "char", 2 / 3),
        ([["ﬁ", "x"]], "whitespace", 1.0),
    ],
)
def test_agreement_is_the_share_of_sentences_whose_tokens_the_rule_finds(sentences, rule, share):
    assert agreement(corpus(sentences, tokens=rule)) == pytest.approx(share)


@pytest.mark.parametrize(
    ("sentences", "whether"),
    [([["我", "去", "郑", "州"]], True), ([["我", "去", "郑州"]], False), ([["I", "go"]], False)],
)
def test_tokens_that_are_characters_are_known_as_such(sentences, whether):
    assert reads_characters(corpus(sentences)) is whether
