"""Spans against seqeval; grammars against enumeration of every short sequence."""

import itertools
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from seqeval.metrics.sequence_labeling import get_entities

from keras_seq.datasets import (
    InputError,
    Span,
    allowed,
    check_tag,
    constraints,
    convert,
    irregular,
    spans,
    tags_from_spans,
)

SCHEMES = {"IOB1": "BI", "IOB2": "BI", "BIOES": "BIES", "BMES": "BMES"}
ordinary = st.sampled_from([*"BIESOM.", *(f"{p}-{t}" for p in "BIESOM." for t in "XY")])
strange = st.text(alphabet="BIESOMX.-_ab 郑", min_size=1, max_size=5)


def vocabulary(scheme):
    return ["O", *(f"{prefix}-{label}" for prefix in SCHEMES[scheme] for label in "XY")]


def short_sequences(scheme):
    return itertools.chain.from_iterable(itertools.product(vocabulary(scheme), repeat=n) for n in range(1, 5))


@settings(max_examples=1500, deadline=None)
@given(st.lists(ordinary | strange, max_size=12))
def test_spans_equal_seqeval_on_any_tags(tags):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = [(label, start, end + 1) for label, start, end in get_entities(tags)]
    assert [tuple(span) for span in spans(tags)] == expected


def test_spans_of_a_worked_example():
    tags = ["I-PER", "I-PER", "I-LOC", "O", "B-LOC", "B-LOC", "I-LOC", "O", "B", "I"]
    assert spans(tags) == [("PER", 0, 2), ("LOC", 2, 3), ("LOC", 4, 5), ("LOC", 5, 7), ("_", 8, 10)]


def test_an_empty_tag_is_refused():
    with pytest.raises(InputError, match="got an empty string"):
        spans(["B-X", ""])


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        ("IOB1", "I-X I-X B-X I-Y O I-X"),
        ("IOB2", "B-X I-X B-X B-Y O B-X"),
        ("BIOES", "B-X E-X S-X S-Y O S-X"),
        ("BMES", "B-X E-X S-X S-Y O S-X"),
    ],
)
def test_spans_are_written_in_each_scheme(scheme, expected):
    found = [Span("X", 0, 2), Span("X", 2, 3), Span("Y", 3, 4), Span("X", 5, 6)]
    assert tags_from_spans(found, 6, scheme) == expected.split()


@pytest.mark.parametrize(("source", "target"), list(itertools.permutations(SCHEMES, 2)))
def test_conversion_there_and_back_changes_nothing(source, target):
    for tags in short_sequences(source):
        if not irregular(tags, source):
            assert convert(convert(tags, source, target), target, source) == list(tags)


def test_word_segmentation_without_labels():
    assert convert("B M E S O B E".split(), "BMES", "IOB2") == "B I I B O B I".split()


def test_conversion_refuses_a_tag_of_another_scheme():
    with pytest.raises(InputError, match="tag 'E-X' is not IOB2"):
        convert(["B-X", "E-X"], "IOB2", "BIOES")


@pytest.mark.parametrize("tag", ["O", "B", "I", "B-X", "I-from-loc.x", "B--"])
def test_tags_of_iob2(tag):
    check_tag(tag, "IOB2")


@pytest.mark.parametrize("tag", ["", "X-LOC", "B-", "O-X", "BX", "b-X", "E-X", "LOC", "o", "-X"])
def test_what_is_no_tag_of_iob2_is_told_what_would_be(tag):
    with pytest.raises(InputError, match="is not IOB2: expected O, B-label, I-label"):
        check_tag(tag, "IOB2")


def test_an_unknown_scheme_lists_the_known():
    with pytest.raises(InputError, match="unknown tag scheme 'BIO': expected one of IOB1, IOB2, BIOES, BMES"):
        check_tag("O", "BIO")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_sequence_is_regular_exactly_if_its_spans_give_it_back(scheme):
    for tags in short_sequences(scheme):
        assert (irregular(tags, scheme) == []) == (convert(tags, scheme, scheme) == list(tags)), tags


@pytest.mark.parametrize("scheme", SCHEMES)
def test_constraints_admit_exactly_the_regular_sequences(scheme):
    labels = vocabulary(scheme)
    start, transitions, end = constraints(labels, scheme)
    assert start.dtype == transitions.dtype == end.dtype == np.bool_
    for indices in itertools.chain.from_iterable(itertools.product(range(len(labels)), repeat=n) for n in (1, 2, 3)):
        admitted = (
            start[indices[0]] and all(transitions[a, b] for a, b in itertools.pairwise(indices)) and end[indices[-1]]
        )
        tags = [labels[index] for index in indices]
        assert admitted == (convert(tags, scheme, scheme) == tags), tags


def test_irregular_positions():
    assert irregular(["I-X", "O", "I-X", "I-Y", "B-Y", "I-Y"], "IOB2") == [0, 2, 3]
    assert irregular(["B-X", "O", "B-X"], "BIOES") == [1, 2]
    assert irregular(["B-X", "I-X", "B-X"], "IOB1") == [0]
    assert irregular([], "BIOES") == []


def test_start_and_end_of_a_sequence():
    assert allowed(None, "B-X", "BIOES")
    assert not allowed(None, "E-X", "BIOES")
    assert not allowed("B-X", None, "BIOES")
    assert allowed("E-X", None, "BIOES")
    assert not allowed(None, "I-X", "IOB2")
