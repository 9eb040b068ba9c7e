"""Features of tokens, as strings."""

import pytest

from keras_seq.pipelines.token_features import character_features, shape, word_features


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("Boeing-747", "Xx-0"),
        ("U.S.", "X.X."),
        ("wait...", "x."),
        ("éÉ", "xX"),
        ("郑州", "a"),
        ("１２月", "0a"),
        ("3.14", "0.0"),
        ("", ""),
    ],
)
def test_a_shape_names_each_run_of_a_kind_once(token, expected):
    assert shape(token) == expected


def test_a_word_has_its_own_features_and_those_of_two_on_either_side():
    first, second, _ = word_features(["To", "Rome", "747"])
    own = ["bias", "w=Rome", "l=rome", "s=Xx", "<R", "<Ro", "<Rom", ">e", ">me", ">ome"]
    beside = ["-2l=<s>", "-2s=<X>", "-1l=to", "-1s=Xx", "1l=747", "1s=0", "2l=<s>", "2s=<X>"]
    assert second == own + beside
    assert "2l=747" in first
    assert "-1l=<s>" in first


def test_a_number_is_said_to_have_digits():
    numbers, words = word_features(["B-52", "B"])
    assert "digit" in numbers
    assert "digit" not in words


def test_a_character_has_its_neighbours_their_pairs_and_kinds():
    features = character_features(list("去1月"))[1]
    assert features == [
        *["bias", "-2=<S>", "-1=去", "0=1", "1=月", "2=<S>"],
        *["-2-1=<S>去", "-10=去1", "01=1月", "12=月<S>", "-11=去月"],
        "s=a0a",
    ]


@pytest.mark.parametrize("features", [word_features, character_features])
def test_there_are_as_many_as_tokens(features):
    assert [len(features(["a"] * count)) for count in range(4)] == [0, 1, 2, 3]
