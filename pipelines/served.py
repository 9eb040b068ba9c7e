"""Exports by what they give: the outputs of the signature say which task it is."""

from __future__ import annotations

from pathlib import Path

from ..datasets import InputError
from .raw_text import ServedLabeler
from .saved_model import SavedModelSession
from .served_language_model import ServedLanguageModel

SERVED: dict[str, type[ServedLabeler] | type[ServedLanguageModel]] = {
    "sequence-labeling": ServedLabeler,
    "language-model": ServedLanguageModel,
}


def served(path: str | Path) -> ServedLabeler | ServedLanguageModel:
    """What answers like the pipeline that was exported there; raises InputError where it is none of ours.

    Example: `served("serving/atis").predict("flights from boston to denver")`
    """
    session = SavedModelSession(path)
    for kind in SERVED.values():
        if kind.outputs <= session.outputs:
            return kind(session)
    got = ", ".join(sorted(session.outputs))
    raise InputError(f"{path}: outputs {got}, expected an exported pipeline of {' or '.join(SERVED)}")
