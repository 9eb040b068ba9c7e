"""Classification: a whole text gets a label, or several (sentiment, language of a name, topic, intent)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from ..datasets import Batches, Corpus, Examples, InputError, Ragged
from ..layers import TextUnits
from .attribution import gradient_effects, occlusion_effects
from .balanced_binary_crossentropy import BalancedBinaryCrossentropy
from .calibration import Calibration, fit_temperature, reliability_diagram, text_nll
from .class_labels import ClassLabels, Label, text_labels
from .class_weights import balanced, balanced_answers
from .classification_errors import classification_errors
from .classification_graph import ClassificationModule, Reading, chosen_labels, log_probabilities
from .classification_report import classification_evaluation, reliability_bins
from .classified_text import ClassifiedText, classify_texts
from .classifier_config import ClassifierConfig
from .classifier_network import classifier_network
from .evaluation import Evaluation
from .labeled_text import code_points
from .pictures import confusion_matrix, training_curves
from .pipeline import Pipeline, Training
from .pretrained_encoder import LanguageModelStart, language_model_start, start_from_language_model
from .pretrained_vectors import VectorStart, vectors_for
from .supervised_training import supervised_training
from .text_chunks import TextChunks, text_ids
from .text_explanation import TextExplanation
from .text_pieces import chunks_of_pieces, piece_columns, text_logits
from .unit_ngrams import frequent_ngrams

logger = logging.getLogger(__name__)

METHODS = ("gradient", "occlusion", "attention")
SPECIAL = 3  # units of a vocabulary that no text has: padding, unknown, end


class Classifier(Pipeline):
    """Units (B, T) -> a label, or several, of the text (B, K): embedding, recurrence, pooling. Score: accuracy.

    Args:
        **hyperparameters: fields of `ClassifierConfig`.

    Where labels of the corpus are tuples, a text may have any number of them: each has a sigmoid of its own, and the score is
    micro F1. A text without any unit is answered from no step: by the bias alone.

    Raises InputError for an unknown hyperparameter or a value out of range.

    Example:
        model = Classifier(cell="gru", units=64).fit(corpus)
        model.predict("not bad at all").label

    Reference: Collobert et al., Natural language processing (almost) from scratch, 2011 (the maximum over time); Conneau et
    al., Supervised learning of universal sentence representations, 2017 (over a recurrence from both ends).
    """

    task = "classification"
    config_type = ClassifierConfig
    labels: ClassLabels
    text: TextUnits
    pairs: np.ndarray
    ngrams: list[np.ndarray]
    temperature: float
    _answer_weights: np.ndarray | None = None

    def learn(self, corpus: Corpus) -> None:
        c = self.config
        labels = ClassLabels.learn(corpus)
        self._check_labels(labels, corpus)
        self._start: LanguageModelStart | None = None
        self._vectors: VectorStart | None = None
        if c.init_from:
            self._start = language_model_start(c.init_from, c, corpus.tokens)
            self.config = c = self._start.config
            text = self._start.text
        else:
            text = _learn_units(corpus, c)
        if c.vectors:
            words, counts = text.vocabulary.tokens, _counts(corpus.train, text)
            self._vectors = vectors_for(words, counts, c.vectors, c.embedding_dim, special=SPECIAL)
        logger.info("vocabulary: %d, labels: %d", len(text) - SPECIAL, len(labels))
        pairs, ngrams = _learn_ngrams(corpus, text, c)
        self._assemble(text, labels, pairs, ngrams, 1.0)
        self._answer_weights = None
        if labels.several and c.class_weights == "balanced":
            rows = labels.rows(text_labels(corpus.train, "examples", several=True))
            pieces = self._columns(corpus.train)["text"]
            self._answer_weights = balanced_answers(rows[pieces])  # the loss is a mean over pieces

    def _check_labels(self, labels: ClassLabels, corpus: Corpus) -> None:
        """Raises InputError for options that such labels have no use for, or that validation cannot tell by."""
        c = self.config
        valid = text_labels(corpus.valid, f"corpus {corpus.name}, valid", labels.several)
        if c.criterion == "nll" and all(labels.unseen([label]) for label in valid):
            raise InputError(
                f"criterion=nll: corpus {corpus.name}, valid: no text whose labels training has, expected one"
            )
        if c.criterion == "f1_at_5" and not (labels.several and len(labels) > 5):
            got = f"{len(labels)} labels" if labels.several else "one label a text"
            raise InputError(
                f"criterion=f1_at_5: corpus {corpus.name} has {got}, expected tuples of more than 5 labels"
            )
        if c.threshold != 0.5 and not labels.several:
            raise InputError(
                f"threshold={c.threshold}: corpus {corpus.name} has one label a text, expected tuples of labels"
            )

    def documents(self) -> dict[str, Any]:
        return {
            "tokens": self.text.tokenizer.rule,
            "words": self.text.vocabulary.tokens[SPECIAL:],
            "labels": self.labels.names,
            "several": self.labels.several,
            "pairs": self.pairs.tolist(),
            "ngrams": [table.tolist() for table in self.ngrams],
            "temperature": self.temperature,
        }

    def restore(self, documents: dict[str, Any]) -> None:
        c = self.config
        text = TextUnits(documents["words"], documents["tokens"], c.text_unit, c.lowercase)
        labels = ClassLabels(documents["labels"], documents["several"])
        pairs = np.array(documents.get("pairs", []), np.int32).reshape(-1, 2)
        ngrams = [np.array(table, np.int32).reshape(-1, 2) for table in documents.get("ngrams", [])]
        self._assemble(text, labels, pairs, ngrams, documents["temperature"])

    def _assemble(
        self, text: TextUnits, labels: ClassLabels, pairs: np.ndarray, ngrams: list[np.ndarray], temperature: float
    ) -> None:
        self.text, self.labels, self.pairs, self.ngrams, self.temperature = text, labels, pairs, ngrams, temperature

    def network(self) -> keras.Model:
        model, self._inside = classifier_network(len(self.text), len(self.labels), self.config, self.pairs, self.ngrams)
        self._prepare()
        return model

    def _prepare(self) -> None:
        """The graphs that `evaluate`, `predict` and `explain` run."""
        inside = self._inside
        ids = tf.TensorSpec((None, None), tf.int32)
        self._logits: Callable[..., Any] = tf.function(
            lambda ids: inside(ids, training=False)["logits"], input_signature=[ids]
        )
        reading, several, temperature = self._reading(), self.labels.several, self.temperature
        self._probabilities: Callable[..., Any] = tf.function(
            lambda ids: tf.exp(log_probabilities(reading(ids)[2], several, temperature)),
            input_signature=[tf.RaggedTensorSpec((None, None), tf.int32)],
        )
        table = inside.get_layer("embedding").embeddings
        self._gradient = gradient_effects(reading, table, several, temperature)
        self._serving = self._module()

    def _reading(self) -> Reading:
        inside = self._inside
        return Reading(lambda ids: inside(ids, training=False), self.config.max_length, self.config.long_texts)

    def _module(self) -> ClassificationModule:
        return ClassificationModule(self.text, self._reading(), self.labels, self.temperature, self.config.threshold)

    def serving(self) -> ClassificationModule:
        self._trained()
        return self._module()

    def losses(self, model: keras.Model) -> dict[str, Any]:
        options = {"label_smoothing": self.config.label_smoothing, "reduction": "mean_with_sample_weight"}
        if self._answer_weights is not None:
            return {"loss": BalancedBinaryCrossentropy(self._answer_weights, **options)}
        loss = keras.losses.BinaryCrossentropy if self.labels.several else keras.losses.CategoricalCrossentropy
        return {"loss": loss(from_logits=True, **options)}

    def training(self, corpus: Corpus) -> Training:
        if self._start is not None:
            start_from_language_model(self._trained(), self._start)
            self._start = None
        if self._vectors is not None:
            self._trained().get_layer("embedding").start_from(*self._vectors)
            self._vectors = None
        return supervised_training(super().training(corpus), self.config)

    def _columns(self, examples: Examples) -> dict[str, Any]:
        return piece_columns(examples, self.text, self.config.max_length, self.config.long_texts)

    def batches(self, examples: Examples, seed: int | None = None) -> Batches:
        """The examples as ids, a row for each piece; with a seed also their labels, and shuffled: for training."""
        labels = text_labels(examples, "examples", self.labels.several)
        columns = self._columns(examples)
        if seed is not None:
            rows = self.labels.rows(labels)[columns["text"]]
            columns["labels"] = rows
            if self.config.class_weights == "balanced" and not self.labels.several:
                columns["class_weight"] = balanced(rows)
            for note in self._notes(columns):
                logger.info("training: %s", note)
        return Batches(columns, self.config.batch_size, seed=seed)

    def _notes(self, columns: dict[str, Any]) -> list[str]:
        """How many texts were too long to be read at once, and what was done with them."""
        c, longer = self.config, len(np.unique(columns["text"][columns["longer"]]))
        how = "of which the beginning counts" if c.long_texts == "cut" else "read in pieces"
        return [f"texts longer than max_length={c.max_length}, {how}: {longer}"] if longer else []

    def example(self, batch: dict[str, tf.Tensor]) -> tuple[Any, Any, Any]:
        weights = batch["weight"] * batch.get("class_weight", 1.0)
        return batch["ids"], tf.cast(batch["labels"], tf.float32), weights

    def criterion(self, evaluation: Evaluation) -> float:
        """What `criterion` names; micro F1 in the place of accuracy where a text may have several labels; minus the NLL."""
        name = self.config.criterion
        if name == "nll":
            return -evaluation["nll"]
        return evaluation["micro_f1" if name == "accuracy" and self.labels.several else name]

    def describe_criterion(self, value: float) -> str:
        return f"{-value:.4f} nats a text" if self.config.criterion == "nll" else super().describe_criterion(value)

    def score_batches(self, examples: Examples, batches: Batches) -> Evaluation:
        labels, logits = self.labels, self._text_logits(batches)
        chosen = chosen_labels(logits, labels.several, self.config.threshold).numpy()
        gold = text_labels(examples, "examples", labels.several)
        notes = self._notes(batches.columns)
        scaled = logits / self.temperature
        found = classification_evaluation(gold, labels, chosen, scaled, notes)
        found.errors = list(classification_errors(examples, gold, labels, chosen, scaled))
        return found

    def _text_logits(self, batches: Batches) -> np.ndarray:
        """z (E, K), of texts in pieces the mean over them."""
        found = np.zeros((len(batches.lengths), len(self.labels)), np.float32)
        for batch in batches.epoch(0):
            real = batch["row"] >= 0
            found[batch["row"][real]] = self._logits(batch["ids"]).numpy()[real]
        return text_logits(found, batches.columns["text"]).numpy()

    def _train(self, corpus: Corpus, callbacks: list[keras.callbacks.Callback], progress: bool) -> None:
        super()._train(corpus, callbacks, progress)
        if self.config.calibration == "temperature":
            logger.info("calibrated on validation: %s", self.calibrate(corpus.valid))

    def calibrate(self, examples: Examples) -> Calibration:
        """Fits the temperature of the probabilities to texts that were not learnt from; labels stay as they are.

        Where no label of these texts is wrong, no temperature is best and it is 1. Raises InputError for no examples, and
        where a threshold other than 0.5 would let other labels pass.

        Reference: Guo, Pleiss, Sun & Weinberger, On calibration of modern neural networks, 2017.
        """
        if self.config.threshold != 0.5:
            raise InputError(f"calibrate: threshold={self.config.threshold}, expected 0.5")
        logits, gold = self._scored(examples)
        known = [not self.labels.unseen([label]) for label in gold]
        logits, gold = logits[known], [label for label, kept in zip(gold, known, strict=True) if kept]
        rows, several = self.labels.rows(gold), self.labels.several
        self.temperature = fit_temperature(logits, rows, several)
        self._prepare()
        figures = [
            (text_nll(logits, rows, several, t), reliability_bins(gold, self.labels, logits / t).error)
            for t in (1.0, self.temperature)
        ]
        (nll, ece), (nll_after, ece_after) = figures
        return Calibration(self.temperature, nll, nll_after, ece, ece_after)

    def reliability(self, examples: Examples, path: str | Path) -> dict[str, float]:
        """Draws how far the probabilities of examples are what they say, before the temperature and after, as a PNG.

        Returns the expected calibration errors, ece_before and ece_after. Raises InputError for no examples.
        """
        logits, gold = self._scored(examples)
        before, after = (reliability_bins(gold, self.labels, logits / t) for t in (1.0, self.temperature))
        reliability_diagram([("T = 1", before), (f"T = {self.temperature:.2f}", after)], path)
        return {"ece_before": before.error, "ece_after": after.error}

    def _scored(self, examples: Examples) -> tuple[np.ndarray, list[Label]]:
        """(z (E, K), the right labels)."""
        self._trained()
        if not len(examples):
            raise InputError("no examples, expected at least one")
        return self._text_logits(self.batches(examples)), text_labels(examples, "examples", self.labels.several)

    def pictures(self, folder: Path, corpus: Corpus) -> dict[str, float]:
        if self.config.criterion == "nll":
            training_curves(self.history, folder / "curves.png", ("nll",), shares=False)
        else:
            shares = dict.fromkeys(("accuracy", "micro_f1", "macro_f1", "exact_match", self.config.criterion))
            training_curves(self.history, folder / "curves.png", list(shares))
        if confusion := self.evaluate(corpus.valid).confusion:
            confusion_matrix(confusion, folder / "confusion.png", what="texts")
        return self.reliability(corpus.valid, folder / "reliability.png")

    def predict(self, texts: str | Sequence[str]) -> Any:
        """Labels raw text: a `ClassifiedText` for one string, a list of them for several.

        Raises InputError where a text is not a string or cannot be written in UTF-8.
        """
        self._trained()
        return classify_texts(texts, self._serve)

    def _serve(self, texts: list[str]) -> dict[str, np.ndarray]:
        return {name: value.numpy() for name, value in self._serving.serve(tf.constant(texts)).items()}

    def explain(self, text: str, method: str = "gradient", label: str | None = None) -> TextExplanation:
        """Which tokens speak for a label, and which against it.

        Args:
            text: one string.
            method: "gradient", one pass; "occlusion", T + 1 of them; "attention", the weights of pooling=attention, which
                are alike for all labels, never speak against one, and know nothing of `ngrams`.
            label: the one to explain; None is that which `predict` gives, of several the most probable.

        Raises InputError for anything but one string, another method, or a label that is not known.
        """
        if not isinstance(text, str):
            raise InputError(f"explain: expected one string, got {type(text).__name__}")
        if method not in METHODS:
            raise InputError(f"explain: method={method!r}, expected one of {', '.join(METHODS)}")
        result: ClassifiedText = self.predict(text)
        name = _most_probable(result) if label is None else label
        if name not in self.labels.names:
            raise InputError(f"explain: label {name!r}, expected one of {', '.join(self.labels.names)}")
        if method == "attention" and self.config.pooling != "attention":
            raise InputError(
                f"explain: method=attention with pooling={self.config.pooling}, expected pooling=attention"
            )
        units = self._reading().read(self.text.split([text]))
        effects = self._effects(text, units, method, self.labels.names.index(name))
        tokens, offsets = self._as_written(text, units)
        return TextExplanation(text, tokens, effects.astype(np.float64), name, method, offsets, result.truncated)

    def _effects(self, text: str, units: tf.RaggedTensor, method: str, label: int) -> np.ndarray:
        ids = self.text.ids(units).values
        if not len(ids):
            return np.zeros(0)
        if method == "attention":
            return self._serve([text])["weights"][0]
        if method == "gradient":
            return self._gradient(ids, label).numpy()
        return occlusion_effects(lambda texts: self._probabilities(texts).numpy(), ids.numpy(), label)

    def _as_written(self, text: str, units: tf.RaggedTensor) -> tuple[list[str], list[tuple[int, int]]]:
        """The tokens that were read as they stand in the text, with their places; letters and pieces as they were read."""
        names = [unit.decode() for unit in units.values.numpy()]
        if self.text.unit != "token":
            return names, []
        found = self.text.tokenizer([text])
        starts, ends = (code_points(text, each.values.numpy()[: len(names)]) for each in (found.starts, found.ends))
        offsets = list(zip(starts, ends, strict=True))
        return [text[start:end] for start, end in offsets], offsets


def _most_probable(result: ClassifiedText) -> str:
    """The label, of several the most probable one."""
    if isinstance(result.label, str):
        return result.label
    return max(result.probabilities, key=result.probabilities.__getitem__)


def _learn_units(corpus: Corpus, c: ClassifierConfig) -> TextUnits:
    """The units of the training split's texts."""
    chunks = TextChunks(corpus.train)
    try:
        return TextUnits.learn(chunks, corpus.tokens, c.text_unit, c.lowercase, c.min_count, c.max_vocabulary)
    except ValueError as error:
        raise InputError(f"corpus {corpus.name}: {error}") from error


def _learn_ngrams(corpus: Corpus, text: TextUnits, c: ClassifierConfig) -> tuple[np.ndarray, list[np.ndarray]]:
    """Of the pieces that are read at once: the pairs of `bigrams`, (N, 2), and the tables of `ngrams`; none where not read."""

    def chunks() -> Iterator[Ragged]:
        for pieces in chunks_of_pieces(corpus.train, text, c.max_length, c.long_texts):
            yield Ragged(pieces.ids.values.numpy(), pieces.ids.row_splits.numpy())

    pairs = np.zeros((0, 2), np.int32)
    ngrams: list[np.ndarray] = []
    if c.bigrams:
        [pairs] = frequent_ngrams(chunks, 2, c.max_bigrams)
        logger.info("pairs of units: %d", len(pairs))
    if c.ngrams > 1:
        ngrams = frequent_ngrams(chunks, c.ngrams, c.max_ngrams)
        logger.info("n-grams of 2 to %d units: %s", c.ngrams, ", ".join(f"{len(table)}" for table in ngrams))
    return pairs, ngrams


def _counts(examples: Examples, text: TextUnits) -> dict[str, int]:
    """How often each unit stands in the examples."""
    counts = np.zeros(len(text), np.int64)
    for chunk in TextChunks(examples):
        counts += np.bincount(text_ids(chunk, text).values.numpy(), minlength=len(text))
    return dict(zip(text.vocabulary.tokens, counts.tolist(), strict=True))
