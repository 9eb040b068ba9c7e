"""An encoder, a decoder with attention, a softmax: p(y | x) = Π_t p(y[t] | y[1..t-1], x).

h = encoder(e(x[1]), …, e(x[S]));  r[t] = decoder(e(y[t-1]), h);  p(y[t]) = softmax(Ws r[t] + bs)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import keras
from keras import ops

from ..layers import (
    CELLS,
    Attention,
    Bidirectional,
    Decoder,
    MaskedMeanPooling,
    Recurrence,
    RecurrentDropout,
    Source,
    TokenDropout,
    VocabularySoftmax,
)
from .translation_config import TranslationConfig


class Encoded(NamedTuple):
    """What the decoder takes of a source: what it reads, and the states that it starts from, each (B, H).

    columns: of the softmax, (E, V), for steps.
    """

    source: Source
    states: list[Any]
    columns: Any


@keras.saving.register_keras_serializable(package="keras_seq")
class TranslationNetwork(keras.Model):
    """Ids of the source (B, S) and of what was put out so far (B, T) to log p of what comes next.

    Args:
        source_size, target_size: V of each language; with a shared vocabulary both are the same.
        config: the hyperparameters.

    Call arguments:
        source: (B, S), 0 is padding.
        inputs: (B, T), the target moved on by one, 0 before its first unit.
        training: whether noise is added.

    Returns log p (B, T, V).

    Reference: Sutskever, Vinyals & Le, Sequence to sequence learning with neural networks, 2014; Cho et al., 2014;
    Bahdanau, Cho & Bengio, 2015; Luong, Pham & Manning, 2015.
    """

    def __init__(self, source_size: int, target_size: int, config: TranslationConfig, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.source_size, self.target_size, self.config = source_size, target_size, config
        c, seeds = config, iter(range(config.seed * 1000, config.seed * 1000 + 1000))
        self.head = VocabularySoftmax(target_size, seed=next(seeds), name="softmax")
        vectors = [
            _table(size, c, next(seeds), name) for size, name in ((source_size, "source"), (target_size, "target"))
        ]
        self.source_vectors = None if c.tied == "both" else vectors[0]
        self.target_vectors = vectors[1] if c.tied == "none" else None
        self.words_kept = TokenDropout(c.token_dropout, seed=next(seeds), name="token_dropout")
        self.vectors_kept = keras.layers.Dropout(c.dropout, noise_shape=(None, 1, None), seed=next(seeds))
        self.outputs_kept = keras.layers.Dropout(c.dropout, noise_shape=(None, 1, None), seed=next(seeds))
        noise = _noise(c, next(seeds))
        cells = [CELLS[c.cell](c.units, seed=next(seeds), name=f"encoder_cell_{i}") for i in range(c.layers)]
        self.encoder = [_encoder_layer(cell, c, noise, i) for i, cell in enumerate(cells)]
        if not c.shared_weights:
            cells = [CELLS[c.cell](c.units, seed=next(seeds), name=f"decoder_cell_{i}") for i in range(c.layers)]
        attention = None
        if c.attention != "none":
            attention = Attention(c.attention, coverage=c.coverage, seed=next(seeds), name="attention")
        self.mean = MaskedMeanPooling()
        self.decoder = Decoder(
            cells,
            c.embedding_dim,
            attention,
            query=c.query,
            input_feeding=c.input_feeding,
            dropout=c.dropout,
            noise=None if noise is None else noise.moved(c.layers),
            seed=next(seeds),
            name="decoder",
        )
        memory, context = (_dense(c, next(seeds), name) for name in ("memory", "context"))
        self.to_memory = memory if self._projects_memory else None
        self.bridge: Any = context if c.context != "last" else None
        self.build()

    @property
    def _projects_memory(self) -> bool:
        """The scores that compare equally wide vectors alone need the memory as wide as the decoder's state."""
        return self.config.attention in ("cosine", "dot") and self._memory_width != self.config.units

    @property
    def _memory_width(self) -> int:
        return self.config.units * (2 if self.config.bidirectional else 1)

    def build(self, input_shape: Any = None) -> None:
        """Makes all weights."""
        if getattr(self, "built", False):
            return
        c = self.config
        vectors, memory = (None, None, c.embedding_dim), (None, None, self._memory_width)
        self.head.build((None, c.embedding_dim))
        for table in filter(None, (self.source_vectors, self.target_vectors)):
            table.build()
        shape = vectors
        for layer in self.encoder:
            layer.build(shape)
            shape = memory
        if self.bridge is not None:
            self.bridge.build((None, self._memory_width))
        if self.to_memory is not None:
            self.to_memory.build(memory)
            memory = (None, None, c.units)
        self.decoder.build(vectors, memory, (None, c.units) if c.context_every_step else None)
        self.built = True

    def start_from(self, counts: Any) -> None:
        """The softmax's bias becomes log p of each unit by its count (V,) in the training targets, one more than seen.

        So no state has to say what is rare: where it must, it is driven into the flat of tanh, and learns nothing else.
        """
        self.head.bias.assign(ops.log((counts + 1) / ops.sum(counts + 1)))

    def encode(self, source: Any, training: bool = False) -> Encoded:
        """Reads the sources (B, S)."""
        c, mask = self.config, ops.not_equal(source, 0)
        lookup = self.head.vectors if self.source_vectors is None else self.source_vectors
        x = self._vectors(source, lookup, training)
        states: list[Any] = []
        for number, layer in enumerate(self.encoder):
            x = self.outputs_kept(x, training=training) if number else x
            x, *final = layer(x, mask=mask, training=training)
            states += final
        context = self._context(x, mask, states)
        if c.context != "last":
            states = [context] * len(self.decoder.state_sizes)
        memory = None if c.attention == "none" else x if self.to_memory is None else self.to_memory(x)
        read = self.decoder.source(memory, mask, context if c.context_every_step else None)
        return Encoded(read, states, self.head.columns())

    def _context(self, memory: Any, mask: Any, states: list[Any]) -> Any:
        """c (B, H)."""
        last = states[-len(states) // len(self.encoder) :]  # of the uppermost layer
        if self.config.context == "last":
            return last[0]
        if self.config.context == "mean":
            return self.bridge(self.mean(memory, mask=mask))
        both = last[:: len(last) // 2] if self.config.bidirectional else last[:1]
        return self.bridge(ops.concatenate(both, axis=-1))

    def _vectors(self, ids: Any, lookup: Any, training: bool) -> Any:
        return self.vectors_kept(lookup(self.words_kept(ids, training=training)), training=training)

    def decode(self, inputs: Any, encoded: Encoded, training: bool = False) -> tuple[Any, Any]:
        """r (B, T, E) after each of the inputs (B, T), and the attention's weights (B, T, S) or None."""
        vectors = self._vectors(inputs, self._written, training)
        outputs, weights = self.decoder(vectors, encoded.source, encoded.states, training=training)
        return self.outputs_kept(outputs, training=training), weights

    @property
    def _written(self) -> Any:
        """From ids of the target to their vectors."""
        return self.head.vectors if self.target_vectors is None else self.target_vectors

    def start(self, encoded: Encoded) -> list[Any]:
        """The state before the first step, arrays (B, 1, ·)."""
        return self.decoder.start(encoded.states, encoded.source)

    def step(self, tokens: Any, encoded: Encoded, state: Sequence[Any]) -> tuple[Any, Any, list[Any]]:
        """One step of N hypotheses of each source: tokens (B, N) to log p (B, N, V), weights (B, N, S) or None, the new
        state."""
        outputs, weights, state = self.decoder.step(self._written(tokens), encoded.source, state)
        return self.head.log_p(outputs, encoded.columns), weights, state

    def token_losses(self, outputs: Any, targets: Any, training: bool = False) -> Any:
        """-log p of the targets (B, T), 0 on padding; smoothed in training."""
        labels = ops.where(ops.equal(targets, 0), -1, targets)
        smoothing = self.config.label_smoothing if training else 0.0
        return self.head.loss(outputs, labels, training=training, smoothing=smoothing)

    def call(self, source: Any, inputs: Any, training: bool = False) -> Any:
        return self.head(self.decode(inputs, self.encode(source, training), training)[0])

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "source_size": self.source_size,
            "target_size": self.target_size,
            "config": vars(self.config),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> TranslationNetwork:
        return cls(**{**config, "config": TranslationConfig(**config["config"])})


def moved_on(targets: Any) -> Any:
    """The targets (B, T) as the decoder reads them: each unit at the place of the next, 0 at the first."""
    return ops.pad(targets[:, :-1], [[0, 0], [1, 0]])


def _table(size: int, c: TranslationConfig, seed: int, name: str) -> keras.layers.Embedding:
    start = keras.initializers.RandomUniform(-0.1, 0.1, seed=seed)
    return keras.layers.Embedding(size, c.embedding_dim, start, name=f"{name}_vectors")


def _dense(c: TranslationConfig, seed: int, name: str) -> keras.layers.Dense:
    """To the width of a state: memory W, or tanh(context W + b), which a state may be."""
    start, bounded = keras.initializers.GlorotUniform(seed), name == "context"
    return keras.layers.Dense(c.units, "tanh" if bounded else None, bounded, start, name=name)


def _noise(c: TranslationConfig, seed: int) -> RecurrentDropout | None:
    if not (c.state_dropout or c.weight_drop):
        return None
    return RecurrentDropout(states=c.state_dropout, weights=c.weight_drop, seed=seed)


def _encoder_layer(cell: keras.Layer, c: TranslationConfig, noise: RecurrentDropout | None, number: int) -> keras.Layer:
    options: dict[str, Any] = {"dropout": None if noise is None else noise.moved(number), "name": f"encoder_{number}"}
    if c.bidirectional:
        return Bidirectional(cell, return_state=True, **options)
    return Recurrence(cell, return_state=True, reverse=c.reverse_source, **options)
