"""Language models of music: p(piece) = Π_t Π_p p(y[t, p] | the frames before t), the pitches of a frame each on its own."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from os import PathLike
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from ..datasets import Corpus, Examples, Frames, InputError, Ragged, write_midi
from ..layers.bernoulli_loss import BernoulliLoss, bernoulli_nll
from .config import configure
from .evaluation import Evaluation
from .frame_batches import FrameBatches
from .frame_config import FrameLanguageModelConfig
from .frame_evaluation import frame_evaluation
from .frame_generation import FrameDecoding, FrameGenerator
from .frame_module import FrameModule
from .frame_network import FrameNetwork
from .frame_pitches import PitchRange, learn_range
from .frame_scores import score_pieces
from .frame_text import Piece, frames_of, text_of
from .pipeline import Pipeline

logger = logging.getLogger(__name__)

SCORED = 64  # pieces evaluated at once


class FrameLanguageModel(Pipeline):
    """Frames of pitches (B, T, P) -> the next ones: recurrent layers, an output for each pitch. Score: NLL per frame.

    Args:
        **hyperparameters: fields of `FrameLanguageModelConfig`.

    Raises InputError for an unknown hyperparameter or a value out of range.

    Example:
        model = FrameLanguageModel(cell="gru").fit(ks.datasets.load("jsb-chorales-quarter"))
        model.write_midi("tune.mid", model.generate([(60, 64, 67)], length=32, seed=1))

    Reference: Boulanger-Lewandowski, Bengio & Vincent, Modeling temporal dependencies in high-dimensional sequences:
    application to polyphonic music generation and transcription, 2012 (its RNN).
    """

    task = "language-model"
    config_type = FrameLanguageModelConfig

    def learn(self, corpus: Corpus) -> None:
        corpus.require(Frames)
        self.pitches = learn_range(corpus.train, self.config.pitches, self.config.margin)

    def documents(self) -> dict[str, Any]:
        return {"low": self.pitches.low, "high": self.pitches.high}

    def restore(self, documents: dict[str, Any]) -> None:
        self.pitches = PitchRange(documents["low"], documents["high"])

    def network(self) -> FrameNetwork:
        network = FrameNetwork(len(self.pitches), self.config, name="language_model")
        sizes = [tf.TensorSpec((None, size), tf.float32) for size in network.state_sizes]
        frames = tf.TensorSpec((None, None, len(self.pitches)), tf.uint8)
        inputs = tf.TensorSpec((None, None, len(self.pitches) + 1), tf.float32)
        self._score = tf.function(lambda frames: _score(network, frames), input_signature=[frames])
        self._advance = tf.function(network.read, input_signature=[inputs, sizes])
        self._serve = FrameModule(network, self.pitches).serve
        return network

    def losses(self, model: keras.Model) -> dict[str, Any]:
        return {"loss": BernoulliLoss()}

    def _optimizer(self, steps: int) -> keras.optimizers.Optimizer:
        optimizer = super()._optimizer(steps)
        optimizer.weight_decay = self.config.weight_decay or None
        return optimizer

    def batches(self, examples: Examples, seed: int | None = None) -> FrameBatches:  # type: ignore[override]
        """The pieces as rows of 0 and 1; with a seed shuffled and moved: for training."""
        rows, outside = self.pitches.encode(examples, "kind=frames")
        if seed is None:
            return FrameBatches(rows, SCORED, outside=outside)
        if outside:
            low, high = self.pitches.low, self.pitches.high
            logger.warning("%d pitches of training lie outside %d to %d and are not learnt", outside, low, high)
        return FrameBatches(rows, self.config.batch_size, seed, self.config.transpose)

    def example(self, batch: dict[str, tf.Tensor]) -> tuple[Any, Any, Any]:
        frames = tf.pad(batch["frames"], [[0, 0], [0, 1], [0, 0]])  # nothing is known of what follows the last one
        return batch["frames"], frames, tf.pad(batch["weight"], [[0, 0], [0, 1]])

    def score_batches(self, examples: Examples, batches: FrameBatches) -> Evaluation:  # type: ignore[override]
        pieces = batches.pieces
        nlls, hits = np.zeros(len(pieces.values)), np.zeros(3, np.int64)
        for batch in batches.epoch(0):
            found, counts = (value.numpy() for value in self._score(batch["frames"]))
            hits += counts[batch["weight"] > 0].sum(axis=0)
            for place, row in enumerate(batch["row"]):
                if row >= 0:
                    nlls[pieces.splits[row] : pieces.splits[row + 1]] = found[place, : pieces.lengths[row]]
        return frame_evaluation(Ragged(nlls, pieces.splits), hits, batches.outside, self.pitches)

    def criterion(self, evaluation: Evaluation) -> float:
        """Minus the NLL per frame."""
        return -evaluation["nll_per_frame"]

    def describe_criterion(self, value: float) -> str:
        return f"{-value:.3f} nats a frame"

    def score(self, pieces: Piece | Sequence[Piece], condition: None = None) -> Any:
        """The likelihood of each frame: a `FrameScores` for one piece, a list for several.

        A piece is `Frames`, a list of steps, each a tuple of MIDI pitches, or a line of text as `60+64+67 - 62`.

        Raises InputError with the piece and the step at fault, and for a condition: music starts from none.
        """
        self._trained()
        _check_condition(condition)
        return score_pieces(pieces, lambda texts: {k: v.numpy() for k, v in self._serve(tf.constant(texts)).items()})

    def predict(self, texts: Piece | Sequence[Piece]) -> Any:
        """The same as `score`."""
        return self.score(texts)

    def generate(self, prompt: Piece = (), condition: None = None, samples: int = 1, **how: Any) -> Any:
        """Goes on after a prompt: `Frames`, the prompt at their beginning, or a list of them for `samples` above 1.

        Args:
            prompt: one note, one chord or the first frames, as `score` takes a piece; () begins a piece.
            condition: none; it is here because other language models have one.
            samples: how many pieces are drawn.
            **how: fields of `FrameDecoding`: method, temperature, threshold, voices, length, seed.

        Raises InputError for an unknown way of decoding, a value out of range, or a prompt that the model has no pitches for.
        """
        _check_condition(condition)
        if samples < 1:
            raise InputError(f"samples={samples}: expected at least 1")
        first, steps = self._steps(prompt, samples, how)
        drawn = np.stack(list(steps), axis=1)  # (B, T, P)
        pieces = [Frames(first.frames + self.pitches.frames(rows)) for rows in drawn]
        return pieces[0] if samples == 1 else pieces

    def stream(self, prompt: Piece = (), condition: None = None, **how: Any) -> Iterator[str]:
        """The same as `generate` for one piece as a line of text, a step at a time as it comes, the prompt first."""
        _check_condition(condition)
        first, steps = self._steps(prompt, 1, how)
        yield text_of(first)
        before = bool(first.frames)
        for rows in steps:
            yield " " * before + text_of(self.pitches.frames(rows))
            before = True

    def _steps(self, prompt: Piece, samples: int, how: dict[str, Any]) -> tuple[Frames, Iterator[NDArray[np.uint8]]]:
        settings, network, first = configure(FrameDecoding, how), self._trained(), frames_of(prompt, "prompt")
        rows, outside = self.pitches.rows(first.frames)
        if outside:
            low, high = self.pitches.low, self.pitches.high
            raise InputError(f"prompt: {outside} of its pitches lie outside {low} to {high}, which the model learnt")
        return first, FrameGenerator(network.start, self._next).steps(rows, settings, samples)

    def _next(self, state: Any, inputs: NDArray[np.float32]) -> tuple[NDArray[np.float32], Any]:
        log_odds, state = self._advance(inputs, state)
        return log_odds[:, -1].numpy(), state

    def write_midi(self, path: str | PathLike[str], frames: Frames, tempo: float = 90, program: int = 0) -> None:
        """Writes a piece as a MIDI file; a step is as long as the hyperparameter `beats` says. See `datasets.write_midi`."""
        write_midi(path, frames, tempo=tempo, step=self.config.beats, program=program)

    def serving(self) -> tf.Module:
        return FrameModule(self._trained(), self.pitches)


def _check_condition(condition: Any) -> None:
    if condition is not None:
        raise InputError(f"condition={condition!r}: a model of kind=frames starts from none; begin with a prompt")


def _score(network: FrameNetwork, frames: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """NLL of each frame (B, T), and what `frame_evaluation` calls hits, (B, T, 3)."""
    log_odds = network(frames)[:, :-1]
    sounds, predicted = frames > 0, log_odds > 0
    hits = [sounds & predicted, ~sounds & predicted, sounds & ~predicted]
    counts = tf.stack([tf.reduce_sum(tf.cast(each, tf.int64), axis=-1) for each in hits], axis=-1)
    return bernoulli_nll(frames, log_odds), counts
