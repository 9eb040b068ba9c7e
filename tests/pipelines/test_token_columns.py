"""A split as numbers."""

import numpy as np
import pytest

from keras_seq.datasets import Corpus, InputError, LabeledSequence, Text
from keras_seq.layers import TokenEncoder, Vocabulary
from keras_seq.pipelines import SequenceLabelerConfig
from keras_seq.pipelines.label_set import LabelSet
from keras_seq.pipelines.token_columns import CHUNK, learn_vocabularies, token_columns

EXAMPLES = [
    LabeledSequence(("Ab", "c"), ("B-x", "O"), "yes"),
    LabeledSequence(("zzz",), ("O",), "no"),
    LabeledSequence(("c", "Ab", "c"), ("O", "B-x", "I-x"), "no"),
]
ENCODER = TokenEncoder(Vocabulary(["Ab", "c"]), Vocabulary(list("Abcz")), max_characters=3)


def corpus(sentences, **options):
    train = [(sentence, ["O"] * len(sentence)) for sentence in sentences]
    return Corpus.from_lists(train, [(["x"], ["O"])], **options)


def learn(sentences, tokens="whitespace", **options):
    return learn_vocabularies(corpus(sentences, tokens=tokens), SequenceLabelerConfig(**options))


class TestColumns:
    def test_words_and_letters_are_looked_up(self):
        columns = token_columns(EXAMPLES, ENCODER)
        assert [columns["words"][row].tolist() for row in range(3)] == [[2, 3], [1], [3, 2, 3]]
        assert columns["characters"][0].tolist() == [[2, 3, 0], [4, 0, 0]]
        assert columns.keys() == {"words", "characters"}

    def test_labels_are_those_of_the_tokens(self):
        labels = LabelSet(["x"], "IOB2")
        columns = token_columns(EXAMPLES, ENCODER, labels, ["no", "yes"])
        assert [labels.decode(columns["labels"][row]) for row in range(3)] == [list(e.tags) for e in EXAMPLES]
        assert columns["sentence"].tolist() == [1, 0, 0]

    def test_more_examples_than_a_chunk_stay_in_order(self):
        many = [
            LabeledSequence(("c",) * (1 + number % 3), ("O",) * (1 + number % 3)) for number in range(2 * CHUNK + 5)
        ]
        columns = token_columns(iter(many), ENCODER)
        assert columns["words"].lengths.tolist() == [len(example.tokens) for example in many]

    def test_examples_without_tokens_are_refused(self):
        with pytest.raises(InputError, match="sequence labelling: examples are Text, expected LabeledSequence"):
            token_columns([Text("a b")], ENCODER)

    def test_no_examples_are_no_columns(self):
        assert token_columns([], ENCODER) == {}


class TestVocabularies:
    def test_words_are_counted_the_most_frequent_first(self):
        words, characters, _ = learn([["b", "a", "b"], ["c", "b", "a"]])
        assert words.tokens[2:] == ("b", "a", "c")
        assert characters is None

    def test_rare_words_are_left_out(self):
        assert learn([["b", "a", "b"]], min_count=2)[0].tokens[2:] == ("b",)

    def test_forms_that_are_looked_up_alike_count_together(self):
        words = learn([["Ab", "AB", "１2", "34", "x"]], min_count=2, lowercase=True, mask_digits=True)[0]
        assert words.tokens[2:] == ("00", "ab")

    def test_letters_are_those_of_the_words_before_folding(self):
        characters = learn([["Ab", "Ab", "ﬁ"]], characters=True, lowercase=True)[1]
        assert set(characters.tokens[2:]) == set("Abfi")
        assert characters.tokens[2:4] == ("A", "b")

    def test_the_names_of_the_special_tokens_are_no_words(self):
        assert learn([["<UNK>", "<PAD>", "a"]])[0].tokens[2:] == ("a",)


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
    assert learn(sentences, tokens=rule)[2] == pytest.approx(share)


def test_ids_are_what_the_network_takes():
    columns = token_columns(EXAMPLES, ENCODER, LabelSet(["x"], "IOB2"), ["no", "yes"])
    dtypes = {getattr(column, "values", column).dtype for column in columns.values()}
    assert dtypes == {np.dtype(np.int32)}
