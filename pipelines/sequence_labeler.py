"""Sequence labelling: every token gets a label (slot filling, named entities, parts of speech, word segmentation)."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from ..datasets import Batches, Corpus, Examples, InputError, LabeledSequence
from ..layers import IGNORED, SequenceLoss, TextTokenizer, TokenEncoder
from .evaluation import Evaluation
from .explanation import Explanation, hidden_features
from .label_set import LabelSet
from .labeled_text import LabeledText
from .labeling_config import SequenceLabelerConfig
from .labeling_graph import LabelingModule, all_probabilities, best_labels, label_probabilities, padded
from .labeling_measures import REACHES, border_figures, check_measures, has_borders, measure
from .labeling_network import labeling_network
from .labeling_report import labeling_evaluation
from .pictures import confusion_matrix
from .pipeline import Pipeline, Training
from .pretrained_vectors import VectorStart, vectors_for
from .raw_text import answers, check_texts, label_sentences, label_texts
from .supervised_training import supervised_training
from .token_columns import token_columns
from .token_vocabularies import agreement, learn_tokens, reads_characters, restored_encoder, token_documents

logger = logging.getLogger(__name__)

HIDDEN_TOKENS = 1 << 14  # of one batch of `explain`


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
        c, scheme = self.config, self.config.scheme if corpus.tagging == "spans" else None
        if not scheme:
            c.refuse(["scheme"], f"corpus {corpus.name}, whose labels are of single tokens", "none")
        sentence_labels = _sentence_labels(corpus) if c.joint else []
        encoder, counts = learn_tokens(corpus, c)
        _report_raw_text(corpus)
        self._start: VectorStart | None = None
        if c.vectors:
            self._start = vectors_for(encoder.words.tokens, counts, c.vectors, c.embedding_dim)
        labels = LabelSet.learn((example.tags for example in corpus.train), scheme)
        if c.criterion == "borders" and not has_borders(corpus.valid, labels.tagging):
            raise InputError(f"criterion=borders: corpus {corpus.name}, valid: no two labels meet, expected a border")
        self._label_weights = _balanced(corpus.train, labels) if c.label_weights == "balanced" else None
        self._assemble(corpus.tokens, encoder, labels, sentence_labels)

    def documents(self) -> dict[str, Any]:
        return {
            "tokens": self.tokenizer.rule,
            **token_documents(self.encoder),
            "labels": self.labels.names,
            "tagging": self.labels.tagging,
            "sentence_labels": self.sentence_labels,
        }

    def restore(self, documents: dict[str, Any]) -> None:
        labels = LabelSet(documents["labels"], self.config.scheme if documents["tagging"] == "spans" else None)
        encoder = restored_encoder(documents, self.config)
        self._assemble(documents["tokens"], encoder, labels, documents["sentence_labels"])

    def _assemble(self, rule: str, encoder: TokenEncoder, labels: LabelSet, sentence_labels: list[str]) -> None:
        self.tokenizer, self.encoder = TextTokenizer(rule), encoder
        self.labels, self.sentence_labels = labels, sentence_labels

    def network(self) -> keras.Model:
        model = labeling_network(self.config, self.encoder, self.labels, self.sentence_labels)
        shapes = {name: tf.TensorSpec(tensor.shape, tf.int32) for name, tensor in model.input.items()}
        self._label = tf.function(lambda features: best_labels(model, features), input_signature=[shapes])
        self._probability = tf.function(
            lambda features, labels: label_probabilities(model, features, labels),
            input_signature=[shapes, tf.TensorSpec((1, None), tf.int32)],
        )
        self._marginals = tf.function(lambda features: all_probabilities(model, features), input_signature=[shapes])
        self._serving = self._module(model)
        return model

    def _module(self, model: keras.Model) -> LabelingModule:
        return LabelingModule(model, self.tokenizer, self.encoder, self.labels, self.sentence_labels)

    def serving(self) -> LabelingModule:
        return self._module(self._trained())

    def losses(self, model: keras.Model) -> dict[str, Any]:
        losses: dict[str, Any] = {"labels": SequenceLoss(model.get_layer("labels"), self._label_weights)}
        if self.sentence_labels:
            losses["sentence"] = keras.losses.SparseCategoricalCrossentropy(
                from_logits=True, reduction="mean_with_sample_weight"
            )
        return {"loss": losses}

    def training(self, corpus: Corpus) -> Training:
        if self._start is not None:
            self._trained().get_layer("embedding").start_from(*self._start)
            self._start = None
        return supervised_training(super().training(corpus), self.config)

    def batches(self, examples: Examples, seed: int | None = None) -> Batches:
        """The examples as ids; with a seed also their labels, and shuffled: for training."""
        sentences = self.sentence_labels if seed is not None else []
        columns = token_columns(examples, self.encoder, self.labels if seed is not None else None, sentences)
        return Batches(columns, self.config.batch_size, {"labels": IGNORED}, seed=seed)

    def example(self, batch: dict[str, tf.Tensor]) -> tuple[Any, Any, Any]:
        features = {name: batch[name] for name in self._trained().input}
        targets = {name: batch[name] for name in ("labels", "sentence") if name in batch}
        return features, targets, dict.fromkeys(targets, batch["weight"])

    def criterion(self, evaluation: Evaluation) -> float:
        """What `criterion` names, accuracy for F1 of plain labels; its mean with that of sentence labels if learnt."""
        name = {"borders": f"border_f1_within_{REACHES[-1]}"}.get(self.config.criterion, self.config.criterion)
        main = evaluation["accuracy" if name == "f1" and self.labels.tagging == "tokens" else name]
        figures = [main] + ([evaluation["label_accuracy"]] if self.sentence_labels else [])
        return sum(figures) / len(figures)

    def score_batches(self, examples: Examples, batches: Batches) -> Evaluation:
        tags: list[list[str]] = [[] for _ in range(len(examples))]
        sentences: list[str | None] = [None] * len(examples)
        for batch in batches.epoch(0):
            found = _arrays(self._label({name: tf.constant(batch[name]) for name in self._trained().input}))
            for place, row in enumerate(batch["row"]):
                if row >= 0:
                    tags[row] = self.labels.decode(found["labels"][place, : batches.lengths[row]])
                    if self.sentence_labels:
                        sentences[row] = self.sentence_labels[found["sentence"][place]]
        evaluation = labeling_evaluation(
            examples,
            tags,
            sentences if self.sentence_labels else None,
            self.labels.names,
            self.sentence_labels,
            self.labels.tagging,
        )
        if self.config.criterion == "borders":
            border_figures(evaluation, examples, tags, self.labels.tagging)
        return evaluation

    def evaluate(self, examples: Examples, also: Collection[str] = ()) -> Evaluation:
        """The figures of examples (a split of a corpus).

        Args:
            examples: with their tags.
            also: further figures. "key-phrases" takes the different spans of each text as a list, the most probable first:
                `f1_at_5`, `f1_at_10`; see `ranked_phrases`. "borders" counts where labels meet: `border_f1_within_0`,
                `border_f1_within_5` tokens, and each kind of border in the report; see `score_borders`.

        Raises InputError for no examples, other figures, and key phrases of plain labels.
        """
        self._trained()
        check_measures(also, self.labels.tagging)
        found = super().evaluate(examples)
        if also:
            labeled = self.predict_tokens(example.tokens for example in examples)
            measure(found, examples, labeled, also, self.labels.tagging)
        return found

    def pictures(self, folder: Path, corpus: Corpus) -> dict[str, float]:
        if confusion := self.evaluate(corpus.valid).confusion:
            confusion_matrix(confusion, folder / "confusion.png")
        return super().pictures(folder, corpus)

    def predict(self, texts: str | Sequence[str], n_best: int | None = None) -> Any:
        """Labels raw text: a `LabeledText` for one string, a list of them for several.

        Args:
            texts: one string or several.
            n_best: a number gives the so many most probable labelings of each text, a list in the place of each one, the
                best first; fewer where there are fewer, or where output=softmax gives tags that read alike in IOB2.

        Raises InputError where a text is not a string or cannot be written in UTF-8.
        """
        self._trained()
        if n_best is None:
            return label_texts(texts, self._serve)
        serve = self._serving.n_best(_whole(n_best))
        return label_texts(texts, lambda batch: _arrays(serve(tf.constant(batch))), n_best)

    def _serve(self, texts: list[str]) -> dict[str, np.ndarray]:
        return _arrays(self._serving.serve(tf.constant(texts)))

    def predict_tokens(self, sentences: Iterable[Sequence[str]], n_best: int | None = None) -> list[Any]:
        """Labels texts that are split already, as those of a corpus are: a `LabeledText` for each.

        Args:
            sentences: lists of tokens. The text of each is its tokens, with a blank between two of them where the corpus of
                training has blanks.
            n_best: as in `predict`.

        Raises InputError for a sentence that is no list of strings, and for what cannot be written in UTF-8.

        Example: `tagger.predict_tokens(example.tokens for example in corpus.test)`
        """
        self._trained()
        serve = self._serving.of_tokens(*([] if n_best is None else [_whole(n_best)]))
        blank = "" if self.tokenizer.rule == "char" else " "
        return label_sentences(sentences, blank, lambda batch: _arrays(serve(_ragged(batch))), n_best)

    def marginals(self, texts: str | Sequence[str]) -> Any:
        """p(label at t | text) of every label, for each token of raw text, summed over all labelings of the others.

        Returns for one string a list with a dict for each of its T tokens, the most probable label first; for several strings
        a list of such lists. Labels are in IOB2, or plain. Raises InputError as `predict` does.

        Example: `tagger.marginals("fly to Rome")[2]` may be {"B-destination": 0.97, "O": 0.02, ...}
        """
        self._trained()
        checked, names = check_texts(texts), list(dict.fromkeys(self.labels.iob2))
        alike = np.eye(len(names))[[names.index(tag) for tag in self.labels.iob2]]  # (K, N)
        found = []
        for row in answers(checked, self._all_shares):
            shares = row["shares"][: row["lengths"]] @ alike
            orders = np.argsort(-shares, axis=1, kind="stable")
            found.append([{names[k]: float(p[k]) for k in order} for p, order in zip(shares, orders, strict=True)])
        return found[0] if isinstance(texts, str) else found

    def _all_shares(self, texts: list[str]) -> dict[str, np.ndarray]:
        tokens = self.tokenizer(texts).text
        features = {name: padded(ids) for name, ids in self.encoder(tokens).items()}
        return {"shares": self._marginals(features).numpy(), "lengths": tokens.row_lengths().numpy()}

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
        return Explanation(text, result.tokens, result.labels, whole - np.concatenate(hidden), result.tagging)

    def _given(self, ids: dict[str, np.ndarray], labels: np.ndarray, hidden: np.ndarray) -> np.ndarray:
        """p(labels (1, T)) with the token of each number in `hidden` (R) unknown, (R, T); of the whole text if none is."""
        features = hidden_features(ids, hidden)
        return self._probability({name: tf.constant(value) for name, value in features.items()}, labels).numpy()


def _arrays(outputs: dict[str, tf.Tensor]) -> dict[str, np.ndarray]:
    return {name: value.numpy() for name, value in outputs.items()}


def _ragged(sentences: list[list[str]]) -> tf.RaggedTensor:
    """(B, None) of string."""
    tokens = tf.constant([token for sentence in sentences for token in sentence], tf.string)
    return tf.RaggedTensor.from_row_lengths(tokens, np.array([len(sentence) for sentence in sentences], np.int64))


def _whole(n_best: Any) -> int:
    if type(n_best) is not int or n_best < 1:
        raise InputError(f"n_best={n_best!r}: expected a whole number of at least 1")
    return n_best


def _report_raw_text(corpus: Corpus) -> None:
    """Logs whether raw text will be split as the corpus is."""
    share = 100 * agreement(corpus)
    logger.info("raw text: the %s rule finds the tokens of %.1f %% of sentences again", corpus.tokens, share)
    if corpus.tokens != "char" and reads_characters(corpus):
        logger.warning(
            "raw text: the tokens of training are single characters, which tokens=%s does not make of it, expected tokens=char",
            corpus.tokens,
        )


def _balanced(examples: Examples, labels: LabelSet) -> list[float]:
    """N / (K n) of each tag that stands n times among the N of training, K of them different; 0 of those that never do."""
    counts = np.zeros(len(labels), np.int64)
    for example in examples:
        counts += np.bincount(labels.encode(example.tags), minlength=len(labels))
    return [float(counts.sum() / (np.count_nonzero(counts) * count)) if count else 0.0 for count in counts]


def _sentence_labels(corpus: Corpus) -> list[str]:
    labels = {example.label for example in corpus.train}
    if None in labels or any(example.label is None for example in corpus.valid):
        raise InputError(f"joint=true: corpus {corpus.name} has sentences without a label, expected one for each")
    return sorted(label for label in labels if label is not None)
