"""A CRF on features: its paths against enumeration with the weights it learnt."""

import sys
from itertools import pairwise, product

import pytest

from keras_seq.datasets import InputError
from keras_seq.pipelines.feature_crf import FeatureCRF
from keras_seq.pipelines.token_features import character_features, word_features

TOKENS = [["to", "Rome"], ["from", "Rome", "to", "Oslo"], ["to"], [], ["Bern", "from", "Oslo"]]
TAGS = [["O", "B"], ["O", "A", "O", "B"], ["O"], [], ["O", "O", "A"]]


@pytest.fixture(scope="module")
def model():
    return FeatureCRF().fit(TOKENS, TAGS)


def test_it_learns_what_the_word_before_decides(model):
    assert model.predict([["to", "Lima"], ["from", "Lima"], []]) == [["O", "B"], ["O", "A"], []]


@pytest.mark.parametrize("tokens", [["to", "Rome", "from", "Bern"], ["Lima", "Oslo"], ["747"]])
def test_a_sentence_has_the_best_of_all_its_paths(model, tokens):
    info = model._tagger.info()

    def score(path):
        held = zip(word_features(tokens), path, strict=True)
        emitted = sum(info.state_features.get((name, tag), 0) for names, tag in held for name in names)
        return emitted + sum(info.transitions.get(pair, 0) for pair in pairwise(path))

    best = max(product("ABO", repeat=len(tokens)), key=score)
    assert model.predict([tokens]) == [list(best)]


def test_the_same_data_give_the_same_model(model):
    again = FeatureCRF().fit(TOKENS, TAGS)
    assert again._tagger.info().state_features == model._tagger.info().state_features


def test_a_greater_c1_leaves_more_features_out(model):
    assert 0 < FeatureCRF(c1=1.0).fit(TOKENS, TAGS).features < model.features


def test_of_one_tag_every_answer_is_that_one():
    assert FeatureCRF().fit([["a", "b"]], [["x", "x"]]).predict([["b", "c"]]) == [["x", "x"]]


def test_characters_may_be_read():
    model = FeatureCRF(character_features).fit([list("去郑州"), list("离开郑州")], [list("OBI"), list("OOBI")])
    assert model.predict([list("我去郑州")]) == [list("OOBI")]


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pycrfsuite", None)
    with pytest.raises(InputError, match=r"needs python-crfsuite: pip install 'keras-seq\[baseline\]'"):
        FeatureCRF()
