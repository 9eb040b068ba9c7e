"""Simple classifiers beside which a network's figures are read: naive Bayes and logistic regression on bags of n-grams.

Naive Bayes: p(c | x) ∝ p(c) Π_f p(f | c)^x[f], p(f | c) = (count(f, c) + α) / (Σ_f count(f, c) + α F); x are counts.
Logistic regression: p(c | x) = σ(w·x + b); w and b minimise ½(|w|² + b²) + C Σ -log p. One of two kinds of x:
- TF-IDF: (1 + log count) · log inverse document frequency, of length 1;
- ratios of naive Bayes: r[f] where f occurs, 0 elsewhere; r = log (p / Σ_f p[f]) - log (q / Σ_f q[f]), p[f] one more than the
  texts of label c in which f occurs, q[f] the same of all others.
Each label has a regression of its own, and a naive Bayes of its own where a text may have several. Then every label is given
that is likelier than not, else the likeliest.

Reference: Wang & Manning, Baselines and bigrams: simple, good sentiment and topic classification, 2012.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from statistics import median
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline

from ..datasets import Corpus, Examples
from .bag_of_ngrams import BagOfNgrams, characters, words
from .baseline import Baseline
from .class_labels import ClassLabels, Label, names_of, text_labels
from .classification_report import ranked_figures
from .evaluation import Evaluation
from .key_phrases import CUTS
from .label_evaluation import label_evaluation
from .progress import steps

Units = Callable[[Examples, str], list[Any]]
LONGEST: dict[Units, tuple[int, ...]] = {words: (1, 2), characters: (2, 3, 5)}  # units -> n of their longest n-grams
ALPHAS = (1.0, 0.1)
STRENGTHS = (1.0, 10.0, 100.0)  # C; 1 of ratios, for which it hardly matters
SHORT = 30  # characters


def classification_baselines(corpus: Corpus, progress: bool = True) -> list[Baseline]:
    """Naive Bayes, logistic regression, and that on ratios of naive Bayes: the best of a few on validation, each.

    Tried are n-grams of up to 1 and 2 words or of up to 2, 3 and 5 characters, α of 1 and 0.1, C of 1, 10 and 100. Characters
    are read where the corpus' tokens are characters, words elsewhere, and both where half of the texts have no more than 30
    characters. Best is the greatest micro F1, which for one label a text is the accuracy; of equals the first.

    Args:
        corpus: of `Text`, or of `LabeledSequence` whose `label` is to be found; all of it is held in memory.
        progress: shows a bar on a terminal.

    Raises InputError where an example has no label, and for a training split without tokens.
    """
    labels = ClassLabels.learn(corpus)
    splits = {name: getattr(corpus, name) for name in ("train", "valid", "test")}
    gold = [text_labels(split, f"corpus {corpus.name}, {name}", labels.several) for name, split in splits.items()]
    rows = labels.rows(gold[0])
    best: dict[str, Baseline] = {}
    seconds = dict.fromkeys(MODELS, 0.0)
    for units, longest in steps(_grid(corpus), "baselines", progress):
        started = time.monotonic()
        texts = [units(split, corpus.tokens) for split in splits.values()]
        bag = BagOfNgrams(longest).fit(texts[0])
        counts, common = [bag(split) for split in texts], time.monotonic() - started
        for name, fitted in MODELS.items():
            started = time.monotonic()
            for setting, answers in fitted(counts, rows, labels.several):
                figures = _evaluation(gold[1], answers[0], labels), _evaluation(gold[2], answers[1], labels)
                found = Baseline(f"{name}, {units.__name__} 1-{longest}, {setting}", *figures, bag.features, 0)
                if name not in best or _score(found) > _score(best[name]):
                    best[name] = found
            seconds[name] += common + time.monotonic() - started
    return [replace(found, seconds=seconds[name]) for name, found in best.items()]


def _score(found: Baseline) -> float:
    return found.valid.get("micro_f1", 0.0)


def _grid(corpus: Corpus) -> list[tuple[Units, int]]:
    """(units, n of the longest n-grams) that are tried."""
    kinds: list[Units] = [characters]
    if corpus.tokens != "char":
        short = median(len(text) for text in characters(corpus.train, corpus.tokens)) <= SHORT
        kinds = [words, characters] if short else [words]
    return [(units, longest) for units in kinds for longest in LONGEST[units]]


def _naive_bayes(counts: Sequence[Any], rows: NDArray, several: bool) -> Iterator[tuple[str, list[NDArray]]]:
    """(setting, answers) by counts (E, F) of training and other texts."""
    for alpha in ALPHAS:
        model = MultinomialNB(alpha=alpha)
        yield f"α={alpha:g}", _answers(OneVsRestClassifier(model) if several else model, counts, rows, several)


def _logistic_regression(counts: Sequence[Any], rows: NDArray, several: bool) -> Iterator[tuple[str, list[NDArray]]]:
    """The same, of TF-IDF."""
    weights = TfidfTransformer(sublinear_tf=True).fit(counts[0])
    inputs = [weights.transform(split) if split.shape[0] else split for split in counts]
    for strength in STRENGTHS:
        yield f"C={strength:g}", _answers(OneVsRestClassifier(_regression(strength)), inputs, rows, several)


def _ratio_regression(counts: Sequence[Any], rows: NDArray, several: bool) -> Iterator[tuple[str, list[NDArray]]]:
    """The same, of ratios."""
    model = make_pipeline(LogRatios(), _regression(1.0))
    yield "C=1", _answers(OneVsRestClassifier(model), [split.sign() for split in counts], rows, several)


def _regression(strength: float) -> LogisticRegression:
    return LogisticRegression(C=strength, solver="liblinear", max_iter=1000)


class LogRatios(BaseEstimator, TransformerMixin):
    """How much likelier each n-gram is in texts of a label: x (E, F) of 0 and 1, sparse, and y (E) to x times its log-ratio."""

    def fit(self, x: Any, y: NDArray) -> Self:
        with_label, without = (1 + np.asarray(x[y == value].sum(axis=0)).ravel() for value in (1, 0))
        self.ratios_ = np.log(with_label / with_label.sum()) - np.log(without / without.sum())
        return self

    def transform(self, x: Any) -> Any:
        return x.multiply(self.ratios_).tocsr()


def _answers(model: Any, inputs: Sequence[Any], rows: NDArray, several: bool) -> list[NDArray]:
    """Which labels each text of the other splits gets, (E, K), from a model of the first one's: 1 for those that it gets, 0 for
    others, or, where several labels are ranked, how probable each is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that a label is had by all texts, or by none
        model.fit(inputs[0], rows if several else rows.argmax(axis=1))
    size = rows.shape[1]

    def answer(split: Any) -> NDArray:
        if several and size > min(CUTS):  # of a single label scikit-learn's probabilities may be of yes or of no
            return model.predict_proba(split)
        return model.predict(split).reshape(-1, size) if several else np.eye(size)[model.predict(split)]

    return [answer(split) if split.shape[0] else np.zeros((0, size)) for split in inputs[1:]]


def _evaluation(gold: Sequence[Label], answers: NDArray, labels: ClassLabels) -> Evaluation:
    """The figures of a split; none where it is empty."""
    if not gold:
        return Evaluation({})
    given = [tuple(labels.names[k] for k in row.nonzero()[0]) for row in answers > 0.5]
    found = label_evaluation(map(names_of, gold), given, labels.names, "texts")
    if labels.several:
        found |= ranked_figures(gold, labels, answers)
    return found


MODELS = {
    "naive Bayes": _naive_bayes,
    "logistic regression": _logistic_regression,
    "regression on naive Bayes": _ratio_regression,
}
