"""The pipelines by task, and the way back from a directory: the class comes from these tables, never from the directory."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..datasets import InputError
from .artefact import read_manifest
from .classifier import Classifier
from .language_modeling import DEFAULT_KIND, LANGUAGE_MODELS
from .mixture_language_model import MixtureLanguageModel
from .pipeline import Pipeline
from .sequence_labeler import SequenceLabeler
from .translator import Translator

PIPELINES: dict[str, Mapping[str, type[Pipeline]]] = {
    SequenceLabeler.task: {"": SequenceLabeler},
    Classifier.task: {"": Classifier},
    Translator.task: {"": Translator},
    "language-model": {**LANGUAGE_MODELS, "mixture": MixtureLanguageModel},
}
_DEFAULTS = {"language-model": DEFAULT_KIND}


def pipeline_type(task: str, hyperparameters: Mapping[str, Any]) -> type[Pipeline]:
    """The class of a task, where it has several the one that the hyperparameter `kind` names; raises InputError."""
    kinds = PIPELINES[task]
    kind = str(hyperparameters.get("kind", _DEFAULTS.get(task, ""))) if len(kinds) > 1 else ""
    if kind not in kinds:
        near = difflib.get_close_matches(kind, kinds, n=1, cutoff=0.0)[0]
        raise InputError(f"unknown kind {kind!r} of {task}: did you mean {near!r}? One of {', '.join(kinds)}")
    return kinds[kind]


def load(path: str | Path) -> Pipeline:
    """The pipeline that `save` wrote to a directory.

    Raises InputError for a directory that is not ours, a task that this version does not know, or a file that was changed.
    """
    manifest = read_manifest(Path(path))
    task = manifest["task"]
    if task not in PIPELINES:
        raise InputError(f"{path}: task {task!r}, expected one of {', '.join(PIPELINES)}")
    return pipeline_type(task, manifest["config"]).load(path)
