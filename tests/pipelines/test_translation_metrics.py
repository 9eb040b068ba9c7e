"""BLEU by its definition, which rule splits which language, exact matches."""

import math
from collections import Counter

import pytest

from keras_seq.pipelines.translation_metrics import bleu_tokenizer, translation_evaluation

GIVEN = ["the cat sat on the mat", "a dog", "she reads a book"]
RIGHT = ["the cat sat on a mat", "the dog", "she reads  a book"]


def bleu(translations, references):
    """Papineni et al., 2002, of tokens that blanks part."""
    matched, given, sizes = Counter(), Counter(), [0, 0]
    for translation, reference in zip(translations, references, strict=True):
        one, other = translation.split(), reference.split()
        sizes = [sizes[0] + len(one), sizes[1] + len(other)]
        for n in range(1, 5):
            grams = [Counter(tuple(text[i : i + n]) for i in range(len(text) - n + 1)) for text in (one, other)]
            matched[n] += (grams[0] & grams[1]).total()
            given[n] += grams[0].total()
    mean = sum(math.log(matched[n] / given[n]) for n in range(1, 5)) / 4
    return 100 * math.exp(mean + min(0, 1 - sizes[1] / sizes[0]))


@pytest.mark.parametrize("count", [3, 2])
def test_bleu_is_its_definition(count):
    given, right = GIVEN[-count:] + GIVEN[:1], RIGHT[-count:] + RIGHT[:1]
    assert translation_evaluation(given, right, "13a")["bleu"] == pytest.approx(bleu(given, right))


def test_exact_matches_may_differ_in_blanks():
    assert translation_evaluation(GIVEN, RIGHT, "13a")["exact_match"] == pytest.approx(1 / 3)


def test_what_is_all_right_has_all_points():
    found = translation_evaluation(RIGHT, RIGHT, "13a")
    assert found == pytest.approx({"bleu": 100, "chrf": 100, "exact_match": 1})


def test_the_signatures_are_told():
    notes = translation_evaluation(GIVEN, RIGHT, "zh").notes
    assert notes[0].startswith("BLEU: nrefs:1|case:mixed")
    assert "tok:zh" in notes[0]
    assert notes[1].startswith("chrF: nrefs:1")


@pytest.mark.parametrize(
    ("language", "rule", "name"),
    [
        ("de", "whitespace", "13a"),
        ("target", "word", "13a"),
        ("zh", "char", "zh"),
        ("ZH-cn", "char", "zh"),
        ("target", "char", "char"),
    ],
)
def test_how_a_language_is_split(language, rule, name):
    assert bleu_tokenizer(language, rule) == name


def test_of_chinese_characters_are_counted():
    given, right = ["我明天去郑州看你"], ["我今天去郑州看他"]
    expected = bleu([" ".join(given[0])], [" ".join(right[0])])
    for name in ("zh", "char"):
        assert translation_evaluation(given, right, name)["bleu"] == pytest.approx(expected)
