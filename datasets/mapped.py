"""Examples that are changed as they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Generic

from .example import Example_co, Examples


class MappedExamples(Generic[Example_co]):
    """`change(example)` for each example; nothing is copied, each reading goes to the original."""

    def __init__(self, examples: Examples[Any], change: Callable[[Any], Example_co]) -> None:
        self.examples, self.change = examples, change

    def __len__(self) -> int:
        return len(self.examples)

    def __iter__(self) -> Iterator[Example_co]:
        return map(self.change, self.examples)
