"""A directory that holds a trained pipeline: a manifest, JSON documents and safetensors. Loading it runs no code.

    pipeline.json                  the manifest: format, task, hyperparameters, and each other file with its sha256
    vocabulary-<hash>.json         documents
    weights-<hash>.safetensors     tensors

Files are named by their content and written first; the manifest, renamed into place last, is the moment at which the new
artefact replaces the old one. A killed process or a full disk leaves the old one whole. A checkpoint is a directory of the
same kind: optimizer-<hash>.safetensors beside the weights, and the epoch, the step and the seeds in the manifest.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy

from ..datasets import InputError, write_file

MANIFEST = "pipeline.json"
FORMAT = "keras-seq pipeline"
FORMAT_VERSION = 1
KEYS = {"task", "config", "corpus", "run", "files"}
_PART = re.compile(r"[a-z]+-[0-9a-f]{16}\.(json|safetensors)")
_TEMPORARY = re.compile(rf"\.({re.escape(MANIFEST)}|{_PART.pattern})\.\w+")  # what a killed `write_file` leaves


def check_free(path: str | Path) -> Path:
    """The path as it may be written: new, empty, or an artefact of ours, also one that a killed process left unfinished.

    Raises InputError for anything else, and where no directory can be made.
    """
    path = Path(path)
    if path.exists() and not path.is_dir():
        raise InputError(f"{path}: is a file, expected a directory to write to")
    if path.is_dir() and not is_artefact(path) and not all(_is_part(file) for file in path.iterdir()):
        raise InputError(f"{path}: exists and is not a keras-seq model, expected a new or empty directory")
    nearest = next(folder for folder in (path, *path.absolute().parents) if folder.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        raise InputError(f"{path}: {nearest} is not a directory that can be written to")
    return path


def is_artefact(path: str | Path) -> bool:
    """Whether the directory holds a manifest of ours."""
    try:
        return json.loads((Path(path) / MANIFEST).read_text("utf-8"))["format"] == FORMAT
    except (OSError, ValueError, TypeError, KeyError):
        return False


def write_artefact(
    path: str | Path,
    manifest: Mapping[str, Any],
    documents: Mapping[str, Any],
    tensors: Mapping[str, Mapping[str, np.ndarray]],
) -> None:
    """Writes or replaces an artefact; raises InputError where the directory is not ours."""
    path = check_free(path)
    path.mkdir(parents=True, exist_ok=True)
    contents = {name: (json.dumps(value, ensure_ascii=False).encode(), "json") for name, value in documents.items()}
    contents |= {name: (safetensors.numpy.save(dict(value)), "safetensors") for name, value in tensors.items()}
    files = {}
    for name, (content, ending) in contents.items():
        digest = hashlib.sha256(content).hexdigest()
        files[name] = {"name": f"{name}-{digest[:16]}.{ending}", "sha256": digest}
        write_file(path / files[name]["name"], content)
    header = {"format": FORMAT, "format_version": FORMAT_VERSION}
    write_file(path / MANIFEST, json.dumps({**header, **manifest, "files": files}, ensure_ascii=False, indent=1))
    _sweep(path, {file["name"] for file in files.values()})


def read_artefact(path: str | Path) -> tuple[dict[str, Any], dict[str, Any], dict[str, dict[str, np.ndarray]]]:
    """(manifest, documents, tensors); raises InputError for a directory that is not ours, incomplete or changed."""
    path = Path(path)
    manifest = read_manifest(path)
    documents, tensors = {}, {}
    for name, file in manifest["files"].items():
        content = _read_file(path / file["name"], file["sha256"])
        if file["name"].endswith(".json"):
            documents[name] = json.loads(content)
        else:
            tensors[name] = safetensors.numpy.load(content)
    return manifest, documents, tensors


def read_manifest(path: Path) -> dict[str, Any]:
    """What `pipeline.json` says; raises InputError where it is missing, not ours, or of another format."""
    if not path.is_dir():
        raise InputError(f"{path}: no such directory, expected a keras-seq model")
    if not is_artefact(path):
        raise InputError(f"{path}: no {MANIFEST} of keras-seq in it, expected a directory that `save` wrote")
    manifest = json.loads((path / MANIFEST).read_text("utf-8"))
    if manifest.get("format_version") != FORMAT_VERSION:
        got = manifest.get("format_version")
        raise InputError(f"{path / MANIFEST}: format version {got}, expected {FORMAT_VERSION}")
    if not (manifest.keys() >= KEYS and isinstance(manifest["config"], dict) and _names_parts(manifest["files"])):
        raise InputError(f"{path / MANIFEST}: damaged, expected {', '.join(sorted(KEYS))} as `save` writes them")
    return manifest


def _names_parts(files: Any) -> bool:
    """Whether every file is one that lies beside the manifest under a name that this module gives."""
    if not isinstance(files, dict) or not all(isinstance(file, dict) for file in files.values()):
        return False
    return all(_PART.fullmatch(str(file.get("name"))) and "sha256" in file for file in files.values())


def _read_file(path: Path, sha256: str) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}, expected a part of the model") from error
    if (digest := hashlib.sha256(content).hexdigest()) != sha256:
        raise InputError(f"{path}: sha256 {digest}, expected {sha256}: the file was changed or cut short")
    return content


def _sweep(path: Path, kept: set[str]) -> None:
    """Removes what an earlier artefact or a killed process left; only names that this module gives."""
    for file in path.iterdir():
        if _is_part(file) and file.name not in kept:
            file.unlink()


def _is_part(file: Path) -> bool:
    return bool(_PART.fullmatch(file.name) or _TEMPORARY.fullmatch(file.name))
