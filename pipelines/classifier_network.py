"""A classifier's network: e[t] = E w[t], h = recurrence(e), v = pool(h), z = W v + b, and what n-grams add."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import keras

from ..layers import (
    CELLS,
    AttentionPooling,
    Bidirectional,
    MaskedMaxPooling,
    MaskedMeanPooling,
    NgramLogits,
    PairEmbedding,
    PositionEmbedding,
    Recurrence,
    RecurrentDropout,
    SideBySide,
    TokenEmbedding,
)
from .classifier_config import ClassifierConfig


def classifier_network(
    vocabulary_size: int, labels: int, config: ClassifierConfig, pairs: Any = (), ngrams: Sequence[Any] = ()
) -> tuple[keras.Model, keras.Model]:
    """(ids (B, T) -> logits (B, K); the same layers with what lies inside).

    The second model gives a dict: logits (B, K), vectors (B, T, E) with those of pairs beside them, where pooling is by
    attention weights (B, T), and with `ngrams` contributions (B, T, K), the part of each unit in what n-grams add.

    Args:
        vocabulary_size: V, of which id 0 is padding.
        labels: K.
        config: the hyperparameters.
        pairs: (N, 2), of units, where `bigrams` reads them.
        ngrams: tables of 2, 3, ... units, as `NgramLogits` has them, where `ngrams` lets them add to the logits.
    """
    c, seeds = config, iter(range(config.seed * 1000, config.seed * 1000 + 1000))
    policy = "mixed_bfloat16" if c.precision == "bfloat16" else "float32"
    ids = keras.Input((None,), dtype="int32", name="ids")
    embedding = TokenEmbedding(
        vocabulary_size,
        c.embedding_dim,
        fixed=not c.train_vectors,
        token_dropout=c.token_dropout,
        seed=next(seeds),
        name="embedding",
        dtype=policy,
    )
    x = embedding(ids)
    if c.bigrams:
        seed = config.seed * 1000 + 999  # the last one: without pairs all others stay what they are
        pair_vectors = PairEmbedding(pairs, c.bigram_units, c.token_dropout, seed, name="pairs", dtype=policy)(ids)
        x = SideBySide(name="features", dtype=policy)(ids, x, pair_vectors)
    vectors = x
    if c.positions:
        x = PositionEmbedding(c.positions, name="positions", dtype=policy)(x)
    for number in range(c.layers):
        x = keras.layers.Dropout(c.dropout, (None, 1, None), next(seeds), name=f"dropout_{number}", dtype=policy)(x)
        x = (Bidirectional if c.bidirectional else Recurrence)(
            CELLS[c.cell](c.units, seed=next(seeds), name="cell", dtype=policy),
            return_sequences=number < c.layers - 1 or c.pooling != "last",
            dropout=_noise(c, seeds),
            name=f"recurrence_{number}",
            dtype=policy,
        )(x)
    x, weights = _pooled(x, c, next(seeds))
    x = keras.layers.Dropout(c.dropout, seed=next(seeds), name="dropout")(x)
    start = keras.initializers.GlorotUniform(seed=next(seeds))
    logits = keras.layers.Dense(labels, kernel_initializer=start, name="logits")(x)
    inside = {"vectors": vectors, **weights}
    if c.ngrams:
        logits, inside["contributions"] = _with_ngrams(ids, logits, vocabulary_size, ngrams, c)
    inside["logits"] = logits
    return keras.Model(ids, logits, name="classifier"), keras.Model(ids, inside, name="inside")


def _with_ngrams(
    ids: Any, logits: Any, vocabulary_size: int, ngrams: Sequence[Any], c: ClassifierConfig
) -> tuple[Any, Any]:
    """(The logits (B, K) with what n-grams add; the part of each unit in that (B, T, K))."""
    layer = NgramLogits(
        vocabulary_size,
        ngrams,
        logits.shape[-1],
        c.dropout,
        return_contributions=True,
        seed=c.seed * 1000 + 998,  # as for pairs
        name="ngrams",
        dtype="float32",
    )
    added, contributions = layer(ids)
    return keras.layers.Add(name="both_logits", dtype="float32")([logits, added]), contributions


def _noise(c: ClassifierConfig, seeds: Iterator[int]) -> RecurrentDropout | None:
    """That of a recurrence; without any all seeds stay what they are."""
    if not (c.weight_drop or c.state_dropout):
        return None
    return RecurrentDropout(states=c.state_dropout, weights=c.weight_drop, seed=next(seeds))


def _pooled(x: Any, c: ClassifierConfig, seed: int) -> tuple[Any, dict[str, Any]]:
    """One vector of each text (B, H) of the states (B, T, H); by attention, also the weights (B, T)."""
    if c.pooling == "attention":
        x, weights = AttentionPooling(max(1, c.units // 2), return_weights=True, seed=seed, name="pooling")(x)
        return x, {"weights": weights}
    if c.pooling == "last":  # the recurrence has returned its last states alone
        return x, {}
    return (MaskedMeanPooling if c.pooling == "mean" else MaskedMaxPooling)(name="pooling")(x), {}
