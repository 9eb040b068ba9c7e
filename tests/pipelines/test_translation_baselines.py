"""Retrieval: the nearest training sentence by hand, and its figures."""

import math
import sys
import warnings
from collections import Counter

import numpy as np
import pytest

from keras_seq.datasets import Corpus, InputError, Language, Parallel
from keras_seq.pipelines import TranslationConfig, baseline_table, baselines, translation_baselines
from keras_seq.pipelines.translation_baselines import Retrieval

SOURCES = ["the cat sleeps", "the dog sleeps .", "a dog eats", "the cat eats the fish"]
TARGETS = ["die Katze schläft", "der Hund schläft .", "ein Hund frisst", "die Katze frisst den Fisch"]


def grams(text, characters):
    """n-grams of one or two words, or of one to three characters, in lower case."""
    units = list(text) if characters else text.replace(".", " . ").split()
    return [tuple(units[i : i + n]) for n in range(1, 4 if characters else 3) for i in range(len(units) - n + 1)]


def likeness(sources, text, characters):
    """cos of (1 + log count) · (1 + log((1 + N) / (1 + df))) of the text with each source."""
    rows = [Counter(grams(source, characters)) for source in sources]
    weight = {
        gram: 1 + math.log((1 + len(rows)) / (1 + sum(gram in row for row in rows))) for row in rows for gram in row
    }

    def vector(counts):
        found = {gram: (1 + math.log(count)) * weight[gram] for gram, count in counts.items() if gram in weight}
        norm = math.sqrt(sum(value**2 for value in found.values()))
        return {gram: value / norm for gram, value in found.items()}

    asked = vector(Counter(grams(text, characters)))
    return [sum(asked.get(gram, 0) * value for gram, value in vector(row).items()) for row in rows]


@pytest.mark.parametrize("characters", [False, True])
@pytest.mark.parametrize("text", ["a cat eats", "the fish .", "dogs", "the cat sleeps", "dog the sleeps eats"])
def test_the_nearest_is_that_by_hand(text, characters):
    expected = int(np.argmax(likeness(SOURCES, text, characters)))
    assert Retrieval(SOURCES, TARGETS, characters).translate([text]) == [TARGETS[expected]]


def test_of_equally_near_ones_the_first():
    model = Retrieval(["a b", "c d", "a b"], ["one", "two", "three"], characters=False)
    assert model.translate(["a b", "quokkas"]) == ["one", "one"]


def test_more_texts_than_are_compared_at_once(monkeypatch):
    monkeypatch.setattr(sys.modules[Retrieval.__module__], "CHUNK", 3)
    assert Retrieval(SOURCES, TARGETS, characters=False).translate(SOURCES * 2) == TARGETS * 2


def corpus(rule="whitespace", test=(0, 1)):
    languages = Language("en", rule), Language("de")
    pairs = [Parallel(texts) for texts in zip(SOURCES, TARGETS, strict=True)]
    return Corpus("pets", pairs, [pairs[1]], [pairs[row] for row in test], languages=languages)


def test_figures_are_of_both_splits():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (found,) = translation_baselines(corpus())
    assert (found.name, found.valid["exact_match"], found.test["bleu"]) == (
        "nearest training sentence",
        1,
        pytest.approx(100),
    )
    assert found.features == len({gram for source in SOURCES for gram in grams(source, False)})


def test_the_direction_is_that_of_the_configuration():
    (found,) = translation_baselines(corpus(), config=TranslationConfig(source="de", target="en"))
    assert found.features == len({gram for target in TARGETS for gram in grams(target.lower(), False)})


def test_without_a_split_there_are_no_figures_of_it():
    (found,) = translation_baselines(corpus(test=()))
    assert found.test == {}


def test_texts_split_by_character_are_compared_by_character():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (found,) = translation_baselines(corpus("char"))
    assert found.features == len({gram for source in SOURCES for gram in grams(source, True)})


def test_they_are_the_simple_models_of_parallel_texts():
    found = baselines(corpus(), progress=False, config=TranslationConfig(source="en", target="de"))
    lines = [line.split("  ") for line in baseline_table(found).splitlines()]
    assert [cell.strip() for cell in lines[0] if cell][:4] == ["valid bleu", "test bleu", "valid chrf", "test chrf"]
    assert [cell.strip() for cell in lines[1] if cell][:3] == ["nearest training sentence", "100.00", "100.00"]


def test_other_examples_are_refused():
    with pytest.raises(InputError, match="examples are Text, expected Parallel"):
        translation_baselines(Corpus.from_texts(["a", "b"], ["a"]))
