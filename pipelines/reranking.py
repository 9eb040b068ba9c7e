"""Translations chosen with a language model beside the translator: *I have*, where the translator alone has *I has*.

s(Y, X) = (log P(Y|X) + w log P_LM(Y)) / lp(Y) + cp(X; Y), where w is fitted on a validation split.

Reference: Och & Ney, Discriminative training and maximum entropy models for statistical machine translation, 2002.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ..datasets import Examples, InputError
from .base_language_model import LanguageModel
from .progress import steps
from .served_language_model import ServedLanguageModel
from .text_chunks import CHUNK
from .translated_text import TranslatedText
from .translation_metrics import bleu_tokenizer, translation_evaluation
from .translator import Translator

WEIGHTS = tuple(round(0.05 * step, 2) for step in range(21))
MEASURES = ("bleu", "chrf", "exact_match")


class RerankingFit(NamedTuple):
    """A fitted weight: the first of the best on validation, the figure it reaches, that of the translator alone, and every
    weight that was tried with its figure."""

    weight: float
    figure: float
    alone: float
    tried: dict[float, float]


def rerank(
    found: Sequence[Sequence[TranslatedText]],
    model: LanguageModel | ServedLanguageModel,
    weight: float,
    length_penalty: float = 0.0,
) -> list[list[TranslatedText]]:
    """The n-best lists, each sorted by the score with the language model, which becomes that of its translations.

    Args:
        found: as `Translator.translate(texts, n_best=n)` gives them.
        model: of the target language.
        weight: w.
        length_penalty: α, as the translations were found with.

    Raises InputError for a weight that is no finite number.

    Example: `rerank(translator.translate(texts, n_best=10), model, 0.2, translator.config.length_penalty)[0][0].translation`
    """
    if not math.isfinite(weight):
        raise InputError(f"reranking: weight {weight}, expected a finite number")
    gains = _language_scores(found, model, length_penalty)
    return [_sorted(translations, each, weight) for translations, each in zip(found, gains, strict=True)]


def fit_reranking(
    translator: Translator,
    model: LanguageModel | ServedLanguageModel,
    examples: Examples,
    n_best: int = 10,
    measure: str = "bleu",
    weights: Sequence[float] = WEIGHTS,
    progress: bool = True,
) -> RerankingFit:
    """The weight whose first translations are best on examples that were not learnt from.

    Args:
        translator, model: both trained.
        examples: of the translator's corpus.
        n_best: translations of each source; also the beams, where the translator has fewer.
        measure: "bleu", "chrf" or "exact_match".
        weights: those to try.
        progress: shows a bar on a terminal.

    Raises InputError for no examples, another measure, no weight, or one that is no finite number.
    """
    if not len(examples) or not weights:
        raise InputError(f"reranking: expected examples and weights, got {len(examples)} and {len(weights)}")
    if measure not in MEASURES:
        raise InputError(f"measure={measure!r}: expected one of {', '.join(MEASURES)}")
    if strange := [weight for weight in weights if not math.isfinite(weight)]:
        raise InputError(f"reranking: weight {strange[0]}, expected a finite number")
    sources, references = ([example.texts[place] for example in examples] for place in translator.places)
    chunks = [sources[start : start + CHUNK] for start in range(0, len(sources), CHUNK)]
    found = [
        each for chunk in steps(chunks, "translating", progress) for each in translator.translate(chunk, n_best=n_best)
    ]
    gains = _language_scores(found, model, translator.config.length_penalty)
    tokenizer = bleu_tokenizer(translator.languages[1], translator.target.tokenizer.rule)

    def figure(weight: float) -> float:
        best = [_sorted(many, each, weight)[0].translation for many, each in zip(found, gains, strict=True)]
        return translation_evaluation(best, references, tokenizer)[measure]

    tried = {weight: figure(weight) for weight in steps(weights, "weights", progress)}
    weight = max(tried, key=tried.__getitem__)
    alone = tried[0.0] if 0.0 in tried else figure(0.0)
    return RerankingFit(weight, tried[weight], alone, tried)


def _language_scores(
    found: Sequence[Sequence[TranslatedText]], model: LanguageModel | ServedLanguageModel, length_penalty: float
) -> list[np.ndarray]:
    """log P_LM(Y) / lp(Y) of each translation of each list."""
    scored = iter(model.score([each.translation for translations in found for each in translations]))
    return [
        np.array([next(scored).log_probability / _penalty(each, length_penalty) for each in translations])
        for translations in found
    ]


def _penalty(translation: TranslatedText, length_penalty: float) -> float:
    """lp(Y)."""
    penalty: float = ((5 + len(translation.target_units)) / 6) ** length_penalty
    return penalty


def _sorted(translations: Sequence[TranslatedText], gains: np.ndarray, weight: float) -> list[TranslatedText]:
    more = weight * gains if weight else np.zeros(len(gains))  # 0 · -∞ is no number
    scores = [each.score + gain for each, gain in zip(translations, more, strict=True)]
    order = sorted(range(len(scores)), key=lambda place: -scores[place])  # stable: equal ones keep their order
    return [replace(translations[place], score=float(scores[place])) for place in order]
