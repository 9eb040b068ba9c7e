"""Given translations, scored: each unit after the right ones before it, as the network says; in batches as alone."""

import numpy as np
import pytest

from keras_seq.datasets import InputError
from keras_seq.layers import END_ID
from keras_seq.pipelines import Translator

SOURCES = [
    "the cat sees a dog",
    "我三月五号去郑州",
    "",
    "the zzz",
    "the " * 20,
    "我三月五号去郑州",
    "the cat sees a dog",
]
TARGETS = ["Hund ein sieht Katze der", "to Zhengzhou 5 / 3", "der", "", "ein Haus", "zzz $ Hund", "Hund"]


def by_definition(model, source, target):
    """log p of each unit of a target, its end too, by the network's answer to those before it, and the attention (T, S)."""
    ids = [*model.source([source])[0].numpy()[: model.reach.read], END_ID]
    wanted = [*model.target([target])[0].numpy(), END_ID]
    network, found = model.model, []
    for t, unit in enumerate(wanted):
        outputs, weights = network.decode(np.array([[0, *wanted[:t]]]), network.encode(np.array([ids])))
        found.append((np.asarray(network.head(outputs))[0, t, unit], np.asarray(weights)[0, t]))
    return np.array([p for p, _ in found]), np.array([a for _, a in found])


def wu(log_p, weights, length_penalty, coverage_penalty):
    """Wu et al., 2016, equation 14."""
    length = ((5 + len(log_p)) / 6) ** length_penalty
    coverage = np.log(np.minimum(weights.sum(axis=0), 1)).sum() if coverage_penalty else 0
    return log_p.sum() / length + coverage_penalty * coverage


@pytest.fixture(scope="module")
def scored(translator):
    return translator.score(SOURCES, TARGETS)


def test_log_p_is_the_sum_over_units(translator, scored):
    for source, target, found in zip(SOURCES, TARGETS, scored, strict=True):
        log_p, weights = by_definition(translator, source, target)
        assert found.log_probability == pytest.approx(log_p.sum(), rel=1e-4, abs=1e-4)
        np.testing.assert_allclose(found.alignment, weights, atol=1e-4)
        c = translator.config
        expected = wu(log_p, weights.astype("float64"), c.length_penalty, c.coverage_penalty)
        assert found.score == pytest.approx(expected, rel=1e-3, abs=1e-3)


def test_what_it_is_of(scored):
    for source, target, found in zip(SOURCES, TARGETS, scored, strict=True):
        assert (found.text, found.translation, found.finished, found.truncated) == (source, target, True, False)
        assert found.alignment.shape == (len(found.target_units), len(found.source_units))
        assert found.source_units[-1] == found.target_units[-1] == "</s>"


def test_the_units_are_those_of_the_texts(turner, traveller):
    found = turner.score("the qqq", "Katze qqq")
    assert found.source_units == ["the", "qqq", "</s>"]
    assert found.target_units == ["Katze", "qqq", "</s>"]
    assert traveller.score("去郑州", "to Zhengzhou").source_units == ["去", "郑", "州", "</s>"]


def test_each_pair_is_scored_as_alone(translator, scored):
    for source, target, together in zip(SOURCES, TARGETS, scored, strict=True):
        alone = translator.score(source, target)
        assert alone.log_probability == pytest.approx(together.log_probability, rel=1e-4, abs=1e-4)
        assert alone.score == pytest.approx(together.score, rel=1e-4, abs=1e-4)
        assert (alone.source_units, alone.target_units) == (together.source_units, together.target_units)


def test_what_a_search_finds_is_scored_as_the_search_did(request, translator):
    corpus = request.getfixturevalue("phrases" if "the" in translator.source.vocabulary.tokens else "trips")
    sources = [example.texts[0] for example in corpus.test][:20]
    found = [each for several in translator.translate(sources, n_best=3) for each in several if each.finished]
    for each, again in zip(
        found, translator.score([x.text for x in found], [x.translation for x in found]), strict=True
    ):
        if each.target_units == again.target_units:  # the pieces that were put out may make words in another way
            assert again.log_probability == pytest.approx(each.log_probability, abs=1e-3)
            assert again.score == pytest.approx(each.score, abs=1e-3)
            np.testing.assert_allclose(again.alignment, each.alignment, atol=1e-4)
    assert len(found) > 40


def test_a_long_source_is_read_as_far_as_the_translator_reads(turner):
    text = "the " * 200
    found = turner.score(text, "der")
    assert found.truncated
    assert len(found.source_units) == turner.config.max_length + 1
    assert found.log_probability == pytest.approx(turner.score("the " * 100, "der").log_probability, rel=1e-5)


def test_no_pairs_have_no_scores(turner):
    assert turner.score([], []) == []


@pytest.mark.parametrize(
    ("source", "target", "message"),
    [
        (["a", "b"], ["x"], "^score: 2 sources and 1 targets, expected equally many$"),
        ("a", ["x", "y"], "^score: 1 sources and 2 targets, expected equally many$"),
        ("a", 3, "^expected a string or several, got int$"),
        (["a"], [None], "^text 0: expected a string, got NoneType$"),
        ("\ud800", "x", "half a surrogate pair"),
    ],
)
def test_what_are_no_pairs_is_one_line(turner, source, target, message):
    with pytest.raises(InputError, match=message) as error:
        turner.score(source, target)
    assert "\n" not in str(error.value)


def test_before_training_it_says_so():
    with pytest.raises(InputError, match="Translator is not trained"):
        Translator().score("a", "b")
