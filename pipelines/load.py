"""The pipelines by task, and the way back from a directory: the class comes from this table, never from the directory."""

from __future__ import annotations

from pathlib import Path

from ..datasets import InputError
from .artefact import read_manifest
from .pipeline import Pipeline
from .sequence_labeler import SequenceLabeler

PIPELINES: dict[str, type[Pipeline]] = {SequenceLabeler.task: SequenceLabeler}


def load(path: str | Path) -> Pipeline:
    """The pipeline that `save` wrote to a directory.

    Raises InputError for a directory that is not ours, a task that this version does not know, or a file that was changed.
    """
    task = read_manifest(Path(path))["task"]
    if task not in PIPELINES:
        raise InputError(f"{path}: task {task!r}, expected one of {', '.join(PIPELINES)}")
    return PIPELINES[task].load(path)
