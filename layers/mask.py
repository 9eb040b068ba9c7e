"""What a mask must be: (B, T) of bool, True where a step counts."""

from typing import Any


def check_mask(name: str, mask: Any, sequences_shape: tuple) -> None:
    """Raises ValueError, naming the layer, for a mask whose shape is not the (B, T) of its sequences; None is no mask."""
    if mask is not None and not may_be_equal(tuple(mask.shape), sequences_shape[:2]):
        raise ValueError(f"{name}: mask of shape {tuple(mask.shape)}, expected (B, T) = {sequences_shape[:2]}")


def may_be_equal(shape: tuple, expected: tuple) -> bool:
    """Whether two shapes may be equal; an unknown dimension may be anything."""
    pairs = zip(shape, expected, strict=False)
    return len(shape) == len(expected) and all(a == b or a is None or b is None for a, b in pairs)
