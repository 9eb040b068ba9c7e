"""Hyperparameters: names, types, ranges."""

import dataclasses
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_seq.datasets import InputError
from keras_seq.pipelines import SequenceLabelerConfig, TrainingConfig, assignments, describe
from keras_seq.pipelines.config import configure, option


@dataclass(frozen=True)
class Config(TrainingConfig):
    """One field of each kind."""

    units: int = option(8, "a size", low=1)
    rate: float = option(0.5, "a share", low=0, below=1)
    deep: bool = option(False, "a switch")
    cell: str = option("lstm", "a choice", ("lstm", "gru"))


@pytest.mark.parametrize(
    ("name", "given_value", "value"),
    [
        ("units", "16", 16),
        ("units", 16, 16),
        ("rate", "0.25", 0.25),
        ("rate", "2.5e-1", 0.25),
        ("rate", 0, 0.0),
        ("learning_rate", 1, 1.0),
        ("deep", "true", True),
        ("deep", "False", False),
        ("deep", True, True),
        ("cell", "gru", "gru"),
    ],
)
def test_a_value_is_read_as_its_field_s_type(name, given_value, value):
    found = getattr(configure(Config, {name: given_value}), name)
    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("units", True, "a whole number"),
        ("units", "8.5", "a whole number"),
        ("units", 8.0, "a whole number"),
        ("units", None, "a whole number"),
        ("units", "eight", "a whole number"),
        ("rate", True, "a number"),
        ("rate", "half", "a number"),
        ("deep", 1, "true or false"),
        ("deep", "yes", "true or false"),
        ("cell", 3, "a word"),
        ("cell", "lstn", "one of lstm, gru"),
        ("units", 0, "at least 1"),
        ("units", "-3", "at least 1"),
        ("rate", -0.1, "at least 0"),
        ("rate", "1", "less than 1"),
        ("rate", "inf", "a finite number"),
        ("rate", float("nan"), "a finite number"),
        ("learning_rate", "nan", "a finite number"),
        ("seed", -1, "at least 0"),
    ],
)
def test_a_wrong_value_is_refused_by_its_name(name, value, expected):
    with pytest.raises(InputError, match=rf"^hyperparameter {name}=.*: expected {expected}$"):
        configure(Config, {name: value})


@pytest.mark.parametrize(("name", "nearest"), [("unit", "units"), ("learning-rate", "learning_rate"), ("zzz", "")])
def test_an_unknown_name_offers_the_nearest(name, nearest):
    with pytest.raises(InputError, match=f"unknown hyperparameter '{name}': did you mean '{nearest}"):
        configure(Config, {name: 1})


def test_a_configuration_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        configure(Config, {}).units = 3


def test_values_are_checked_however_a_configuration_is_made():
    with pytest.raises(InputError, match="epochs=0: expected at least 1"):
        dataclasses.replace(Config(), epochs=0)


@given(st.dictionaries(st.from_regex(r"[a-z_]+", fullmatch=True), st.text("=a1.", min_size=1)))
def test_assignments_come_back(values):
    assert assignments([f"{name}={value}" for name, value in values.items()]) == values


@pytest.mark.parametrize("word", ["units", "units=", "=8", "=", ""])
def test_a_word_without_name_or_value_is_refused(word):
    with pytest.raises(InputError, match=f"^--set {word}: expected name=value"):
        assignments(["cell=gru", word])


def test_every_default_is_a_value_that_can_be_given():
    words = {name: default for name, default, _ in describe(SequenceLabelerConfig)}
    assert configure(SequenceLabelerConfig, words) == SequenceLabelerConfig()


def test_a_description_names_the_choices():
    assert ("cell", "lstm", "a choice (lstm, gru)") in describe(Config)


@pytest.mark.parametrize("name", ["dropout", "token_dropout"])
def test_no_share_of_a_labeller_can_be_the_whole(name):
    with pytest.raises(InputError, match=f"{name}=1.0: expected less than 1"):
        SequenceLabelerConfig(**{name: 1.0})
