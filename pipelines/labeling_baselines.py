"""Simple taggers beside which a network's figures are read: the token alone, counts of paths, features."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from typing import Protocol, Self

import numpy as np

from ..datasets import Corpus, InputError, LabeledSequence, convert
from .baseline import Baseline
from .classification_baselines import classification_baselines
from .evaluation import Evaluation
from .feature_crf import FeatureCRF
from .hidden_markov_model import HiddenMarkovModel
from .label_set import LabelSet
from .labeled_text import LabeledText
from .labeling_measures import check_measures, measure
from .labeling_report import labeling_evaluation
from .most_frequent_tag import MostFrequentTag
from .progress import steps
from .token_features import character_features, word_features

SCHEME = "BIOES"  # of spans, as the network learns them


class Tagger(Protocol):
    """What learns tags (N sentences) and gives them; `features` is the number of what it has counts or weights for."""

    @property
    def features(self) -> int: ...
    def fit(self, tokens: Sequence[Sequence[str]], tags: Sequence[Sequence[str]]) -> Self: ...
    def predict(self, tokens: Sequence[Sequence[str]]) -> list[list[str]]: ...


def labeling_baselines(
    corpus: Corpus, progress: bool = True, also: Collection[str] = (), joint: bool = False
) -> list[Baseline]:
    """The most frequent tag of each token, a hidden Markov model, a CRF on features: all fixed, nothing is chosen.

    Spans are learnt in BIOES and scored as spans, labels of single tokens by accuracy and F1. The features are those of
    characters where the corpus' tokens are characters, else those of words.

    Args:
        corpus: of `LabeledSequence`; all of it is held in memory.
        progress: shows a bar on a terminal.
        also: further figures, as `SequenceLabeler.evaluate` has them; these models say nothing of how probable a phrase is, so
            phrases are listed in the order of the text.
        joint: whether there are lines for the labels of whole sentences too, `label_accuracy`: the models of
            `classification_baselines`.

    Raises InputError for other examples, other figures, a training split without tokens, and where python-crfsuite is missing.
    """
    corpus.require(LabeledSequence)
    check_measures(also, corpus.tagging)
    train, valid, test = (list(split) for split in (corpus.train, corpus.valid, corpus.test))
    scheme = SCHEME if corpus.tagging == "spans" else None
    tokens = [example.tokens for example in train]
    tags = [convert(example.tags, "IOB2", scheme) if scheme else example.tags for example in train]
    if not any(tags):
        raise InputError(f"corpus {corpus.name}: no tokens in train, expected at least one")
    labels = LabelSet.learn((example.tags for example in train), scheme)
    models: dict[str, Tagger] = {
        "most frequent tag": MostFrequentTag(),
        "hidden Markov model": HiddenMarkovModel(),
        "CRF on features": FeatureCRF(character_features if corpus.tokens == "char" else word_features),
    }
    found = []
    for name, model in steps(models.items(), "baselines", progress):
        started = time.monotonic()
        model.fit(tokens, tags)
        figures = _evaluation(valid, model, labels, also), _evaluation(test, model, labels, also)
        found.append(Baseline(name, *figures, model.features, time.monotonic() - started))
    return [*found, *map(_of_sentences, classification_baselines(corpus, progress) if joint else [])]


def _of_sentences(model: Baseline) -> Baseline:
    """The figures of sentence labels by the name that a labeller's have."""
    valid, test = (
        Evaluation({"label_accuracy": each["accuracy"]} if each else {}) for each in (model.valid, model.test)
    )
    return Baseline(f"sentence labels: {model.name}", valid, test, model.features, model.seconds)


def _evaluation(
    examples: Sequence[LabeledSequence], model: Tagger, labels: LabelSet, also: Collection[str]
) -> Evaluation:
    """The figures of a split; none where it is empty."""
    if not examples:
        return Evaluation({})
    tags = model.predict([example.tokens for example in examples])
    if labels.scheme:
        tags = [convert(given, labels.scheme, "IOB2") for given in tags]
    found = labeling_evaluation(examples, tags, None, labels.names, tagging=labels.tagging)
    labeled = [_labeled(example.tokens, given, labels.tagging) for example, given in zip(examples, tags, strict=True)]
    measure(found, examples, labeled, also, labels.tagging)
    return found


def _labeled(tokens: Sequence[str], tags: Sequence[str], tagging: str) -> LabeledText:
    """Certain of everything."""
    ends = np.cumsum([len(token) + 1 for token in tokens]) - 1
    offsets = [(int(end) - len(token), int(end)) for token, end in zip(tokens, ends, strict=True)]
    sure = [1.0] * len(tokens)
    return LabeledText(" ".join(tokens), list(tokens), list(tags), sure, sure, offsets, tagging=tagging)
