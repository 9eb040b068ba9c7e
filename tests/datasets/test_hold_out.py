import pytest

from keras_seq.datasets import InputError, LabeledSequence, hold_out

EXAMPLES = [LabeledSequence((str(i),), ("O",)) for i in range(40)]


def test_the_two_parts_are_the_whole_in_its_order():
    rest, held = hold_out(EXAMPLES, 0.25)
    assert (len(rest), len(held)) == (30, 10)
    assert [e for e in EXAMPLES if e in set(rest)] == list(rest)
    assert set(rest) | set(held) == set(EXAMPLES)
    assert not set(rest) & set(held)


def test_a_part_reads_again_and_again():
    _, held = hold_out(EXAMPLES)
    assert list(held) == list(held) != []


def test_the_seed_decides():
    assert list(hold_out(EXAMPLES, seed=3)[1]) == list(hold_out(EXAMPLES, seed=3)[1])
    assert list(hold_out(EXAMPLES, seed=3)[1]) != list(hold_out(EXAMPLES, seed=4)[1])


def test_both_parts_have_an_example_at_least():
    assert [len(part) for part in hold_out(EXAMPLES[:2], 0.01)] == [1, 1]
    assert [len(part) for part in hold_out(EXAMPLES[:2], 0.99)] == [1, 1]


def test_nothing_is_read_before_it_is_asked_for():
    class Unread:
        def __len__(self):
            return 10

        def __iter__(self):
            raise AssertionError

    assert [len(part) for part in hold_out(Unread())] == [9, 1]


def test_it_says_so(caplog):
    hold_out(EXAMPLES, seed=7)
    assert caplog.messages == ["no validation data given: held out 4 of 40 training examples (seed 7)"]


def test_a_contiguous_part_is_the_end(caplog):
    rest, held = hold_out(EXAMPLES, 0.25, contiguous=True)
    assert [*rest, *held] == EXAMPLES
    assert len(held) == 10
    assert caplog.messages == ["no validation data given: held out the last 10 of 40 training examples"]


@pytest.mark.parametrize("fraction", [0, 1, -0.1, float("nan")])
def test_a_fraction_is_between_0_and_1(fraction):
    with pytest.raises(InputError, match="expected more than 0 and less than 1"):
        hold_out(EXAMPLES, fraction)


def test_one_example_cannot_be_split():
    with pytest.raises(InputError, match="expected at least 2 training examples"):
        hold_out(EXAMPLES[:1])
