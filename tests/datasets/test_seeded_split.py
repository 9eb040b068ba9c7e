import collections

import pytest

from keras_seq.datasets.seeded_split import homes

NAMES = [f"name {i}" for i in range(40)]


@pytest.mark.parametrize(("size", "expected"), [(40, (32, 4, 4)), (10, (8, 1, 1)), (4, (4, 0, 0))])
def test_a_tenth_is_for_test_and_a_tenth_for_validation(size, expected):
    found = collections.Counter(homes(NAMES[:size], "x", 0).values())
    assert (found["train"], found["valid"], found["test"]) == expected


def test_neither_order_nor_repetition_matters():
    assert homes(NAMES, "x", 3) == homes([*NAMES[::-1], *NAMES[:7]], "x", 3)


def test_seed_and_group_decide():
    assert homes(NAMES, "x", 3) != homes(NAMES, "x", 4)
    assert homes(NAMES, "x", 3) != homes(NAMES, "y", 3)


def test_no_items_have_no_home():
    assert homes([], "x", 0) == {}
