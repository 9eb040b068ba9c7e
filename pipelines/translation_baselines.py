"""What a translator has to beat: the translation of the training sentence that is most like the one asked for."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from ..datasets import Corpus, Examples
from .baseline import Baseline
from .evaluation import Evaluation
from .translation_config import TranslationConfig
from .translation_data import Direction, direction
from .translation_metrics import bleu_tokenizer, translation_evaluation

CHUNK = 1000


class Retrieval:
    """Answers with the target of the training pair whose source is nearest by the cosine of weighted n-grams (TF-IDF).

    Args:
        sources, targets: of training.
        characters: whether n-grams are of characters, one to three, or of words, one or two.

    Reference: Salton & Buckley, Term-weighting approaches in automatic text retrieval, 1988.
    """

    def __init__(self, sources: Sequence[str], targets: Sequence[str], characters: bool) -> None:
        self.targets = list(targets)
        words = {"token_pattern": r"\w+|[^\w\s]", "ngram_range": (1, 2)}
        kind = {"analyzer": "char", "ngram_range": (1, 3)} if characters else words
        self.features = TfidfVectorizer(sublinear_tf=True, **kind)
        self.rows = self.features.fit_transform(sources)

    def translate(self, texts: Sequence[str]) -> list[str]:
        """The nearest pair's target for each text, of equally near ones the first."""
        found: list[str] = []
        for start in range(0, len(texts), CHUNK):
            likeness = self.features.transform(texts[start : start + CHUNK]) @ self.rows.T
            found += [self.targets[place] for place in np.asarray(likeness.argmax(axis=1)).ravel()]
        return found


def translation_baselines(
    corpus: Corpus, progress: bool = True, config: TranslationConfig | None = None
) -> list[Baseline]:
    """What retrieval reaches on the validation and test splits.

    Args:
        corpus: of `Parallel` texts; all of it is held in memory.
        progress: not used: it takes seconds.
        config: names the languages.

    Raises InputError for examples of another kind.
    """
    which = direction(corpus, config or TranslationConfig())
    begun = time.monotonic()
    sources, targets = _texts(corpus.train, which)
    model = Retrieval(sources, targets, which.source.tokens == "char")
    valid, test = (_figures(model, split, which) for split in (corpus.valid, corpus.test))
    seconds = time.monotonic() - begun
    return [Baseline("nearest training sentence", valid, test, model.rows.shape[1], seconds)]


def _texts(examples: Examples, which: Direction) -> tuple[list[str], list[str]]:
    sources, targets = ([example.texts[place] for example in examples] for place in which.places)
    return sources, targets


def _figures(model: Retrieval, examples: Examples, which: Direction) -> Evaluation:
    if not len(examples):
        return Evaluation({})
    sources, references = _texts(examples, which)
    tokenizer = bleu_tokenizer(which.target.name, which.target.tokens)
    return translation_evaluation(model.translate(sources), references, tokenizer)
