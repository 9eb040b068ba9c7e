"""N-gram models: p(w | the n-1 words before it), from counts, smoothed and backed off; as a pipeline like the others."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from ..datasets import Corpus, Examples, InputError, Ragged, read_arpa, write_arpa
from ..layers import (
    ESTIMATORS,
    UNKNOWN_ID,
    BackoffModel,
    NgramLookup,
    arpa_words,
    count_ngrams,
    from_arpa,
    prune_by_count,
    prune_by_entropy,
    to_arpa,
    with_borders,
)
from .base_language_model import LanguageModel
from .config import Config, option
from .evaluation import Evaluation
from .language_model_config import TextOptions

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class NgramLanguageModelConfig(TextOptions, Config):
    """The hyperparameters of `NgramLanguageModel`."""

    kind: str = option("ngram", "the kind of language model", ("ngram",))
    order: int = option(5, "n, the length of the longest n-grams", low=1)
    smoothing: str = option("kneser-ney", "how unseen n-grams get their share", (*ESTIMATORS, "arpa"))
    delta: float = option(1.0, "δ of add-delta, added to every count", low=1e-9)
    prune: str = option(
        "0", "for each order, how often an n-gram occurs that is left out, such as 0,0,1; the last holds on"
    )
    prune_entropy: float = option(0.0, "leaves out n-grams whose loss raises perplexity by a smaller share", low=0)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.smoothing != "add-delta":
            self.refuse(["delta"], f"smoothing={self.smoothing}", "smoothing=add-delta")
        if not all(part.strip().isdecimal() for part in self.prune.split(",")):
            raise InputError(f"hyperparameter prune={self.prune!r}: expected whole numbers with commas, such as 0,0,1")
        if len(self.thresholds) > self.order:
            raise InputError(
                f"prune={self.prune}: {len(self.thresholds)} thresholds, expected at most order={self.order}"
            )
        if self.smoothing == "stupid-backoff" and (self.thresholds != [0] or self.prune_entropy):
            raise InputError(
                "pruning with smoothing=stupid-backoff: expected a smoothing whose probabilities sum to one"
            )

    @property
    def thresholds(self) -> list[int]:
        """`prune` as numbers."""
        return [int(part) for part in self.prune.split(",")]


class NgramLanguageModel(LanguageModel):
    """Counts of up to n words -> log p. Score: perplexity.

    Args:
        **hyperparameters: fields of `NgramLanguageModelConfig`.

    Raises InputError for an unknown hyperparameter or a value out of range.

    Example: `NgramLanguageModel(order=3).fit(ks.datasets.load("ptb")).write_arpa("ptb.arpa")`

    Reference: Chen & Goodman, An empirical study of smoothing techniques for language modeling, 1998.
    """

    config_type = NgramLanguageModelConfig

    def __init__(self, **hyperparameters: Any) -> None:
        super().__init__(**hyperparameters)
        self._rows: tuple[tuple[int, ...], float] = ((), 0.0)

    def documents(self) -> dict[str, Any]:
        rows, missing = self._rows
        return {**super().documents(), "rows": rows, "log_missing": missing}

    def restore(self, documents: dict[str, Any]) -> None:
        super().restore(documents)
        self._rows = (tuple(documents["rows"]), documents["log_missing"])

    def network(self) -> keras.Model:
        rows, missing = self._rows
        tokens = keras.Input((None,), dtype="int32", name="tokens")
        self._lookup = NgramLookup(rows, missing, name="ngrams")
        self.model = keras.Model(tokens, self._lookup(tokens), name="ngram_language_model")
        self._next = tf.function(
            self._lookup.next, input_signature=[tf.TensorSpec((None, None), tf.int32)], reduce_retracing=True
        )
        self._table: BackoffModel | None = None
        self._prepare()
        return self.model

    def _hold(self, model: BackoffModel) -> None:
        """Makes the network of a model's tables."""
        self._rows = (model.rows, model.log_missing)
        self.network()
        self._lookup.assign(model)  # in float32, and `table` is read from there: the same before and after saving

    @property
    def table(self) -> BackoffModel:
        """The n-grams with their log-probabilities, as arrays."""
        self._trained()
        if self._table is None:
            self._table = self._lookup.to_model()
        return self._table

    def learn(self, corpus: Corpus) -> None:
        if self.config.smoothing == "arpa":
            raise InputError("smoothing=arpa: says that a model was read from a file, expected another one to train")
        super().learn(corpus)

    def _train(self, corpus: Corpus, callbacks: list[keras.callbacks.Callback], progress: bool) -> None:
        for callback in callbacks:
            callback.on_train_begin()
        started = time.monotonic()
        model = self._estimated(self.encode(corpus.train))
        types = ", ".join(f"{count:,}" for count in model.types)
        logger.info("n-grams of orders 1 to %d: %s; %.1f s", model.order, types, time.monotonic() - started)
        self._hold(model)
        for callback in callbacks:
            callback.set_model(self.model)
        figures = {f"valid_{name}": value for name, value in self.evaluate(corpus.valid).items()}
        figures["valid_score"] = self.criterion(Evaluation({"perplexity": figures["valid_perplexity"]}))
        self.history = {name: [float(value)] for name, value in figures.items()}
        for callback in callbacks:
            callback.on_epoch_end(0, figures)
            callback.on_train_end(figures)

    def _estimated(self, ids: Ragged) -> BackoffModel:
        c = self.config
        tokens, depth = _with_starts(ids)
        tables = count_ngrams(tokens, depth, c.order, len(self.text))
        try:
            if c.smoothing == "add-delta":
                model = ESTIMATORS[c.smoothing](tables, c.delta)
            elif c.smoothing == "kneser-ney":
                model = ESTIMATORS[c.smoothing](tables, prune=c.thresholds)
            else:
                model = ESTIMATORS[c.smoothing](tables)
                if any(c.thresholds):
                    model = prune_by_count(model, tables, c.thresholds)
            return prune_by_entropy(model, c.prune_entropy) if c.prune_entropy else model
        except ValueError as error:
            raise InputError(str(error)) from error

    def log_probabilities(self, ids: Ragged, conditions: np.ndarray | None = None) -> np.ndarray:
        tokens, depth = _with_starts(ids)
        return self.table.score(tokens, depth)[depth > 0]

    def scores(self, ids: tf.Tensor, lengths: tf.Tensor, condition: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        text = tf.where(tf.sequence_mask(lengths - 1, tf.shape(ids)[1]), ids, 0)
        last = tf.reverse_sequence(text, tf.maximum(lengths - 1, 0), seq_axis=1)  # the text backwards
        width = max(1, len(self._rows[0]) - 1)
        return self._lookup(ids), self._lookup.next(tf.reverse(last[:, :width], [1]))

    def start(self, condition: np.ndarray) -> np.ndarray:
        return np.zeros((len(condition), max(1, len(self._rows[0]) - 1)), np.int32)

    def advance(self, state: np.ndarray, tokens: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        state = np.concatenate([state[:, 1:], tokens[:, None]], axis=1).astype(np.int32)
        return self._next(state).numpy(), state

    def _evaluation(self, ids: Ragged, conditions: np.ndarray | None) -> Evaluation:
        found = super()._evaluation(ids, conditions)
        if self.config.smoothing == "stupid-backoff":
            found.notes.append(
                "stupid backoff gives scores, no probabilities: compare this perplexity with no other model's"
            )
        return found

    def sparsity(self, examples: Examples) -> list[dict[str, float]]:
        """For each order: types held, bytes, and the share of the examples' n-grams that are not among them."""
        table = self.table
        tokens, depth = _with_starts(self.encode(examples))
        matched = table.matched(tokens, depth)
        rows = []
        for k, (types, arrays) in enumerate(zip(table.types, table.tables, strict=True), 1):
            long = depth >= max(1, k - 1)
            new = matched < k if k > 1 else tokens == UNKNOWN_ID  # the unknown token has a row of its own
            unseen = float(new[long].mean()) if long.any() else float("nan")
            rows.append({"order": k, "types": types, "bytes": sum(a.nbytes for a in arrays), "unseen": unseen})
        return rows

    def write_arpa(self, path: str | Path, spelling: dict[str, str] | None = None) -> None:
        """Writes the model for KenLM or SRILM.

        Args:
            path: `.gz` compresses.
            spelling: other names for words that the format keeps for itself: a corpus with `<unk>` as an ordinary word
                needs one, as in {"<unk>": "<rare>"}.

        Raises InputError for a model that the format cannot say, and for names that clash.
        """
        try:
            write_arpa(path, to_arpa(self.table, self.text.vocabulary.tokens, spelling))
        except ValueError as error:
            raise InputError(f"{path}: {error}") from error

    @classmethod
    def read_arpa(
        cls, path: str | Path, spelling: dict[str, str] | None = None, tokens: str = "whitespace"
    ) -> NgramLanguageModel:
        """The model of an ARPA file, from KenLM, SRILM or here.

        Args:
            path: `.gz` is read as is.
            spelling: as it was given to `write_arpa`, so that the words have their own names again.
            tokens: the rule that splits raw text.

        Raises InputError or BadRecord, with the line, for a file that is damaged or says what cannot be.
        """
        arpa = read_arpa(path)
        words = arpa_words(arpa, spelling)
        try:
            model = from_arpa(arpa, words, spelling)
            pipeline = cls(order=model.order, smoothing="arpa")
            LanguageModel.restore(pipeline, {"words": words[3:], "tokens": tokens})
        except ValueError as error:
            raise InputError(f"{path}: {error}") from error
        pipeline.corpus = {"name": Path(path).name, "sha256": "", "licence": "unknown"}
        pipeline._hold(model)
        return pipeline


def _with_starts(ids: Ragged) -> tuple[Any, Any]:
    """Tokens with <s> before each text, and their depths; the ends are there already."""
    ends = ids.splits[1:] - 1
    inside = np.ones(len(ids.values), bool)
    inside[ends] = False
    return with_borders(np.asarray(ids.values)[inside], ids.lengths - 1)
