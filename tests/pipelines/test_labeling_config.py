"""Hyperparameters of a labeller that would do nothing are mistakes."""

import pytest

from keras_seq.datasets import InputError
from keras_seq.pipelines import SequenceLabeler

NOTHING_READ = "words=none with characters=none: expected characters=cnn, lstm or both"
LETTERS = {"words": "none", "characters": "lstm"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"words": "none"}, NOTHING_READ),
        ({**LETTERS, "embedding_dim": 50}, "embedding_dim=50 with words=none: expected words=embedding"),
        ({"words": "one-hot", "vectors": "a.vec"}, "vectors=a.vec with words=one-hot: expected words=embedding"),
        ({"words": "one-hot", "trigrams": True}, "trigrams=true with words=one-hot: expected words=embedding"),
        ({**LETTERS, "token_dropout": 0.1}, "token_dropout=0.1 with words=none: expected words=embedding or one-hot"),
        ({**LETTERS, "min_count": 2}, "min_count=2 with words=none: expected words=embedding or one-hot"),
        ({**LETTERS, "lowercase": True}, "lowercase=true with words=none: expected words=embedding or one-hot, or big"),
        ({"train_vectors": False}, "train_vectors=false with no vectors: expected vectors=FILE"),
        ({"character_units": 9}, "character_units=9 with characters=none: expected characters=cnn, lstm or both"),
        ({"max_characters": 9}, "max_characters=9 with characters=none: expected characters=cnn, lstm or both, or tri"),
        ({"shape_units": 9}, "shape_units=9 with shape=false: expected shape=true"),
        ({"bigram_units": 9}, "bigram_units=9 with bigrams=false: expected bigrams=true"),
        ({"trigram_buckets": 9}, "trigram_buckets=9 with trigrams=false: expected trigrams=true"),
        (
            {"trigrams": True, "token_dropout": 0.0},
            "trigrams=true with token_dropout=0 and min_count=1: expected one of",
        ),
        ({"encoder": "window", "cell": "gru"}, "cell=gru with encoder=window: expected encoder=recurrent"),
        ({"encoder": "window", "bidirectional": False}, "bidirectional=false with encoder=window: expected enc"),
        ({"encoder": "window", "state_dropout": 0.1}, "state_dropout=0.1 with encoder=window: expected encoder=rec"),
        ({"cell": "jordan", "state_dropout": 0.1}, "state_dropout=0.1 with cell=jordan: expected cell=elman, gru or"),
        ({"encoder": "window", "weight_drop": 0.1}, "weight_drop=0.1 with encoder=window: expected encoder=recurrent"),
        ({"window": 3}, "window=3 with encoder=recurrent: expected encoder=window"),
        ({"residual": True}, "residual=true with layers=1: expected at least 2 layers"),
        ({"cell": "jordan", "weight_drop": 0.1}, "weight_drop=0.1 with cell=jordan: expected cell=elman, gru or lstm"),
        ({"label_weights": "balanced"}, "label_weights=balanced with output=crf: expected output=softmax"),
        ({"characters": "true"}, "hyperparameter characters='true': expected one of none, cnn, lstm, both"),
    ],
)
def test_a_mistake_is_one_line(options, message):
    with pytest.raises(InputError) as error:
        SequenceLabeler(**options)
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "options",
    [
        {**LETTERS, "bigrams": True, "lowercase": True, "bigram_units": 9},
        {"trigrams": True, "token_dropout": 0.0, "min_count": 2, "max_characters": 9, "trigram_buckets": 9},
        {"encoder": "window", "window": 3, "layers": 2, "residual": True},
        {"vectors": "a.vec", "train_vectors": False},
        {"output": "softmax", "label_weights": "balanced"},
    ],
)
def test_where_they_do_something_they_are_kept(options):
    config = SequenceLabeler(**options).config
    assert {name: getattr(config, name) for name in options} == options
