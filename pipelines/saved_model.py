"""SavedModels for TensorFlow Serving: written as whole versions, and read back as a server reads them, by a Session."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
import tensorflow_text  # noqa: F401 - registers the text ops that a SavedModel may contain

from ..datasets import InputError


def write_saved_model(path: str | Path, model: keras.Model, serving: tf.Module) -> Path:
    """Writes `path`/N, N one above the highest there; a server sees the version whole or not at all.

    Args:
        path: the folder that a server watches; new, empty, or with numbered versions in it.
        model: owns the variables.
        serving: its `serve` is the signature; it holds the tables, not the model.

    Raises InputError where `path` holds anything else, and OSError where the disk is full or not writable.
    """
    path = Path(path)
    version = _next_version(path)
    path.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=".export-", dir=path))
    try:
        archive = keras.export.ExportArchive()
        archive.track(model)
        archive.track(serving)
        archive.add_endpoint("serving_default", serving.serve)
        with _quiet():
            archive.write_out(str(temporary / "model"), verbose=False)
        os.rename(temporary / "model", path / str(version))
    except tf.errors.OpError as error:  # how TensorFlow says that the disk is full
        raise OSError(f"{path}: the export was not written: {error.message.rpartition('; ')[2]}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return path / str(version)


def _next_version(path: Path) -> int:
    if path.exists() and not path.is_dir():
        raise InputError(f"{path}: is a file, expected a directory to export to")
    names = [entry.name for entry in path.iterdir() if not entry.name.startswith(".export-")] if path.is_dir() else []
    if strange := [name for name in names if not name.isdecimal()]:
        raise InputError(f"{path}: contains {strange[0]}, expected a new directory or one of numbered versions")
    return max((int(name) for name in names), default=0) + 1


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """TensorFlow warns of untraced functions of Keras layers, no signature among them, and that Sessions are of version 1."""
    logger = tf.get_logger()
    level = logger.level
    logger.setLevel("ERROR")
    try:
        yield
    finally:
        logger.setLevel(level)


class SavedModelSession:
    """An exported version, loaded through a Session as TensorFlow Serving loads it.

    Args:
        path: `serving/NAME/N`, or `serving/NAME` for its highest version.

    Raises InputError where there is no SavedModel, or one that is damaged or takes no text.

    Example: `SavedModelSession("serving/tickets")(["我一月一号去郑州"])["labels"]`.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = highest_version(path)
        self._graph = tf.Graph()
        with self._graph.as_default(), _quiet():
            self._session = tf.compat.v1.Session(graph=self._graph)
            signature = self._load()
        self._inputs = {name: info.name for name, info in signature.inputs.items()}
        self._outputs = {name: info.name for name, info in signature.outputs.items()}

    def _load(self) -> Any:
        try:
            with _quiet():
                meta = tf.compat.v1.saved_model.loader.load(self._session, ["serve"], str(self.path))
        except (OSError, RuntimeError, tf.errors.OpError) as error:
            what = str(error).partition("\n")[0]
            raise InputError(f"{self.path}: {what}; expected a SavedModel that `export` wrote") from error
        if "serving_default" not in meta.signature_def or "text" not in meta.signature_def["serving_default"].inputs:
            raise InputError(f"{self.path}: no signature that takes text, expected a SavedModel that `export` wrote")
        return meta.signature_def["serving_default"]

    def __call__(self, texts: Sequence[str | bytes], label: str | None = None) -> dict[str, np.ndarray[Any, Any]]:
        """The outputs of the signature by name, each with len(texts) rows.

        Args:
            texts: (B,).
            label: what all of them start from, of an export that takes labels; None, or "", for none in particular.

        Raises InputError for a label where the export takes none.
        """
        columns = {"text": texts}
        if "label" in self._inputs:
            columns["label"] = [label or ""] * len(texts)
        elif label:
            raise InputError(f"{self.path}: label {label!r}, but this export takes text alone")
        feed = {self._inputs[name]: _strings(column) for name, column in columns.items()}
        return self._session.run(self._outputs, feed)

    @property
    def outputs(self) -> set[str]:
        """The names of the signature's outputs."""
        return set(self._outputs)

    def close(self) -> None:
        """Frees the Session."""
        self._session.close()


def _strings(column: Sequence[str | bytes]) -> np.ndarray[Any, Any]:
    return np.array([text.encode() if isinstance(text, str) else text for text in column], dtype=object)


def highest_version(path: str | Path) -> Path:
    """The SavedModel's own directory; raises InputError where there is none."""
    path = Path(path)
    if (path / "saved_model.pb").is_file():
        return path
    versions = [entry for entry in path.iterdir() if entry.name.isdecimal()] if path.is_dir() else []
    if not versions:
        raise InputError(f"{path}: no SavedModel in it, expected a directory that `export` wrote")
    return max(versions, key=lambda entry: int(entry.name))
