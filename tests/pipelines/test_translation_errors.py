"""Translations that are not exact, by hand; their chrF by its definition."""

import pytest

from keras_seq.pipelines import TranslationError
from keras_seq.pipelines.translation_errors import is_exact, translation_errors


def chrf(translation, reference, longest=6, beta=2):
    """F2 of character n-grams without blanks, of mean precision and recall over the orders that both have (Popović, 2015)."""
    given, right = ("".join(text.split()) for text in (translation, reference))
    shares = []
    for n in range(1, longest + 1):
        one, other = ([text[i : i + n] for i in range(len(text) - n + 1)] for text in (given, right))
        if one and other:
            hits = sum(min(one.count(gram), other.count(gram)) for gram in set(one))
            shares.append((hits / len(one), hits / len(other)))
    precision, recall = (sum(column) / len(shares) for column in zip(*shares, strict=True))
    return 100 * (1 + beta**2) * precision * recall / (beta**2 * precision + recall)


def test_those_that_differ_with_their_chrf():
    sources, references = ["eins", "zwei", "drei"], ["one", "two of them", "three"]
    found = list(translation_errors(sources, references, ["one", "two of you", "tree"]))
    assert [(each.source, each.reference, each.translation) for each in found] == [
        ("zwei", "two of them", "two of you"),
        ("drei", "three", "tree"),
    ]
    assert [each.chrf for each in found] == pytest.approx([chrf("two of you", "two of them"), chrf("tree", "three")])


@pytest.mark.parametrize(
    ("translation", "exact"), [("a b", True), (" a  b ", True), ("ab", False), ("A b", False), ("", False)]
)
def test_blanks_are_no_error(translation, exact):
    assert is_exact(translation, "a b") is exact
    assert len(list(translation_errors(["x"], ["a b"], [translation]))) == (not exact)


def test_a_person_reads_four_lines():
    error = TranslationError("zwei\tZeilen ", "two lines", "", 12.345)
    assert str(error).splitlines() == [
        "source       zwei Zeilen",
        "reference    two lines",
        "translation",
        "chrF         12.35",
    ]
