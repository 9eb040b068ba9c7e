"""JSON that every reader of JSON can read."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_seq.pipelines.strict_json import to_json

FINITE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(FINITE)
def test_what_is_finite_comes_back(value):
    assert json.loads(to_json(value)) == value


@pytest.mark.parametrize("odd", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_null_wherever_it_stands(odd):
    assert to_json({"a": odd, "b": [1.5, (odd, "NaN")], "c": {"d": odd}}) == (
        '{"a": null, "b": [1.5, [null, "NaN"]], "c": {"d": null}}'
    )


def test_it_is_one_line_of_readable_text():
    assert to_json(["去\n郑州"]) == '["去\\n郑州"]'
