"""Sequence labelling: every token gets a label (slot filling, named entities, parts of speech, word segmentation)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from ..datasets import Batches, Corpus, Examples, InputError, LabeledSequence
from ..layers import (
    CELLS,
    CRF,
    IGNORED,
    UNKNOWN,
    AttentionPooling,
    Bidirectional,
    LabelSoftmax,
    Recurrence,
    SequenceLoss,
    TextTokenizer,
    TokenEmbedding,
    TokenEncoder,
    Vocabulary,
)
from .config import TrainingConfig, option
from .evaluation import Evaluation
from .explanation import Explanation
from .label_set import LabelSet
from .labeled_text import LabeledText
from .labeling_graph import LabelingModule, label_batch, label_probabilities
from .labeling_report import labeling_evaluation
from .pictures import confusion_matrix
from .pipeline import Pipeline
from .raw_text import label_texts
from .token_columns import learn_vocabularies, token_columns

logger = logging.getLogger(__name__)

HIDDEN_TOKENS = 1 << 14  # of one batch of `explain`


@dataclass(frozen=True)
class SequenceLabelerConfig(TrainingConfig):
    """The hyperparameters of `SequenceLabeler`."""

    cell: str = option("lstm", "the recurrent cell", tuple(CELLS))
    units: int = option(128, "H, the size of one direction's hidden state", low=1)
    layers: int = option(1, "recurrent layers, one upon the other", low=1)
    bidirectional: bool = option(True, "whether the sequence is read from both ends")
    embedding_dim: int = option(100, "E, the size of a word's vector", low=1)
    characters: bool = option(False, "whether words are read letter by letter too")
    character_units: int = option(30, "F, the number of character filters", low=1)
    max_characters: int = option(20, "letters of a word that count", low=1)
    dropout: float = option(
        0.5, "the share of features dropped, the same at every step (Gal & Ghahramani, 2016)", low=0, below=1
    )
    token_dropout: float = option(0.05, "the share of words read as unknown while training", low=0, below=1)
    min_count: int = option(1, "how often a word must occur in training to have a vector of its own", low=1)
    lowercase: bool = option(False, "whether words are looked up in lower case")
    mask_digits: bool = option(True, "whether every digit of a word is looked up as 0")
    output: str = option("crf", "labels chosen together (crf) or one by one (softmax)", ("crf", "softmax"))
    scheme: str = option("BIOES", "the tags that the network learns", ("IOB2", "BIOES"))
    joint: bool = option(False, "whether the label of the whole sentence is learnt too")


class SequenceLabeler(Pipeline):
    """Tokens (B, T) -> labels (B, T): embedding, recurrence from both ends, CRF. Score: span F1.

    Args:
        **hyperparameters: fields of `SequenceLabelerConfig`.

    Raises InputError for an unknown hyperparameter or a value out of range.

    Example:
        tagger = SequenceLabeler(cell="gru", units=64).fit(ks.datasets.load("ticket-desk"))
        tagger.predict("我一月一号去郑州").spans

    Reference: Huang, Xu & Yu, Bidirectional LSTM-CRF models for sequence tagging, 2015; the joint sentence label: Zhang &
    Wang, A joint model of intent determination and slot filling, 2016.
    """

    task = "sequence-labeling"
    config_type = SequenceLabelerConfig

    def learn(self, corpus: Corpus) -> None:
        corpus.require(LabeledSequence)
        c = self.config
        sentence_labels = _sentence_labels(corpus) if c.joint else []
        words, characters, agreement = learn_vocabularies(corpus, c)
        logger.info(
            "raw text: the %s rule finds the tokens of %.1f %% of sentences again", corpus.tokens, 100 * agreement
        )
        labels = LabelSet.learn((example.tags for example in corpus.train), c.scheme)
        self._assemble(corpus.tokens, words, characters, labels, sentence_labels)

    def documents(self) -> dict[str, Any]:
        characters = self.encoder.characters
        return {
            "tokens": self.tokenizer.rule,
            "words": self.encoder.words.tokens[2:],
            "characters": characters.tokens[2:] if characters else None,
            "labels": self.labels.names,
            "sentence_labels": self.sentence_labels,
        }

    def restore(self, documents: dict[str, Any]) -> None:
        characters = Vocabulary(documents["characters"]) if documents["characters"] is not None else None
        labels = LabelSet(documents["labels"], self.config.scheme)
        words, sentence_labels = Vocabulary(documents["words"]), documents["sentence_labels"]
        self._assemble(documents["tokens"], words, characters, labels, sentence_labels)

    def _assemble(
        self, rule: str, words: Vocabulary, characters: Vocabulary | None, labels: LabelSet, sentence_labels: list[str]
    ) -> None:
        c = self.config
        self.tokenizer = TextTokenizer(rule)
        self.encoder = TokenEncoder(words, characters, c.lowercase, c.mask_digits, c.max_characters)
        self.labels, self.sentence_labels = labels, sentence_labels

    def network(self) -> keras.Model:
        c = self.config
        seeds = iter(range(c.seed * 1000, c.seed * 1000 + 1000))
        inputs = {"words": keras.Input((None,), dtype="int32", name="words")}
        if self.encoder.characters:
            inputs["characters"] = keras.Input((None, c.max_characters), dtype="int32", name="characters")
        size, letters = len(self.encoder.words), len(self.encoder.characters or ())
        embedding = TokenEmbedding(
            size, c.embedding_dim, letters, c.character_units, c.token_dropout, next(seeds), name="embedding"
        )
        x = _dropout(c.dropout, next(seeds), "embedding_dropout")(embedding(**inputs))
        for number in range(c.layers):
            cell = CELLS[c.cell](c.units, seed=next(seeds), name="cell")
            x = (Bidirectional if c.bidirectional else Recurrence)(cell, name=f"recurrence_{number}")(x)
            x = _dropout(c.dropout, next(seeds), f"dropout_{number}")(x)
        outputs = {"labels": self._output(next(seeds))(x)}
        if self.sentence_labels:
            pooled = AttentionPooling(max(1, c.units // 2), seed=next(seeds), name="pooling")(x)
            start = keras.initializers.GlorotUniform(seed=next(seeds))
            outputs["sentence"] = keras.layers.Dense(
                len(self.sentence_labels), kernel_initializer=start, name="sentence"
            )(pooled)
        model = keras.Model(inputs, outputs, name="sequence_labeler")
        self._prepare(model)
        return model

    def _output(self, seed: int) -> keras.Layer:
        if self.config.output == "softmax":
            return LabelSoftmax(len(self.labels), seed=seed, name="labels")
        start, transitions, end = self.labels.constraints
        return CRF(len(self.labels), transitions, start, end, seed=seed, name="labels")

    def _prepare(self, model: keras.Model) -> None:
        """The graphs that `evaluate`, `predict` and `explain` run."""
        shapes = {name: tf.TensorSpec(tensor.shape, tf.int32) for name, tensor in model.input.items()}
        self._label = tf.function(lambda features: label_batch(model, features), input_signature=[shapes])
        self._probability = tf.function(
            lambda features, labels: label_probabilities(model, features, labels),
            input_signature=[shapes, tf.TensorSpec((1, None), tf.int32)],
        )
        self._serving = self._module(model)

    def _module(self, model: keras.Model) -> LabelingModule:
        return LabelingModule(model, self.tokenizer, self.encoder, self.labels.iob2, self.sentence_labels)

    def serving(self) -> LabelingModule:
        return self._module(self._trained())

    def losses(self, model: keras.Model) -> dict[str, Any]:
        losses: dict[str, Any] = {"labels": SequenceLoss(model.get_layer("labels"))}
        if self.sentence_labels:
            losses["sentence"] = keras.losses.SparseCategoricalCrossentropy(
                from_logits=True, reduction="mean_with_sample_weight"
            )
        return {"loss": losses}

    def batches(self, examples: Examples, seed: int | None = None) -> Batches:
        """The examples as ids; with a seed also their labels, and shuffled: for training."""
        sentences = self.sentence_labels if seed is not None else []
        columns = token_columns(examples, self.encoder, self.labels if seed is not None else None, sentences)
        return Batches(columns, self.config.batch_size, {"labels": IGNORED}, seed=seed)

    def example(self, batch: dict[str, tf.Tensor]) -> tuple[Any, Any, Any]:
        features = {name: batch[name] for name in ("words", "characters") if name in batch}
        targets = {name: batch[name] for name in ("labels", "sentence") if name in batch}
        return features, targets, dict.fromkeys(targets, batch["weight"])

    def criterion(self, evaluation: Evaluation) -> float:
        """Span F1; its mean with the accuracy of the sentence label where both are learnt."""
        figures = [evaluation["f1"]] + ([evaluation["label_accuracy"]] if self.sentence_labels else [])
        return sum(figures) / len(figures)

    def score_batches(self, examples: Examples, batches: Batches) -> Evaluation:
        tags: list[list[str]] = [[] for _ in range(len(examples))]
        sentences: list[str | None] = [None] * len(examples)
        for batch in batches.epoch(0):
            found = self._label({name: tf.constant(batch[name]) for name in self._trained().input})
            found = {name: value.numpy() for name, value in found.items()}
            for place, row in enumerate(batch["row"]):
                if row >= 0:
                    tags[row] = self.labels.decode(found["labels"][place, : batches.lengths[row]])
                    if self.sentence_labels:
                        sentences[row] = self.sentence_labels[found["sentence"][place]]
        return labeling_evaluation(
            examples,
            tags,
            sentences if self.sentence_labels else None,
            self.labels.names,
            self.sentence_labels,
        )

    def pictures(self, folder: Path, corpus: Corpus) -> dict[str, float]:
        if confusion := self.evaluate(corpus.valid).confusion:
            confusion_matrix(confusion, folder / "confusion.png")
        return super().pictures(folder, corpus)

    def predict(self, texts: str | Sequence[str]) -> Any:
        """Labels raw text: a `LabeledText` for one string, a list of them for several.

        Raises InputError where a text is not a string or cannot be written in UTF-8.
        """
        self._trained()
        return label_texts(texts, self._serve)

    def _serve(self, texts: list[str]) -> dict[str, np.ndarray]:
        return {name: value.numpy() for name, value in self._serving.serve(tf.constant(texts)).items()}

    def explain(self, text: str) -> Explanation:
        """Which tokens each label rests on, by hiding one token after the other: T + 1 runs over T tokens.

        Raises InputError for anything but one string.
        """
        if not isinstance(text, str):
            raise InputError(f"explain: expected one string, got {type(text).__name__}")
        result: LabeledText = self.predict(text)
        count = len(result.tokens)
        ids = {name: value.numpy() for name, value in self.encoder(self.tokenizer([text]).text.values).items()}
        if not count:
            return Explanation(text, [], [], np.zeros((0, 0)))
        labels = self._label({name: tf.constant(value[None]) for name, value in ids.items()})["labels"].numpy()
        whole = self._given(ids, labels, np.zeros(0, np.int64))
        rows = max(1, HIDDEN_TOKENS // count)
        hidden = [self._given(ids, labels, np.arange(i, min(i + rows, count))) for i in range(0, count, rows)]
        return Explanation(text, result.tokens, result.labels, whole - np.concatenate(hidden))

    def _given(self, ids: dict[str, np.ndarray], labels: np.ndarray, hidden: np.ndarray) -> np.ndarray:
        """p(labels (1, T)) with the token of each number in `hidden` (R) unknown, (R, T); of the whole text if none is."""
        count = max(1, len(hidden))
        features = {name: np.repeat(value[None], count, axis=0) for name, value in ids.items()}
        features["words"][np.arange(len(hidden)), hidden] = UNKNOWN
        if "characters" in features:
            features["characters"][np.arange(len(hidden)), hidden] = 0
        return self._probability({name: tf.constant(value) for name, value in features.items()}, labels).numpy()


def _dropout(rate: float, seed: int, name: str) -> keras.layers.Dropout:
    return keras.layers.Dropout(rate, noise_shape=(None, 1, None), seed=seed, name=name)


def _sentence_labels(corpus: Corpus) -> list[str]:
    labels = {example.label for example in corpus.train}
    if None in labels or any(example.label is None for example in corpus.valid):
        raise InputError(f"joint=true: corpus {corpus.name} has sentences without a label, expected one for each")
    return sorted(label for label in labels if label is not None)
