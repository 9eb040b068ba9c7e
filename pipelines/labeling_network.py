"""The labeller's network: features of each token side by side, an encoder that sees its neighbours, scores of labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import keras

from ..layers import (
    CELLS,
    CRF,
    AttentionPooling,
    Bidirectional,
    CharacterConvolution,
    CharacterRecurrence,
    LabelSoftmax,
    OneHot,
    Recurrence,
    RecurrentDropout,
    SelfAttention,
    SideBySide,
    TokenEmbedding,
    TokenEncoder,
    Window,
)
from .label_set import LabelSet
from .labeling_config import SequenceLabelerConfig


def labeling_network(
    config: SequenceLabelerConfig, encoder: TokenEncoder, labels: LabelSet, sentence_labels: Sequence[str] = ()
) -> keras.Model:
    """From the encoder's features, a dict of ids (B, T, ...), to "labels", scores (B, T, K).

    Args:
        config: the hyperparameters.
        encoder: the vocabularies.
        labels: K.
        sentence_labels: of whole sentences; with them there is "sentence" too, logits (B, their number).
    """
    c, policy = config, _policy(config)
    seeds, more = (iter(range(first, first + 500)) for first in (1000 * c.seed, 1000 * c.seed + 500))
    inputs = _inputs(encoder, c)
    x = _token_vectors(inputs, encoder, c, next(seeds), more)
    x = _dropout(c, c.input_dropout, "input", next(seeds))(x)
    for number in range(c.layers):
        y = _layer(c, number, next(seeds), next(more))(x)
        if c.residual and number:
            y = keras.layers.Add(name=f"residual_{number}", dtype=policy)([x, y])
        x = _dropout(c, c.dropout, str(number), next(seeds))(y)
    if c.self_attention:
        x = SelfAttention(c.units, seed=next(more), name="self_attention", dtype=policy)(x)
    outputs = {"labels": _output(c, labels, next(seeds))(x)}
    if sentence_labels:
        outputs["sentence"] = _sentence(c, len(sentence_labels), x, seeds)
    return keras.Model(inputs, outputs, name="sequence_labeler")


def _inputs(encoder: TokenEncoder, c: SequenceLabelerConfig) -> dict[str, Any]:
    """What the encoder gives of each token."""
    used = {
        "words": (),
        **({"characters": (c.max_characters,)} if encoder.characters is not None else {}),
        **({"shapes": ()} if encoder.shapes is not None else {}),
        **({"trigrams": (c.max_characters,)} if encoder.trigrams else {}),
        **({"bigrams": (2,)} if encoder.bigrams is not None else {}),
    }
    return {name: keras.Input((None, *shape), dtype="int32", name=name) for name, shape in used.items()}


def _token_vectors(
    inputs: Mapping[str, Any], encoder: TokenEncoder, c: SequenceLabelerConfig, seed: int, more: Iterator[int]
) -> Any:
    """(B, T, ·): all features of each token side by side."""
    parts = [*_words(inputs, encoder, c, seed), *_letters(inputs, encoder, c, seed, more)]
    if encoder.shapes is not None:
        parts.append(_table(c, "shape_vectors", len(encoder.shapes), c.shape_units, next(more))(inputs["shapes"]))
    if encoder.bigrams is not None:
        table = _table(c, "bigram_vectors", len(encoder.bigrams), c.bigram_units, next(more))
        pairs = inputs["bigrams"]  # (B, T, 2)
        pairs = table(pairs)  # (B, T, 2, ·)
        parts.append(keras.layers.Reshape((-1, 2 * c.bigram_units), name="both_pairs", dtype=_policy(c))(pairs))
    if len(parts) == 1 and c.words != "none":
        return parts[0]
    return SideBySide(name="features", dtype=_policy(c))(inputs["words"], *parts)


def _words(inputs: Mapping[str, Any], encoder: TokenEncoder, c: SequenceLabelerConfig, seed: int) -> Iterator[Any]:
    size = len(encoder.words)
    if c.words == "one-hot":
        yield OneHot(size, c.token_dropout, seed, name="one_hot", dtype=_policy(c))(inputs["words"])
    elif c.words == "embedding":
        fixed, drop = not c.train_vectors, c.token_dropout
        layer = TokenEmbedding(
            size, c.embedding_dim, encoder.trigrams, fixed, drop, seed, name="embedding", dtype=_policy(c)
        )
        yield layer(*(inputs[name] for name in ("words", "trigrams") if name in inputs))


def _letters(
    inputs: Mapping[str, Any], encoder: TokenEncoder, c: SequenceLabelerConfig, seed: int, more: Iterator[int]
) -> Iterator[Any]:
    if encoder.characters is None:
        return
    size, letters, policy = len(encoder.characters), inputs["characters"], _policy(c)
    if c.characters in ("cnn", "both"):
        yield CharacterConvolution(size, c.character_units, seed=seed, name="letter_filters", dtype=policy)(letters)
    if c.characters in ("lstm", "both"):
        yield CharacterRecurrence(size, c.character_units, seed=next(more), name="letter_states", dtype=policy)(letters)


def _table(c: SequenceLabelerConfig, name: str, size: int, units: int, seed: int) -> keras.layers.Embedding:
    bound = (3 / units) ** 0.5  # as in `TokenEmbedding`
    start = keras.initializers.RandomUniform(-bound, bound, seed=seed)
    return keras.layers.Embedding(size, units, start, name=name, dtype=_policy(c))


def _layer(c: SequenceLabelerConfig, number: int, seed: int, noise_seed: int) -> keras.layers.Layer:
    """One layer of the encoder."""
    policy = _policy(c)
    if c.encoder == "window":
        return Window(c.units, c.window, seed=seed, name=f"window_{number}", dtype=policy)
    noise = None
    if c.weight_drop or c.state_dropout:
        noise = RecurrentDropout(states=c.state_dropout, weights=c.weight_drop, seed=noise_seed)
    cell = CELLS[c.cell](c.units, seed=seed, name="cell", dtype=policy)
    return (Bidirectional if c.bidirectional else Recurrence)(
        cell, dropout=noise, name=f"recurrence_{number}", dtype=policy
    )


def _dropout(c: SequenceLabelerConfig, rate: float, place: str, seed: int) -> keras.layers.Layer:
    """Noise of features that is the same at every step."""
    return keras.layers.Dropout(rate, (None, 1, None), seed, name=f"dropout_{place}", dtype=_policy(c))


def _output(c: SequenceLabelerConfig, labels: LabelSet, seed: int) -> keras.layers.Layer:
    if c.output == "softmax":
        return LabelSoftmax(len(labels), seed=seed, name="labels", dtype=_policy(c))
    start, transitions, end = labels.constraints or (None, None, None)
    return CRF(len(labels), transitions, start, end, seed=seed, name="labels", dtype=_policy(c))


def _sentence(c: SequenceLabelerConfig, count: int, x: Any, seeds: Iterator[int]) -> Any:
    """Logits (B, their number), in float32."""
    pooled = AttentionPooling(max(1, c.units // 2), seed=next(seeds), name="pooling", dtype=_policy(c))(x)
    start = keras.initializers.GlorotUniform(seed=next(seeds))
    return keras.layers.Dense(count, kernel_initializer=start, name="sentence", dtype="float32")(pooled)


def _policy(c: SequenceLabelerConfig) -> str:
    """What Keras calls the precision: weights are kept in float32."""
    return "mixed_bfloat16" if c.precision == "bfloat16" else "float32"
