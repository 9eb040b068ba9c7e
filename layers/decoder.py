"""A recurrent decoder (Cho et al., 2014) with attention (Bahdanau et al., 2015; Luong et al., 2015).

s[t] = cell([e(y[t-1]); …], s[t-1]);  c[t] = Σ_j a[t,j] h[j];  r[t] = tanh(Wr [s[t]; c[t]] + br)

What stands for … is an option each: a fixed context, the attention's context c[t] asked for by s[t-1] (query "old"; with "new"
s[t] asks, after the step), and r[t-1] (input feeding). Layers above the first read [s[t]; c[t]] of the layer below (Wu et
al., 2016).
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import keras
from keras import ops

from .attention import Attention
from .cell import boolean, positive_integer, seeded
from .loop import Walk, scan
from .recurrence import Recurrence, known_cell
from .recurrent_dropout import RecurrentDropout

QUERIES = ("new", "old")


class Source(NamedTuple):
    """What a decoder reads of its source; see `Decoder.source`.

    memory (B, S, D) with its keys (B, S, ·) and mask (B, S) of bool, or None where there is no attention; context (B, C) or
    None.
    """

    memory: Any = None
    keys: Any = None
    mask: Any = None
    context: Any = None


@keras.saving.register_keras_serializable(package="keras_seq")
class Decoder(keras.Layer):
    """Reads what has been put out so far, and the source, and says what to put out next.

    Args:
        cells: one for each layer, the lowest first.
        units: A, the size of what is put out.
        attention: an `Attention`, without `return_weights`; None: none.
        query: which state of the first layer asks: "new", after the step, or "old", before it.
        input_feeding: whether a step reads what the last one put out.
        dropout: the share of features dropped between layers, the same at every step.
        noise: of the cells, a `RecurrentDropout`; only where no step reads what attention or output the last one had.
        seed: makes start values and draws repeatable.

    Call arguments:
        vectors: of what was put out before, (B, T, E).
        source: as `source` makes it.
        states: of all cells, each (B, H).
        training: whether noise is added.

    Returns r (B, T, A) and the attention's weights (B, T, S), None without attention. Masking: none is needed, as no step
    sees a later one; the source has its own.

    Where no step needs the last one's attention or output, all cells run over time by the engine of `Recurrence`, and all
    queries are asked at once. Otherwise, and in `step`, one step follows the other; both give the same.

    Raises ValueError for options that do nothing, or that a step at a time cannot have.

    Example:
        decoder = Decoder([GRUCell(8)], 6, Attention("general"))
        decoder.build((None, None, 5), (None, None, 4))
        source = decoder.source(keras.ops.ones((2, 3, 4)))
        outputs, weights = decoder(keras.ops.ones((2, 7, 5)), source, [keras.ops.zeros((2, 8))])  # (2, 7, 6), (2, 7, 3)

    Reference: Cho et al., Learning phrase representations using RNN encoder-decoder, 2014; Bahdanau, Cho & Bengio, 2015; Luong,
    Pham & Manning, 2015; Wu et al., Google's neural machine translation system, 2016.
    """

    def __init__(
        self,
        cells: Sequence[keras.Layer],
        units: int,
        attention: Attention | None = None,
        query: str = "new",
        input_feeding: bool = False,
        dropout: float = 0.0,
        noise: RecurrentDropout | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        if not isinstance(cells, Sequence) or not cells:
            raise ValueError(f"Decoder: cells={cells!r}, expected a list of at least one cell")
        self.cells = [known_cell(self, cell) for cell in cells]
        self.units = positive_integer(self, "units", units)
        self.attention, self.query = attention, query
        self.input_feeding = boolean(self, "input_feeding", input_feeding)
        self.dropout, self.noise, self.seed = dropout, noise, seed
        self._check()
        self.layers_over_time = [] if self.by_steps else [_over_time(c, noise, i) for i, c in enumerate(self.cells)]
        self.between = keras.layers.Dropout(dropout, noise_shape=(None, 1, None), seed=seed, name="between")

    def _check(self):
        """Raises ValueError for options that do nothing together."""
        if self.query not in QUERIES:
            raise ValueError(f"Decoder: query={self.query!r}, expected one of {', '.join(QUERIES)}")
        if self.attention is None and self.query != "new":
            raise ValueError("Decoder: query='old' without attention, expected an Attention")
        if self.by_steps and self.noise is not None:
            raise ValueError("Decoder: noise with steps that read the last one's output, expected None")

    @property
    def by_steps(self) -> bool:
        """Whether a step needs more of the last one than its states."""
        return self.input_feeding or self.query == "old" or self._coverage

    @property
    def _coverage(self):
        return self.attention is not None and self.attention.coverage

    @property
    def state_sizes(self) -> list[int]:
        """The width of each cell's states."""
        return [size for cell in self.cells for size in keras.tree.flatten(cell.state_size)]

    def build(self, vectors_shape, memory_shape=None, context_shape=None):
        fed = 0 if context_shape is None else context_shape[-1]
        seen = 0 if self.attention is None else memory_shape[-1]
        width = vectors_shape[-1] + fed + (seen if self.query == "old" else 0) + self.input_feeding * self.units
        for number, cell in enumerate(self.cells):
            if not cell.built:
                cell.build((None, width))
            if not self.by_steps:
                self.layers_over_time[number].build((None, None, width))
            width = cell.output_size + seen
        if self.attention is not None and not self.attention.built:
            self.attention.build((None, None, self.cells[0].output_size), memory_shape)
        start = seeded(keras.initializers.GlorotUniform(), self.seed, 0)
        self.kernel = self.add_weight(shape=(width, self.units), initializer=start, name="kernel")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def source(self, memory: Any = None, mask: Any = None, context: Any = None) -> Source:
        """What the decoder reads, computed once: memory (B, S, D) with its mask (B, S), and context (B, C), where it has
        them."""
        if self.attention is None:
            return Source(context=context)
        return Source(memory, self.attention.keys(memory), mask, context)

    def call(self, vectors, source, states, training=False):
        if self.by_steps:
            return self._step_by_step(vectors, source, states, training)
        x, rest, context, weights = self._beside(vectors, source), list(states), None, None
        for number, layer in enumerate(self.layers_over_time):
            if number:
                x = self.between(self._joined(x, context), training=training)
            count = len(keras.tree.flatten(layer.cell.state_size))
            x = layer(x, initial_state=rest[:count], training=training)
            rest = rest[count:]
            if not number:
                context, weights = self._attend(x, source)
        return self._put_out(x, context), weights

    def _step_by_step(self, vectors, source, states, training):
        batch = ops.shape(vectors)[0]
        sizes = [cell.output_size + (0 if source.memory is None else source.memory.shape[-1]) for cell in self.cells]
        kept = [self.between(ops.ones((batch, 1, size), vectors.dtype), training=training) for size in sizes[:-1]]

        def step(carry, inputs):
            out, weights, carry = self._step(inputs[0][:, None], source, [each[:, None] for each in carry], kept)
            outputs = (out[:, 0],) if weights is None else (out[:, 0], weights[:, 0])
            return tuple(each[:, 0] for each in carry), outputs

        carry = tuple(each[:, 0] for each in self.start(states, source))
        widths = (self.units,) if source.memory is None else (self.units, source.memory.shape[1])
        ((_, outputs),) = scan([Walk(step, carry, (ops.transpose(vectors, (1, 0, 2)),), widths)])
        outputs = [ops.transpose(each, (1, 0, 2)) for each in outputs]
        return outputs[0], outputs[1] if source.memory is not None else None

    def start(self, states: Sequence[Any], source: Source) -> list[Any]:
        """What `step` takes first: the cells' states (B, H) and what else a step keeps, each (B, 1, ·)."""
        found = [state[:, None] for state in states]
        zero = ops.zeros_like(found[0][..., :1])
        if self.input_feeding:
            found.append(ops.repeat(zero, self.units, axis=-1))
        if self._coverage:
            found.append(zero * ops.cast(ops.zeros_like(source.memory[:, None, :, 0]), zero.dtype))
        return found

    def step(self, vectors: Any, source: Source, state: Sequence[Any]) -> tuple[Any, Any, list[Any]]:
        """One step of N hypotheses of each source: vectors (B, N, E), state each (B, N, ·), as `start` or the last step
        gave it.

        Returns r (B, N, A), the weights (B, N, S) or None, and the new state.
        """
        return self._step(vectors, source, state, None)

    def _step(self, vectors, source, state, kept):
        states, fed, seen = self._apart(list(state))
        x, context, weights = self._beside(vectors, source), None, None
        if self.query == "old":
            context, weights = self._attend(states[0], source, seen)
            x = ops.concatenate([x, context], axis=-1)
        x = ops.concatenate([x, *fed], axis=-1) if fed else x
        new: list[Any] = []
        for number, cell in enumerate(self.cells):
            if number:
                x = self._joined(x, context)
                x = x if kept is None else x * kept[number - 1]
            count = len(keras.tree.flatten(cell.state_size))
            x, states_of_cell = _one_step(cell, x, states[len(new) : len(new) + count])
            new += states_of_cell
            if not number and self.query == "new":
                context, weights = self._attend(x, source, seen)
        out = self._put_out(x, context)
        return out, weights, [*new, *([out] if fed else []), *(each + weights for each in seen)]

    def _apart(self, state):
        """The cells' states, what was put out, and the sum of all weights, the last two as lists of one or none."""
        seen = [state.pop()] if self._coverage else []
        fed = [state.pop()] if self.input_feeding else []
        return state, fed, seen

    def _beside(self, vectors, source):
        """[e; c] where a fixed context is read at every step."""
        if source.context is None:
            return vectors
        steps = ops.shape(vectors)[1]
        return ops.concatenate([vectors, ops.repeat(source.context[:, None], steps, axis=1)], axis=-1)

    def _attend(self, query, source, seen=()):
        if self.attention is None:
            return None, None
        return self.attention.attend(query, source.keys, source.memory, source.mask, *seen)

    def _joined(self, state, context):
        """[s; c]"""
        return state if context is None else ops.concatenate([state, context], axis=-1)

    def _put_out(self, state, context):
        """r, one product for all steps."""
        return ops.tanh(ops.tensordot(self._joined(state, context), self.kernel, 1) + self.bias)

    def compute_output_spec(self, vectors, source, states, training=False):
        outputs = keras.KerasTensor((*vectors.shape[:2], self.units), dtype=self.compute_dtype)
        if source.memory is None:
            return outputs, None
        return outputs, keras.KerasTensor((*vectors.shape[:2], source.memory.shape[1]), dtype=self.compute_dtype)

    def get_config(self):
        return {
            **super().get_config(),
            "cells": [keras.saving.serialize_keras_object(cell) for cell in self.cells],
            "units": self.units,
            "attention": keras.saving.serialize_keras_object(self.attention),
            "query": self.query,
            "input_feeding": self.input_feeding,
            "dropout": self.dropout,
            "noise": keras.saving.serialize_keras_object(self.noise),
            "seed": self.seed,
        }

    @classmethod
    def from_config(cls, config):
        names = ("cells", "attention", "noise")
        inner = {name: keras.saving.deserialize_keras_object(config[name]) for name in names}
        return cls(**{**config, **inner})


def _over_time(cell, noise, number):
    """A cell as a layer; each draws its own noise."""
    moved = None if noise is None else noise.moved(number)
    return Recurrence(cell, dropout=moved, name=f"over_time_{number}")


def _one_step(cell, x, states):
    """A cell for all rows of x (B, N, D); its output and states, each (B, N, H)."""
    rows, many = ops.shape(x)[0], ops.shape(x)[1]
    flat = [ops.reshape(each, (-1, each.shape[-1])) for each in (x, *states)]
    out, new = cell(flat[0], flat[1:])
    return _by_hypothesis(rows, many, out), [_by_hypothesis(rows, many, each) for each in keras.tree.flatten(new)]


def _by_hypothesis(rows, many, flat):
    """(B N, H) -> (B, N, H)"""
    return ops.reshape(flat, (rows, many, flat.shape[-1]))
