"""Shapes of words."""

import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from keras_seq.layers import word_shapes
from keras_seq.layers.text_shape import word_shape


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
    assert word_shape(word) == shape


@given(st.lists(st.text("aZé去あ٣5-_.'ǅªʰ①Ⅳ\u0301 ")))
def test_it_is_the_same_in_a_graph_and_outside(words):
    shapes = word_shapes(tf.constant(words, tf.string)).numpy()
    assert [shape.decode() for shape in shapes] == [word_shape(word) for word in words]


@pytest.mark.parametrize("sign", ["x", "X", "0", "a"])
def test_a_word_of_signs_has_the_shape_of_its_letters(sign):
    kind = {"x": "x", "X": "X", "0": "0", "a": "x"}[sign]
    assert word_shapes([sign * 3]).numpy()[0].decode() == kind
