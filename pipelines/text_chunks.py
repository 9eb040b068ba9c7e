"""Examples of text on their way to ids, some at a time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import tensorflow as tf

from ..datasets import Examples, Frames, InputError
from ..layers import TextUnits

CHUNK = 1000


class TextChunks:
    """A thousand examples at a time, as strings (B,) or, where they are split already, as ragged tokens (B, None).

    It can be read again and again. Raises InputError, when it is read, for examples that are no text.
    """

    def __init__(self, examples: Examples) -> None:
        self.examples = examples

    def __iter__(self) -> Iterator[Any]:
        rest = iter(self.examples)
        while chunk := list(islice(rest, CHUNK)):
            if isinstance(chunk[0], Frames):
                raise InputError("examples are Frames (pitches step by step), expected text: kind=frames learns music")
            if hasattr(chunk[0], "tokens"):
                yield tf.ragged.constant([list(example.tokens) for example in chunk], dtype=tf.string, ragged_rank=1)
            else:
                yield tf.constant([example.text for example in chunk])


def text_ids(chunk: Any, text: TextUnits) -> tf.RaggedTensor:
    """The ids of one chunk, ragged (B, None), without an end."""
    return text.ids(text.divide(chunk) if isinstance(chunk, tf.RaggedTensor) else text.split(chunk))
