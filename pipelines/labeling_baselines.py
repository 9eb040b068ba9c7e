"""Simple taggers beside which a network's figures are read: the token alone, counts of paths, features."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Protocol, Self

from ..datasets import Corpus, InputError, LabeledSequence, convert
from .baseline import Baseline
from .evaluation import Evaluation
from .feature_crf import FeatureCRF
from .hidden_markov_model import HiddenMarkovModel
from .label_set import LabelSet
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


def labeling_baselines(corpus: Corpus, progress: bool = True) -> list[Baseline]:
    """The most frequent tag of each token, a hidden Markov model, a CRF on features: all fixed, nothing is chosen.

    Spans are learnt in BIOES and scored as spans, labels of single tokens by accuracy and F1. The features are those of
    characters where the corpus' tokens are characters, else those of words. Labels of whole sentences do not count.

    Args:
        corpus: of `LabeledSequence`; all of it is held in memory.
        progress: shows a bar on a terminal.

    Raises InputError for other examples, for a training split without tokens, and where python-crfsuite is missing.
    """
    corpus.require(LabeledSequence)
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
        figures = _evaluation(valid, model, labels), _evaluation(test, model, labels)
        found.append(Baseline(name, *figures, model.features, time.monotonic() - started))
    return found


def _evaluation(examples: Sequence[LabeledSequence], model: Tagger, labels: LabelSet) -> Evaluation:
    """The figures of a split; none where it is empty."""
    if not examples:
        return Evaluation({})
    tags = model.predict([example.tokens for example in examples])
    if labels.scheme:
        tags = [convert(given, labels.scheme, "IOB2") for given in tags]
    return labeling_evaluation(examples, tags, None, labels.names, tagging=labels.tagging)
