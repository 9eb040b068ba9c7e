"""Exports by what they give: the outputs of the signature say which pipeline it was."""

from __future__ import annotations

from pathlib import Path

from ..datasets import InputError
from .frame_served import ServedFrameModel
from .raw_text import ServedLabeler
from .saved_model import SavedModelSession
from .served_classifier import ServedClassifier
from .served_language_model import ServedLanguageModel
from .served_translator import ServedTranslator

Served = ServedLabeler | ServedClassifier | ServedLanguageModel | ServedFrameModel | ServedTranslator
SERVED: tuple[type[Served], ...] = (
    ServedLabeler,
    ServedClassifier,
    ServedLanguageModel,
    ServedFrameModel,
    ServedTranslator,
)


def served(path: str | Path) -> Served:
    """What answers like the pipeline that was exported there; raises InputError where it is none of ours.

    Example: `served("serving/atis").predict("flights from boston to denver")`
    """
    session = SavedModelSession(path)
    for kind in SERVED:
        if kind.outputs <= session.outputs:
            return kind(session)
    got = ", ".join(sorted(session.outputs))
    raise InputError(f"{path}: outputs {got}, expected an exported pipeline of keras-seq")
