"""What a classifier may start from instead of chance: a language model of the same shape, or word vectors of others.

References: Dai & Le, Semi-supervised sequence learning, 2015 (the language model); Kim, Convolutional neural networks for
sentence classification, 2014 (vectors: rows of unknown words are drawn with the variance of the known ones).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np
from numpy.typing import NDArray

from ..datasets import InputError
from ..datasets.word_vectors import read_vectors
from ..layers import Bidirectional, TextUnits
from .artefact import read_manifest
from .classifier_config import ClassifierConfig
from .recurrent_language_model import RecurrentLanguageModel


class LanguageModelStart(NamedTuple):
    """What is taken from a language model: units of text, their vectors (V - 1, E) from id 1 on, the cells' weights."""

    text: TextUnits
    vectors: NDArray[np.float32]
    cells: list[list[NDArray[np.float32]]]


def language_model_start(path: str, config: ClassifierConfig, rule: str) -> LanguageModelStart:
    """Reads a saved recurrent language model.

    Args:
        path: the directory.
        config: of the classifier, which must have the same cell, units, layers, embedding_dim, text_unit and lowercase.
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
    theirs = {
        **{name: getattr(model.config, name) for name in ("cell", "layers", "text_unit", "lowercase")},
        "units": sorted({each.cell.units for each in network.recurrence}),
        "embedding_dim": network.width,
        "tokens": model.text.tokenizer.rule,
    }
    ours = {**{name: getattr(config, name) for name in theirs if name != "tokens"}, "tokens": rule}
    _check_fit(path, {**theirs, "units": theirs["units"][-1]}, ours)
    if len(theirs["units"]) > 1 or (config.cell == "elman" and model.config.activation != "tanh"):
        raise InputError(f"init_from={path}: layers of other widths or activations, expected equal ones with tanh")
    vectors = np.asarray(network.vectors(np.arange(len(model.text) - 1)))
    return LanguageModelStart(model.text, vectors, [each.cell.get_weights() for each in network.recurrence])


def _check_fit(path: str, theirs: dict[str, Any], ours: dict[str, Any]) -> None:
    for name, value in theirs.items():
        if value != ours[name]:
            raise InputError(f"init_from={path}: the language model has {name}={value}, expected {ours[name]}")


def start_from_language_model(model: keras.Model, start: LanguageModelStart) -> None:
    """Gives a classifier's network the weights of a language model, from left to right; the rest keeps its own.

    In upper layers of a network that reads from both ends, the rows of W that read the other direction begin at 0, so that the
    left-to-right half says at first what the language model's layers say.
    """
    _set_vectors(model, 1, start.vectors)
    for number, (kernel, *rest) in enumerate(start.cells):
        layer = model.get_layer(f"recurrence_{number}")
        missing = layer.cell.kernel.shape[0] - len(kernel) if isinstance(layer, Bidirectional) else 0
        layer.cell.set_weights([np.pad(kernel, [(0, missing), (0, 0)]), *rest])


class Coverage(NamedTuple):
    """The shares of the vocabulary, and of the training split's units, that have a vector in the file."""

    vocabulary: float
    units: float


def start_from_vectors(
    model: keras.Model, path: str, words: Sequence[str], counts: NDArray[np.int64], seed: int
) -> Coverage:
    """Gives a classifier's network word vectors from a file; one that lacks a word may have it in lower case.

    Args:
        model: with a layer "embedding" of V rows.
        path: of the file.
        words: (V) of the vocabulary, padding, unknown and end first.
        counts: (V) of each in training.
        seed: of the rows that the file lacks, drawn with the variance of those that it has.

    Raises InputError where no word is in the file or its vectors have another width.
    """
    wanted = {form for word in words[3:] for form in (word, word.lower())}
    found = read_vectors(path, wanted)
    width = model.get_layer("embedding").units
    if found.vectors.shape[1] != width:
        raise InputError(f"{path}: vectors of {found.vectors.shape[1]} numbers, expected embedding_dim={width}")
    if not len(found.words):
        raise InputError(
            f"{path}: none of the {len(words) - 3} words of the vocabulary is in it, expected at least one"
        )
    places = {word: row for row, word in enumerate(found.words)}
    rows = np.array([-1, -1, -1, *(places.get(word, places.get(word.lower(), -1)) for word in words[3:])])
    table = np.random.default_rng(seed).normal(0, found.vectors.std(), (len(words), width)).astype(np.float32)
    table[rows >= 0] = found.vectors[rows[rows >= 0]]
    _set_vectors(model, 0, table)
    return Coverage(float(np.mean(rows[3:] >= 0)), float(counts[rows >= 0].sum() / max(1, counts.sum())))


def _set_vectors(model: keras.Model, first: int, vectors: NDArray[np.float32]) -> None:
    """Puts vectors into the rows from `first` on."""
    embeddings = model.get_layer("embedding").embeddings
    table = keras.ops.convert_to_numpy(embeddings).copy()
    table[first : first + len(vectors)] = vectors
    embeddings.assign(table)
