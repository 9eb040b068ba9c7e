"""What a language model of music refuses, each in one line."""

import numpy as np
import pytest

from keras_seq.datasets import Corpus, InputError
from keras_seq.pipelines import language_model
from keras_seq.pipelines.frame_language_model import FrameLanguageModel

QUIET = {"tracking": None, "progress": False}


def test_text_is_refused():
    corpus = Corpus.from_texts(["a b", "b a"], ["a b"])
    with pytest.raises(InputError, match="corpus texts: examples are Text, expected Frames"):
        language_model(corpus, kind="frames", **QUIET)


@pytest.mark.parametrize("kind", ["rnn", "nnlm", "ngram"])
def test_music_is_refused_by_the_other_kinds(kind):
    music = Corpus.from_frames([[(60,)], [(62,)]], [[(60,)]])
    with pytest.raises(InputError, match="kind=frames learns music") as error:
        language_model(music, kind=kind, **QUIET)
    assert "\n" not in str(error.value)


def test_an_empty_corpus_is_refused():
    with pytest.raises(InputError, match="corpus nothing: no train examples"):
        language_model(Corpus("nothing", (), ()), kind="frames", **QUIET)


def test_a_piece_of_one_silent_step_is_learnt():
    corpus = Corpus.from_frames([[()], [()]], [[()]])
    assert np.isfinite(
        FrameLanguageModel(units=2, epochs=1).fit(corpus, **QUIET).evaluate(corpus.valid)["nll_per_frame"]
    )


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"margin": 2}, "margin=2 with pitches=piano: expected pitches=seen"),
        ({"layer_dropout": 0.3}, "layer_dropout=0.3 with layers=1: expected at least 2 layers"),
        ({"cell": "jordan"}, "expected one of elman, gru, lstm"),
        ({"cell": "gru", "activation": "relu"}, "activation=relu with cell=gru: expected cell=elman"),
        ({"tied": True}, "unknown hyperparameter 'tied'"),
    ],
)
def test_what_cannot_be_configured_is_refused(values, said):
    with pytest.raises(InputError, match=said):
        FrameLanguageModel(**values)
