"""Sequence tasks for Keras 3: `datasets` (files to examples), `layers` (the mathematics) and `pipelines` (the tasks).

The three are imported when they are first used, so that `import keras_seq` and `keras-seq --help` start no TensorFlow.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import TYPE_CHECKING

from ._version import __version__

if TYPE_CHECKING:
    from . import datasets, layers, pipelines

__all__ = ["__version__", "datasets", "layers", "pipelines"]


def __getattr__(name: str) -> ModuleType:
    """Imports `keras_seq.<name>` on first use (PEP 562)."""
    if name in ("datasets", "layers", "pipelines"):
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
