"""`keras-seq generate`: text or music from a language model."""

from __future__ import annotations

import logging
import sys
from argparse import Namespace
from collections.abc import Iterable
from typing import Any

from .arguments import DECODING
from .corpus_options import given
from .datasets import Frames, InputError, frames_from_voices, voices_from_text, write_midi
from .datasets.voices import VOICES
from .layers.text_units import UNKNOWN_ID
from .model_options import check_writable, language_model_at, of_text
from .pipelines.frame_text import text_of
from .pipelines.strict_json import to_json

logger = logging.getLogger(__name__)


def generate(arguments: Namespace) -> None:
    """Streams to a person at a terminal; otherwise writes each text when it is there."""
    check_writable(arguments.midi)
    model = language_model_at(arguments.model)
    how = given(arguments, ["method", *(name.replace("-", "_") for name, *_ in DECODING)])
    if arguments.midi and arguments.samples != 1:
        raise InputError("--midi with --samples: expected one of them, a file holds one piece")
    _say_unknown(model, arguments.prompt)
    if _streams(arguments):
        return _stream(model.stream(arguments.prompt, arguments.condition, **how))
    found = model.generate(arguments.prompt, arguments.condition, arguments.samples, **how)
    if arguments.midi:
        _write_music(model, arguments.midi, found)
    for each in [found] if arguments.samples == 1 else found:
        text = text_of(each) if isinstance(each, Frames) else each
        print(to_json({"prompt": arguments.prompt, "text": text}) if arguments.json else text)
    return None


def _streams(arguments: Namespace) -> bool:
    """Whether someone looks on while one text is drawn."""
    several = arguments.samples != 1 or arguments.method == "beam"
    return sys.stdout.isatty() and not (several or arguments.json or arguments.midi)


def _stream(pieces: Iterable[str]) -> None:
    shown = False
    try:
        for piece in pieces:
            print(piece, end="", flush=True)
            shown = True
    finally:
        if shown:
            print()


def _say_unknown(model: Any, prompt: str) -> None:
    """What the vocabulary lacks is read as the unknown token; a person should know."""
    if not prompt or not of_text(model):
        return
    units, ids = model.text.split([prompt])[0].numpy(), model.text([prompt])[0].numpy()
    unknown = [unit.decode() for unit, number in zip(units, ids, strict=True) if number == UNKNOWN_ID]
    if unknown:
        logger.warning("prompt: %d of %d tokens are unknown, the first is %r", len(unknown), len(ids), unknown[0])


def _write_music(model: Any, path: str, generated: Any) -> None:
    """As the model itself does, or from text that has a token for each voice of each step."""
    if isinstance(generated, Frames):
        model.write_midi(path, generated)
        return
    tokens = generated.split()
    whole = len(tokens) - len(tokens) % len(VOICES)  # a length may end within a step
    try:
        steps = voices_from_text(" ".join(tokens[:whole]))
    except InputError as error:
        raise InputError(f"--midi: {error}; only a model of music writes it, as of jsb-chorales-voices") from error
    if not steps:
        raise InputError("--midi: expected a step of four voices, got less: a greater --length?")
    write_midi(path, frames_from_voices(steps))
