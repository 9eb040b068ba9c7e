"""Shapes of words."""

import pytest

from keras_seq.layers import word_shapes


@pytest.mark.parametrize(
    ("word", "shape"),
    [
        ("Rome", "Xx"),
        ("McDonald's", "XxXx'x"),
        ("U.S.", "X.X."),
        ("iPhone6", "xXx0"),
        ("1998-12-31", "0-0-0"),
        ("٣٤", "0"),
        ("郑州", "a"),
        ("去Rome", "aXx"),
        ("École", "Xx"),
        ("--", "--"),
        ("", ""),
    ],
)
def test_runs_of_a_kind_are_one_sign_and_the_rest_stays(word, shape):
    assert word_shapes([word]).numpy()[0].decode() == shape


@pytest.mark.parametrize("sign", ["x", "X", "0", "a"])
def test_a_word_of_signs_has_the_shape_of_its_letters(sign):
    kind = {"x": "x", "X": "X", "0": "0", "a": "x"}[sign]
    assert word_shapes([sign * 3]).numpy()[0].decode() == kind
