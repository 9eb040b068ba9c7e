import collections
import itertools
import random

import pytest

from keras_seq.datasets.seeded_split import homes, linked_homes

SPLITS = ("train", "valid", "test")
NAMES = [f"name {i}" for i in range(40)]


@pytest.mark.parametrize(("size", "expected"), [(40, (32, 4, 4)), (10, (8, 1, 1)), (4, (4, 0, 0))])
def test_a_tenth_is_for_test_and_a_tenth_for_validation(size, expected):
    found = collections.Counter(homes(NAMES[:size], "x", 0).values())
    assert (found["train"], found["valid"], found["test"]) == expected


def test_other_shares_are_of_the_same_draw():
    found = homes(NAMES, "x", 0, (0.05, 0.1))
    assert collections.Counter(found.values()) == {"train": 34, "valid": 4, "test": 2}
    tenth = homes(NAMES, "x", 0)
    assert all(tenth[name] == "test" for name, split in found.items() if split == "test")


def test_neither_order_nor_repetition_matters():
    assert homes(NAMES, "x", 3) == homes([*NAMES[::-1], *NAMES[:7]], "x", 3)


def test_seed_and_group_decide():
    assert homes(NAMES, "x", 3) != homes(NAMES, "x", 4)
    assert homes(NAMES, "x", 3) != homes(NAMES, "y", 3)


def test_no_items_have_no_home():
    assert homes([], "x", 0) == {}


# Each pair shares a text with the next one, so all four are linked, and no other pair is with them.
CHAIN = [("Hi.", "嗨"), ("hi!", "你好"), ("Hello", "你好。"), ("HELLO", "哈罗")]
OTHERS = [(f"source {i}", f"target {i}") for i in range(36)]


def test_rows_that_are_linked_through_others_stay_together():
    for seed in range(20):
        found = linked_homes([*CHAIN, *OTHERS], "x", seed, 100)
        assert len(set(found[:4])) == 1


def test_no_two_splits_have_a_text_in_common():
    draw = random.Random(0)
    rows = [(str(draw.randrange(400)), str(draw.randrange(400))) for _ in range(300)]
    found = linked_homes(rows, "x", 0, 100)
    for side in range(2):
        texts = [{row[side] for row, home in zip(rows, found, strict=True) if home == split} for split in SPLITS]
        assert all(one.isdisjoint(other) for one, other in itertools.combinations(texts, 2))
    assert set(found) == set(SPLITS)


def test_the_same_text_in_two_languages_is_no_link():
    rows = [("Stop", "a"), ("b", "Stop"), *OTHERS[:18]]
    splits = {tuple(linked_homes(rows, "x", seed, 100)[:2]) for seed in range(50)}
    assert any(first != second for first, second in splits)


def test_a_text_without_letters_is_itself():
    rows = [("?", "a"), ("!", "b"), *OTHERS[:18]]
    splits = {tuple(linked_homes(rows, "x", seed, 100)[:2]) for seed in range(50)}
    assert any(first != second for first, second in splits)


@pytest.mark.parametrize(("most", "expected"), [(100, (32, 4, 4)), (3, (34, 3, 3)), (0, (40, 0, 0))])
def test_test_and_validation_have_a_tenth_and_no_more_than_the_most(most, expected):
    rows = [(f"source {i}", f"target {i}") for i in range(40)]
    found = collections.Counter(linked_homes(rows, "x", 0, most))
    assert tuple(found[split] for split in SPLITS) == expected


def test_what_is_larger_than_the_room_is_for_training():
    rows = [*[("same", str(i)) for i in range(10)], *OTHERS]
    assert all(set(linked_homes(rows, "x", seed, 100)[:10]) == {"train"} for seed in range(50))


def test_the_order_of_rows_does_not_matter():
    rows = [*CHAIN, *OTHERS]
    found = dict(zip(rows, linked_homes(rows, "x", 3, 100), strict=True))
    assert found == dict(zip(rows[::-1], linked_homes(rows[::-1], "x", 3, 100), strict=True))


def test_seed_and_group_decide_of_linked_rows_too():
    found = [linked_homes(OTHERS, group, seed, 100) for group, seed in (("x", 3), ("x", 4), ("y", 3))]
    assert found[0] != found[1]
    assert found[0] != found[2]
