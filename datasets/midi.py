"""Music as Standard MIDI files, which any player opens; read and written by mido."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from os import PathLike, fspath

import mido

from .atomic_file import write_file
from .errors import InputError
from .example import Frames
from .lists import pitches

TICKS = 480  # of a beat
VELOCITY = 80
DRUMS = 9  # the channel whose "pitches" are drums
MOST_STEPS = 100_000
Note = tuple[int, int, int]  # pitch, first tick, the tick after the last


def write_midi(
    path: str | PathLike[str],
    frames: Frames | Sequence[Sequence[int]],
    *,
    tempo: float = 90,
    step: float = 0.25,
    program: int = 0,
) -> None:
    """Writes a MIDI file, whole or not at all: one track, and a pitch that sounds on from step to step is held.

    Args:
        path: of the file.
        frames: the pitches that sound at each step.
        tempo: beats in a minute, 4 to 1000.
        step: the length of a step in beats, 1/480 to 64: 0.25 for sixteenths, 1 for quarters.
        program: the instrument by its General MIDI number, 0 to 127: 0 is a piano, 19 a church organ.

    Raises InputError for anything out of range, with the step at fault, and OSError where the file cannot be written.

    Example: `write_midi("tune.mid", [[60, 64], [60, 67], []], step=1)`
    """
    steps = pitches(frames.frames if isinstance(frames, Frames) else frames, "frames")
    _check_range("tempo", tempo, 4, 1000)
    _check_range("step", step, 1 / TICKS, 64)
    _check_range("program", program, 0, 127)
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(tempo))])
    track.append(mido.Message("program_change", program=program))
    now = 0
    for at, kind, pitch in _changes(steps):
        tick = round(at * step * TICKS)
        track.append(mido.Message(kind, note=pitch, velocity=VELOCITY, time=tick - now))
        now = tick
    track.append(mido.MetaMessage("end_of_track", time=round(len(steps) * step * TICKS) - now))
    content = io.BytesIO()
    mido.MidiFile(type=0, ticks_per_beat=TICKS, tracks=[track]).save(file=content)
    write_file(path, content.getvalue())


def read_midi(path: str | PathLike[str], *, step: float = 0.25) -> Frames:
    """The pitches that sound at each step of a MIDI file, all its tracks and channels together but the drums.

    Notes begin and end at the nearest step and are at least one step long; the tempo is left out, a step is a part of a
    beat.

    Args:
        path: of the file.
        step: the length of a step in beats.

    Raises InputError for a file that is missing, damaged, without notes or longer than 100,000 steps.
    """
    _check_range("step", step, 1 / TICKS, 64)
    midi = _opened(path)
    ticks = step * midi.ticks_per_beat
    notes, end = _notes(midi)
    if not notes:
        raise InputError(f"{fspath(path)}: expected notes, got none")
    if end / ticks > MOST_STEPS:
        raise InputError(f"{fspath(path)}: expected at most {MOST_STEPS} steps, got {end / ticks:.0f} of {step} beats")
    spans = [(pitch, _nearest(first / ticks), _nearest(last / ticks)) for pitch, first, last in notes]
    spans = [(pitch, first, max(first + 1, last)) for pitch, first, last in spans]
    sounding: list[set[int]] = [set() for _ in range(max(_nearest(end / ticks), *(last for *_, last in spans)))]
    for pitch, first, last in spans:
        for at in range(first, last):
            sounding[at].add(pitch)
    return Frames(tuple(tuple(sorted(step)) for step in sounding))


def _changes(steps: Sequence[Sequence[int]]) -> Iterator[tuple[int, str, int]]:
    """(step, note_off or note_on, pitch) wherever a pitch ends or begins."""
    before: set[int] = set()
    for at, step in enumerate([*steps, ()]):
        yield from ((at, "note_off", pitch) for pitch in sorted(before.difference(step)))
        yield from ((at, "note_on", pitch) for pitch in sorted(set(step).difference(before)))
        before = set(step)


def _opened(path: str | PathLike[str]) -> mido.MidiFile:
    try:
        with open(path, "rb") as stream:
            content = stream.read()
    except OSError as error:
        raise InputError(f"{fspath(path)}: cannot read ({error.strerror or error})") from error
    try:
        midi = mido.MidiFile(file=io.BytesIO(content))
    except Exception as error:  # mido lets out whatever its decoders meet, KeySignatureError and IndexError among them
        what = str(error) or type(error).__name__
        raise InputError(
            f"{fspath(path)}: expected a MIDI file, got something else or a part of one ({what})"
        ) from error
    if midi.type == 2 or midi.ticks_per_beat <= 0:
        raise InputError(f"{fspath(path)}: expected tracks that sound together, in parts of a beat")
    return midi


def _notes(midi: mido.MidiFile) -> tuple[list[Note], int]:
    """Every note, and the tick where the file ends; a note that nothing ends sounds until then."""
    notes: list[Note] = []
    sounding: dict[tuple[int, int], int] = {}  # (channel, pitch) -> first tick
    now = 0
    for message in midi.merged_track:
        now += message.time
        if message.type not in ("note_on", "note_off") or message.channel == DRUMS:
            continue
        key = message.channel, message.note
        if key in sounding:
            notes.append((message.note, sounding.pop(key), now))
        if message.type == "note_on" and message.velocity:
            sounding[key] = now
    return [*notes, *((pitch, first, now) for (_, pitch), first in sounding.items())], now


def _nearest(value: float) -> int:
    return math.floor(value + 0.5)


def _check_range(name: str, value: float, low: float, high: float) -> None:
    if not isinstance(value, int | float) or not low <= value <= high:
        raise InputError(f"{name}={value!r}: expected a number from {low:.4g} to {high:.4g}")
