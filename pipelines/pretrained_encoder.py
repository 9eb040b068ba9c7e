"""What a classifier may start from instead of chance: a language model of the same shape (Dai & Le, 2015).

Reference: Dai & Le, Semi-supervised sequence learning, 2015.
"""

from __future__ import annotations

import logging
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np
from numpy.typing import NDArray

from ..datasets import InputError
from ..layers import TextUnits
from .artefact import read_manifest
from .classifier_config import ClassifierConfig
from .recurrent_language_model import RecurrentLanguageModel

logger = logging.getLogger(__name__)


class LanguageModelStart(NamedTuple):
    """What is taken from a language model: its shape, units of text, their vectors (V - 1, E) from id 1 on, cells' weights."""

    config: ClassifierConfig
    text: TextUnits
    vectors: NDArray[np.float32]
    cells: list[list[NDArray[np.float32]]]


def language_model_start(path: str, config: ClassifierConfig, rule: str) -> LanguageModelStart:
    """Reads a saved recurrent language model.

    Args:
        path: the directory.
        config: of the classifier. Of cell, units, layers, embedding_dim, text_unit and lowercase, what is not the default must
            be as the language model has it; the rest is taken over.
        rule: by which the classifier's corpus splits texts.

    Raises InputError where it is another model, or one of another shape.
    """
    manifest = read_manifest(Path(path))
    kind = manifest["config"].get("kind", "")
    if (manifest["task"], kind) != ("language-model", "rnn"):
        got = f"{manifest['task']} {kind}".rstrip()
        raise InputError(f"init_from={path}: a model of {got}, expected a recurrent language model (kind=rnn)")
    model = RecurrentLanguageModel.load(path)
    network: Any = model.model
    sizes = {each.cell.units for each in network.recurrence}
    shape = {
        **{name: getattr(model.config, name) for name in ("cell", "layers", "text_unit", "lowercase")},
        "units": max(sizes),
        "embedding_dim": network.width,
    }
    adopted = _adopted(path, shape, config)
    if model.text.tokenizer.rule != rule:
        raise InputError(
            f"init_from={path}: the language model has tokens={model.text.tokenizer.rule}, expected {rule}"
        )
    if len(sizes) > 1 or (adopted.cell == "elman" and model.config.activation != "tanh"):
        raise InputError(f"init_from={path}: layers of other widths or activations, expected equal ones with tanh")
    vectors = np.asarray(network.vectors(np.arange(len(model.text) - 1)))
    return LanguageModelStart(adopted, model.text, vectors, [each.cell.get_weights() for each in network.recurrence])


def _adopted(path: str, shape: dict[str, Any], config: ClassifierConfig) -> ClassifierConfig:
    """The configuration with the shape of the language model; raises InputError for what was set to something else."""
    usual = {field.name: field.default for field in fields(config)}
    ours = {name: getattr(config, name) for name in shape}
    other = {name: value for name, value in shape.items() if value != ours[name]}
    for name, value in other.items():
        if ours[name] != usual[name]:
            raise InputError(f"init_from={path}: the language model has {name}={value}, expected {ours[name]}")
    if other:
        logger.info("init_from: as the language model has it: %s", ", ".join(f"{k}={v}" for k, v in other.items()))
    return replace(config, **other)


def start_from_language_model(model: keras.Model, start: LanguageModelStart) -> None:
    """Gives a classifier's network the weights of a language model, from left to right; the rest keeps its own.

    Rows of W that read what the language model has not, pairs of units or, in upper layers, the other direction, begin at 0, so
    that the left-to-right half says at first what the language model's layers say.
    """
    model.get_layer("embedding").start_from(np.arange(1, 1 + len(start.vectors)), start.vectors)
    for number, (kernel, *rest) in enumerate(start.cells):
        layer = model.get_layer(f"recurrence_{number}")
        missing = layer.cell.kernel.shape[0] - len(kernel)
        layer.cell.set_weights([np.pad(kernel, [(0, missing), (0, 0)]), *rest])
