"""Two language models as one: p(w | h) = λ p1(w | h) + (1 - λ) p2(w | h) (Jelinek & Mercer, 1980)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from ..datasets import Corpus, InputError, Ragged
from .base_language_model import LanguageModel
from .config import Config, option
from .evaluation import Evaluation
from .language_evaluation import language_evaluation
from .language_model_config import TextOptions
from .language_modeling import LANGUAGE_MODELS

logger = logging.getLogger(__name__)

ROUNDS = 200  # of expectation maximization at most


@dataclass(frozen=True)
class MixtureLanguageModelConfig(TextOptions, Config):
    """The hyperparameters of `MixtureLanguageModel`; those of the text are those of its parts."""

    kind: str = option("mixture", "the kind of language model", ("mixture",))
    weight: float = option(0.5, "λ, the share of the first model", low=0)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.weight > 1:
            raise InputError(f"hyperparameter weight={self.weight}: expected at most 1")


def mixture(first: LanguageModel, second: LanguageModel, corpus: Corpus) -> MixtureLanguageModel:
    """The linear interpolation of two trained models, its weight fitted on the corpus' validation split.

    Raises InputError for models that are not trained, that differ in vocabulary or in how they split text, or that start
    from labels.

    Example: `mixture(rnn, ngram, corpus).evaluate(corpus.test)["perplexity"]`
    """
    check_parts(first, second)
    ids = first.encode(corpus.valid)
    if not len(ids.values):
        raise InputError(f"corpus {corpus.name}: no valid examples, expected some to fit the weight on")
    weight = best_weight(first.running_log_probabilities(ids), second.running_log_probabilities(ids))
    logger.info("weight of the first model, fitted on validation: %.4f", weight)
    text = {name: getattr(first.config, name) for name in TextOptions.__dataclass_fields__}
    model = MixtureLanguageModel(weight=weight, **text)
    model.corpus = {"name": corpus.name, "sha256": corpus.fingerprint, "licence": corpus.licence}
    return model.of(first, second)


def best_weight(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """λ that makes N tokens most probable, by expectation maximization, from the log p (N,) that each model gives them."""
    p, q = np.exp(first), np.exp(second)
    weight = 0.5
    for _ in range(ROUNDS):
        total = weight * p + (1 - weight) * q
        share = np.divide(weight * p, total, out=np.full_like(total, 0.5), where=total > 0)
        before, weight = weight, float(share.mean())
        if abs(weight - before) < 1e-7:
            break
    return weight


def check_parts(first: LanguageModel, second: LanguageModel) -> None:
    """Raises InputError for models that cannot be mixed."""
    for model in (first, second):
        if not isinstance(model, LanguageModel) or model.model is None:
            raise InputError(f"mixture: got {type(model).__name__}, expected two trained language models")
        if model.labels:
            raise InputError("mixture: a model that starts from labels, expected models without condition=true")
    ours, theirs = (
        (m.text.vocabulary.tokens, m.text.unit, m.text.tokenizer.rule, m.text.lowercase) for m in (first, second)
    )
    if ours != theirs:
        sizes = f"{len(first.text)} and {len(second.text)} tokens"
        raise InputError(
            f"mixture: vocabularies of {sizes} that differ, expected two models of one corpus and text options"
        )


class MixtureLanguageModel(LanguageModel):
    """Two language models over one vocabulary, weighed; made by `mixture`. Score: perplexity.

    Args:
        **hyperparameters: fields of `MixtureLanguageModelConfig`.
    """

    config_type = MixtureLanguageModelConfig
    first: LanguageModel
    second: LanguageModel

    def of(self, first: LanguageModel, second: LanguageModel) -> MixtureLanguageModel:
        """Takes two trained models as its parts."""
        check_parts(first, second)
        self.first, self.second, self.text = first, second, first.text
        self.model = self.network()
        return self

    def learn(self, corpus: Corpus) -> None:
        raise InputError("kind=mixture: made of two trained models by `mixture`, or keras-seq mix, not trained itself")

    def documents(self) -> dict[str, Any]:
        return {"parts": [{"config": vars(part.config), "documents": part.documents()} for part in self.parts]}

    @property
    def parts(self) -> tuple[LanguageModel, LanguageModel]:
        """The first model and the second."""
        return self.first, self.second

    def restore(self, documents: dict[str, Any]) -> None:
        self.first, self.second = (_part(**part) for part in documents["parts"])
        self.text = self.first.text

    def network(self) -> keras.Model:
        self.model = _Pair(self.first.model, self.second.model, name="mixture")
        self._prepare()
        return self.model

    def named_weights(self) -> dict[str, keras.Variable]:
        return {
            f"{place}/{name}": variable
            for place, part in enumerate(self.parts)
            for name, variable in part.named_weights().items()
        }

    def _mixed(self, first: Any, second: Any) -> Any:
        """log of the weighed sum of two probabilities, given as logarithms: NumPy's or TensorFlow's."""
        weights = [max(weight, 1e-30) for weight in (self.config.weight, 1 - self.config.weight)]
        first, second = first + np.float32(np.log(weights[0])), second + np.float32(np.log(weights[1]))
        if isinstance(first, tf.Tensor):
            highest = tf.maximum(tf.maximum(first, second), -1e30)
            return highest + tf.math.log(tf.exp(first - highest) + tf.exp(second - highest))
        return np.logaddexp(first, second)

    def scores(self, ids: tf.Tensor, lengths: tf.Tensor, condition: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        first, second = (part.scores(ids, lengths, condition) for part in self.parts)
        chosen = tf.where(ids > 0, self._mixed(first[0], second[0]), 0.0)
        return chosen, self._mixed(first[1], second[1])

    def log_probabilities(self, ids: Ragged, conditions: np.ndarray | None = None) -> np.ndarray:
        found: np.ndarray = self._mixed(*(part.log_probabilities(ids) for part in self.parts))
        return found

    def running_log_probabilities(self, ids: Ragged) -> np.ndarray:
        found: np.ndarray = self._mixed(*(part.running_log_probabilities(ids) for part in self.parts))
        return found

    def _evaluation(self, ids: Ragged, conditions: np.ndarray | None) -> Evaluation:
        """The perplexity of each part, too."""
        both = [part.running_log_probabilities(ids) for part in self.parts]
        mixed = language_evaluation(self._mixed(*both), ids, self.text)
        for name, found in zip(("first", "second"), both, strict=True):
            mixed[f"{name}_perplexity"] = language_evaluation(found, ids, self.text)["perplexity"]
        return mixed

    def start(self, condition: np.ndarray) -> Any:
        return tuple(part.start(condition) for part in self.parts)

    def advance(self, state: Any, tokens: np.ndarray) -> tuple[np.ndarray, Any]:
        (first, left), (second, right) = (
            part.advance(each, tokens) for part, each in zip(self.parts, state, strict=True)
        )
        return self._mixed(first, second), (left, right)


@keras.saving.register_keras_serializable(package="keras_seq")
class _Pair(keras.Model):
    """Both networks, so that an export holds the variables of each."""

    def __init__(self, first: keras.Model, second: keras.Model, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.first, self.second = first, second
        self.built = True


def _part(config: Mapping[str, Any], documents: dict[str, Any]) -> LanguageModel:
    kinds = {name: kind for name, kind in LANGUAGE_MODELS.items() if issubclass(kind, LanguageModel)}
    kinds["mixture"] = MixtureLanguageModel
    if config["kind"] not in kinds:
        raise InputError(f"mixture: a part of kind {config['kind']!r}, expected one of {', '.join(kinds)}")
    part = kinds[config["kind"]](**config)
    part.restore(documents)
    part.model = part.network()
    return part
