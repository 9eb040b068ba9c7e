"""Recurrent layers one upon the other, with dropout before each and after the last, whose states go in and come out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras


def read_layers(
    x: Any, layers: Sequence[Any], dropouts: Sequence[keras.layers.Dropout], states: Sequence[Any], training: bool
) -> tuple[Any, list[Any]]:
    """What the uppermost layer says of x (B, T, D), (B, T, H), and the new states.

    Args:
        layers: recurrent, with `return_state`, the lowest first.
        dropouts: one before each layer, and one after the last.
        states: of all layers, each (B, H).
        training: whether noise is added.
    """
    rest, new = list(states), list[Any]()
    for dropout, layer in zip(dropouts, layers, strict=False):
        count = len(_sizes(layer))
        x, *final = layer(dropout(x, training=training), initial_state=rest[:count], training=training)
        rest, new = rest[count:], [*new, *final]
    return dropouts[-1](x, training=training), new


def state_sizes(layers: Sequence[Any]) -> list[int]:
    """The width of each state."""
    return [size for layer in layers for size in _sizes(layer)]


def _sizes(layer: Any) -> list[int]:
    return keras.tree.flatten(layer.cell.state_size)
