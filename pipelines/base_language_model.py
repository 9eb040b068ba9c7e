"""Language models: p(w1 ... wT) = Π_t p(w[t] | what stands before it). What every kind of them does alike."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from ..datasets import Batches, Corpus, Examples, InputError, Ragged, RaggedWriter
from ..layers import END_ID, TextUnits
from .config import configure
from .evaluation import Evaluation
from .generation import Decoding, Generator, decode, stream
from .language_evaluation import language_evaluation
from .language_module import LanguageModule
from .pictures import training_curves
from .pipeline import Pipeline
from .raw_text import answers, check_texts
from .scored_text import ScoredText, ranked
from .text_chunks import TextChunks, text_ids

logger = logging.getLogger(__name__)

BATCH = 64  # sentences scored at once
State = Any


class LanguageModel(Pipeline):
    """Base of the kinds of language models; `language_model` and `load` pick the kind.

    A kind writes `scores`, `start` and `advance` beside what every pipeline writes.

    Example:
        model = ks.pipelines.language_model(ks.datasets.load("ptb"), kind="ngram", order=5)
        model.rank(["the cat is small", "small is the cat"])[0].text
    """

    task = "language-model"
    text: TextUnits

    # What a kind writes.

    def scores(self, ids: tf.Tensor, lengths: tf.Tensor, condition: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """In the graph: log p of each id (B, T), 0 on padding, and log p of every token (B, V) where the last one stands.

        Args:
            ids: each text and its end, padded with 0, (B, T).
            lengths: how many ids are real, at least 1, (B,).
            condition: the share of each label, (B, K); K is 0 where texts start from none.
        """
        raise NotImplementedError

    def start(self, condition: np.ndarray) -> State:
        """The state before the first token of texts that start from a condition (B, K): nested arrays (B, ...)."""
        raise NotImplementedError

    def advance(self, state: State, tokens: np.ndarray) -> tuple[np.ndarray, State]:
        """log p of the next token (B, V) after one more token each (B,), and the new state; the first token is 0."""
        raise NotImplementedError

    def running_log_probabilities(self, ids: Ragged) -> np.ndarray:
        """log p of each id (N,), of texts that follow each other; a kind whose state goes on from text to text says how."""
        return self.log_probabilities(ids)

    # What all kinds share.

    @property
    def labels(self) -> list[str]:
        """The labels that a text may start from; none where it does not."""
        return []

    def learn(self, corpus: Corpus) -> None:
        c = self.config
        try:
            self.text = TextUnits.learn(
                TextChunks(corpus.train), corpus.tokens, c.text_unit, c.lowercase, c.min_count, c.max_vocabulary
            )
        except ValueError as error:
            raise InputError(f"corpus {corpus.name}: {error}") from error
        logger.info("vocabulary: %d, the end of a text and the unknown token counted", len(self.text) - 1)

    def documents(self) -> dict[str, Any]:
        text = self.text
        return {"tokens": text.tokenizer.rule, "words": text.vocabulary.tokens[3:]}

    def restore(self, documents: dict[str, Any]) -> None:
        c = self.config
        self.text = TextUnits(documents["words"], documents["tokens"], c.text_unit, c.lowercase)

    def encode(self, examples: Examples) -> Ragged:
        """The ids of each example and its end; raises InputError for examples that are no text."""
        writer = RaggedWriter()
        for chunk in TextChunks(examples):
            ids = text_ids(chunk, self.text)
            ids = tf.concat([ids, tf.fill([ids.nrows(), 1], END_ID)], axis=1)
            writer.append(ids.values.numpy(), ids.row_lengths().numpy())
        return writer.finish()

    def log_probabilities(self, ids: Ragged, conditions: np.ndarray | None = None) -> np.ndarray:
        """log p of each id (N,), every text by itself; conditions (E, K)."""
        found = np.zeros(len(ids.values))
        if conditions is None:
            conditions = np.tile(self._share(None), (len(ids), 1))
        batches = Batches({"ids": ids, "condition": conditions}, BATCH)
        for batch in batches.epoch(0):
            lengths = np.where(batch["row"] >= 0, ids.lengths[batch["row"]], 1).astype(np.int32)
            scores = self._scores(batch["ids"], lengths, batch["condition"])[0].numpy()
            for place, row in enumerate(batch["row"]):
                if row >= 0:
                    found[ids.splits[row] : ids.splits[row + 1]] = scores[place, : lengths[place]]
        return found

    def evaluate(self, examples: Examples) -> Evaluation:
        """Perplexity, with and without tokens that the vocabulary lacks; each text's end is predicted too.

        Raises InputError where there is nothing to predict.
        """
        self._trained()
        if not len(examples):
            raise InputError("no examples to evaluate, expected at least one")
        return self._evaluation(self.encode(examples), self.conditions(examples))

    def _evaluation(self, ids: Ragged, conditions: np.ndarray | None) -> Evaluation:
        found = self.running_log_probabilities(ids) if conditions is None else self.log_probabilities(ids, conditions)
        return language_evaluation(found, ids, self.text)

    def conditions(self, examples: Examples) -> np.ndarray | None:
        """The label of each example as a row (E, K) with a one in it; None where texts start from no label."""
        return np.stack([self._share(example.label) for example in examples]) if self.labels else None

    def _share(self, label: str | tuple[str, ...] | Mapping[str, float] | None) -> np.ndarray:
        """A label, or shares of several, as a row (K,); all of them alike where none is given."""
        if not self.labels:
            if label is not None:
                raise InputError(
                    f"condition={label!r}: this model was trained without: expected condition=true in training"
                )
            return np.zeros(0, np.float32)
        if isinstance(label, tuple):
            raise InputError(f"condition {label!r}: expected one label, got a tuple of them")
        shares = {label: 1.0} if isinstance(label, str) else label or dict.fromkeys(self.labels, 1 / len(self.labels))
        for name in shares:
            if name not in self.labels:
                raise InputError(f"condition {name!r}: expected one of {', '.join(self.labels)}")
        return np.array([shares.get(name, 0.0) for name in self.labels], np.float32)

    def criterion(self, evaluation: Evaluation) -> float:
        """Minus the mean nats of a token."""
        return -float(np.log(evaluation["perplexity"]))

    def pictures(self, folder: Path, corpus: Corpus) -> dict[str, float]:
        if "loss" in self.history:
            training_curves(self.history, folder / "curves.png", ("perplexity", "word_perplexity"), shares=False)
        return {}

    def describe_criterion(self, value: float) -> str:
        return f"perplexity {np.exp(-value):.2f}"

    def score(self, texts: str | Sequence[str], condition: Any = None) -> Any:
        """The log-probability of each token, and of each text's end: a `ScoredText` for one string, a list for several.

        Raises InputError where a text is not a string.
        """
        self._trained()
        several = check_texts(texts)
        shares = self._share(condition)

        def serve(batch: list[str]) -> dict[str, np.ndarray]:
            answer = self._answer(tf.constant(batch), np.tile(shares, (len(batch), 1)))
            return {name: value.numpy() for name, value in answer.items()}

        results = [ScoredText.of(text, row) for text, row in zip(several, answers(several, serve), strict=True)]
        return results[0] if isinstance(texts, str) else results

    predict = score

    def rank(
        self,
        candidates: Sequence[str],
        first_scores: Sequence[float] | None = None,
        weight: float = 1.0,
        condition: Any = None,
    ) -> list[ScoredText]:
        """The candidates, the most probable first.

        Args:
            candidates: sentences, such as a recogniser's n-best list.
            first_scores: what another model gave each of them, in nats: the sum of it and `weight` log p decides.
            weight: of the language model beside them.

        Raises InputError for no candidates, or other than one first score each.
        """
        if isinstance(candidates, str) or not len(candidates):
            raise InputError(f"rank: expected a list of candidates, got {candidates!r:.60}")
        first = [0.0] * len(candidates) if first_scores is None else list(first_scores)
        if len(first) != len(candidates):
            raise InputError(f"rank: {len(first)} first scores for {len(candidates)} candidates, expected one each")
        scored = self.score(list(candidates), condition)
        return [scored[i] for i, _ in ranked(first, scored, weight)]

    def surprisal(self, text: str, condition: Any = None) -> ScoredText:
        """The same as `score` for one text; its `html` and `png` draw each token the redder the less it was expected."""
        if not isinstance(text, str):
            raise InputError(f"surprisal: expected one string, got {type(text).__name__}")
        scored: ScoredText = self.score(text, condition)
        return scored

    def generate(self, prompt: str = "", condition: Any = None, samples: int = 1, **how: Any) -> Any:
        """Goes on after a prompt: a string, or a list of them for `samples` above 1.

        Args:
            prompt: what stands at the beginning; "" begins a text.
            condition: the label, or shares of labels, that the text starts from.
            samples: how many texts are drawn, or the n-best of a beam.
            **how: fields of `Decoding`: method, temperature, top_k, top_p, beams, length_penalty, length, seed.

        Raises InputError for an unknown way of decoding or a value out of range.
        """
        settings = configure(Decoding, how)
        texts = [
            self._joined(prompt, ids)
            for ids in decode(self._generator(condition), self._prompt(prompt), settings, samples)
        ]
        return texts[0] if samples == 1 else texts

    def stream(self, prompt: str = "", condition: Any = None, **how: Any) -> Iterator[str]:
        """The same as `generate` for one text, a piece at a time as it comes, the prompt first; not for beams."""
        tokens = stream(self._generator(condition), self._prompt(prompt), configure(Decoding, how))
        return self._pieces(prompt, tokens)

    def _pieces(self, prompt: str, tokens: Iterator[int]) -> Iterator[str]:
        """The prompt, then what each token adds to the text."""
        yield prompt
        last = prompt[-1:]
        for token in tokens:
            piece = self._joined(last, [token])[len(last) :]
            last = piece[-1:] or last
            yield piece

    def _generator(self, condition: Any) -> Generator:
        self._trained()
        shares = self._share(condition)
        return Generator(lambda batch: self.start(np.tile(shares, (batch, 1))), self.advance)

    def _prompt(self, prompt: str) -> list[int]:
        (text,) = check_texts([prompt])
        return self.text.begun(text)

    def _joined(self, prompt: str, ids: Sequence[int]) -> str:
        """The prompt as it was written and what was generated after it."""
        return self.text.join_after(prompt, self.text.vocabulary.decode(np.asarray(ids, np.int32)))

    def _prepare(self) -> None:
        """The graphs that `score` and `evaluate` run; a kind calls it once its model is there."""
        condition = tf.TensorSpec((None, len(self.labels)), tf.float32)
        ids, lengths = tf.TensorSpec((None, None), tf.int32), tf.TensorSpec((None,), tf.int32)
        self._scores: Callable[..., Any] = tf.function(self.scores, input_signature=[ids, lengths, condition])
        self._answer = self.serving().answer

    def serving(self) -> LanguageModule:
        return LanguageModule(self.text, self.scores, self.labels)
