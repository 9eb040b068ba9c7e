"""Hyperparameters of the translator: what goes together."""

import pytest

from keras_seq.datasets import InputError
from keras_seq.pipelines import TranslationConfig, describe
from keras_seq.pipelines.config import configure

ONE_WAY = {"bidirectional": False}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"attention": "none", "query": "old"}, "query=old with attention=none: expected an attention"),
        ({"attention": "none", "coverage": True}, "coverage=true with attention=none: expected an attention"),
        ({"attention": "none", "coverage_penalty": 0.2}, "coverage_penalty=0.2 with attention=none: expected"),
        ({"sampling_share": 0.5}, "sampling_share=0.5 with sampling=none: expected sampling=linear or sigmoid"),
        ({"cell": "jordan", "weight_drop": 0.1}, "weight_drop=0.1 with cell=jordan: expected a decoder whose steps"),
        (
            {"coverage": True, "state_dropout": 0.1},
            "state_dropout=0.1 with input_feeding, coverage or query=old: expected",
        ),
        (
            {"input_feeding": True, "weight_drop": 0.1},
            "weight_drop=0.1 with input_feeding, coverage or query=old: expected",
        ),
        ({"context": "last"}, "context=last with bidirectional=true: expected context=transform or mean, or"),
        ({"reverse_source": True}, "reverse_source=true with bidirectional=true: expected bidirectional=false, both"),
        ({"tied": "both"}, "tied=both with shared_vocabulary=false: expected shared_vocabulary=true"),
        (
            {"shared_vocabulary": True, "source_unit": "token"},
            "shared_vocabulary=true: expected source_unit and target_unit",
        ),
        (
            {"shared_vocabulary": True, "lowercase": True},
            "shared_vocabulary=true: expected source_unit and target_unit",
        ),
        (
            {"shared_weights": True},
            "shared_weights=true: expected bidirectional=false, a decoder that reads units alone",
        ),
        ({"shared_weights": True, **ONE_WAY, "query": "old"}, "shared_weights=true: expected bidirectional=false"),
        (
            {"shared_weights": True, **ONE_WAY, "context_every_step": True},
            "shared_weights=true: expected bidirectional",
        ),
        (
            {"shared_weights": True, **ONE_WAY, "layers": 2},
            "shared_weights=true: expected .* layers=1 or attention=none",
        ),
        ({"output": "tree"}, "output=tree: expected target_unit=token, a bracket each, and shared_vocabulary=false"),
        ({"criterion": "bracket_f1"}, "criterion=bracket_f1 with output=text: expected output=tree"),
        ({"attention": "linear"}, "attention='linear': expected one of none, cosine, dot, general, additive"),
        ({"beams": 0}, "beams=0: expected at least 1"),
        ({"length_penalty": -1.0}, "length_penalty=-1.0: expected at least 0"),
        ({"label_smoothing": 1.0}, "label_smoothing=1.0: expected less than 1"),
        ({"max_length": 0}, "max_length=0: expected at least 1"),
    ],
)
def test_what_does_not_go_together_is_one_line(options, message):
    with pytest.raises(InputError, match=message) as error:
        TranslationConfig(**options)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "options",
    [
        {**ONE_WAY, "context": "last", "reverse_source": True, "shared_weights": True},
        {**ONE_WAY, "shared_weights": True, "layers": 2, "attention": "none"},
        {"sampling": "linear", "sampling_share": 0.5},
        {"tied": "both", "shared_vocabulary": True},
        {"state_dropout": 0.1, "weight_drop": 0.1, "cell": "lstm"},
        {"output": "tree", "target_unit": "token", "criterion": "bracket_f1"},
        {"attention": "none", "context_every_step": True, "input_feeding": True},
    ],
)
def test_what_does_is_taken(options):
    config = TranslationConfig(**options)
    assert {name: getattr(config, name) for name in options} == options


def test_every_default_is_a_value_that_can_be_given():
    words = {name: default for name, default, _ in describe(TranslationConfig)}
    assert configure(TranslationConfig, words) == TranslationConfig()
