"""Four-part music as text, voice by voice: an ordinary language model learns it.

Each step is four tokens, soprano, alto, tenor, bass, each a letter and a MIDI pitch: `S72 A67 T60 B48`. `S-` is a soprano
that is silent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .errors import InputError
from .example import Frames
from .lists import is_pitch

VOICES = "SATB"
SILENT = -1
TOKENS = {voice: {f"{voice}-": SILENT, **{f"{voice}{pitch}": pitch for pitch in range(128)}} for voice in VOICES}


def text_from_voices(steps: Any, where: str = "voices") -> str:
    """The text of one piece.

    Args:
        steps: four MIDI pitches each, soprano to bass, -1 for a silent voice.
        where: what messages call the piece.

    Raises InputError with the number (from 1) of the step at fault.
    """
    if isinstance(steps, str) or not isinstance(steps, Sequence) or not steps:
        raise InputError(f"{where}: expected a list of steps, got {steps!r:.80}")
    for number, step in enumerate(steps, start=1):
        if not _is_step(step):
            raise InputError(
                f"{where}, step {number}: expected four MIDI pitches (0 to 127, or -1 for silence), got {step!r:.80}"
            )
    return " ".join(
        f"{voice}{'-' if pitch == SILENT else int(pitch)}"
        for step in steps
        for voice, pitch in zip(VOICES, step, strict=True)
    )


def voices_from_text(text: str) -> tuple[tuple[int, ...], ...]:
    """The steps of a text that `text_from_voices` made or a language model wrote.

    Raises InputError with the number (from 1) of the token at fault, or where the last step has not all voices.
    """
    pitches = [_pitch(token, VOICES[at % len(VOICES)], at + 1) for at, token in enumerate(text.split())]
    if len(pitches) % len(VOICES):
        raise InputError(f"expected four tokens for each step, got {len(pitches)} tokens")
    return tuple(tuple(pitches[at : at + len(VOICES)]) for at in range(0, len(pitches), len(VOICES)))


def frames_from_voices(steps: Iterable[Iterable[int]]) -> Frames:
    """The pitches that sound at each step, whichever voice has them."""
    return Frames(tuple(tuple(sorted({pitch for pitch in step if pitch != SILENT})) for step in steps))


def _is_step(step: Any) -> bool:
    if isinstance(step, str) or not isinstance(step, Sequence) or len(step) != len(VOICES):
        return False
    return all(is_pitch(pitch) or pitch == SILENT for pitch in step)


def _pitch(token: str, voice: str, number: int) -> int:
    """The pitch of one token, which must be of this voice."""
    if token not in TOKENS[voice]:
        raise InputError(f"token {number}: expected {voice} and a MIDI pitch (0 to 127) or {voice}-, got {token!r:.80}")
    return TOKENS[voice][token]
