"""A split as numbers."""

import numpy as np
import pytest

from keras_seq.datasets import InputError, LabeledSequence, Text
from keras_seq.layers import TokenEncoder, Vocabulary
from keras_seq.pipelines.label_set import LabelSet
from keras_seq.pipelines.token_columns import CHUNK, token_columns

EXAMPLES = [
    LabeledSequence(("Ab", "c"), ("B-x", "O"), "yes"),
    LabeledSequence(("zzz",), ("O",), "no"),
    LabeledSequence(("c", "Ab", "c"), ("O", "B-x", "I-x"), "no"),
]
ENCODER = TokenEncoder(Vocabulary(["Ab", "c"]), Vocabulary(list("Abcz")), max_characters=3)


class TestColumns:
    def test_words_and_letters_are_looked_up(self):
        columns = token_columns(EXAMPLES, ENCODER)
        assert [columns["words"][row].tolist() for row in range(3)] == [[2, 3], [1], [3, 2, 3]]
        assert columns["characters"][0].tolist() == [[2, 3, 0], [4, 0, 0]]
        assert columns.keys() == {"words", "characters"}

    def test_pairs_end_with_their_sentence(self):
        encoder = TokenEncoder(Vocabulary([]), bigrams=Vocabulary([" c", "c ", "c Ab"]))
        columns = token_columns(EXAMPLES, encoder)
        assert columns["bigrams"][0].tolist() == [[1, 1], [1, 3]]
        assert columns["bigrams"][2].tolist() == [[2, 4], [4, 1], [1, 3]]

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


def test_ids_are_what_the_network_takes():
    columns = token_columns(EXAMPLES, ENCODER, LabelSet(["x"], "IOB2"), ["no", "yes"])
    dtypes = {getattr(column, "values", column).dtype for column in columns.values()}
    assert dtypes == {np.dtype(np.int32)}
