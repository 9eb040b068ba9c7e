"""Parallel texts on their way to ids: which two languages, their units, pairs of sequences with their ends."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from ..datasets import Corpus, Examples, InputError, Language, Parallel, Ragged, RaggedWriter
from ..layers import END_ID, TextUnits
from .text_chunks import CHUNK
from .translation_config import TranslationConfig

logger = logging.getLogger(__name__)


class Direction(NamedTuple):
    """From which of a corpus' languages to which, and their places in its examples."""

    source: Language
    target: Language
    places: tuple[int, int]


def direction(corpus: Corpus, config: TranslationConfig) -> Direction:
    """What the configuration names, else the first language and the next other one; raises InputError for one that is not
    there."""
    corpus.require(Parallel)
    names = [language.name for language in corpus.languages]
    if len(names) < 2:
        raise InputError(f"corpus {corpus.name}: languages {', '.join(names) or 'none'}, expected at least two")
    source = place_of(corpus.name, "source", config.source, names) if config.source else 0
    others = [place for place in range(len(names)) if place != source]
    target = place_of(corpus.name, "target", config.target, names) if config.target else others[0]
    if source == target:
        raise InputError(f"source={names[source]} target={names[target]}: expected two languages")
    return Direction(corpus.languages[source], corpus.languages[target], (source, target))


def place_of(corpus: str, option: str, name: str, names: list[str]) -> int:
    """The place of a language, which an option names, in a corpus; raises InputError where it has none of that name."""
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.0)[0]
        raise InputError(
            f"{option}={name}: corpus {corpus} has no such language, did you mean {near}? One of {', '.join(names)}"
        )
    return names.index(name)


def learn_units(corpus: Corpus, which: Direction, config: TranslationConfig) -> tuple[TextUnits, TextUnits]:
    """The units of both languages; with a shared vocabulary of all texts of both, and the two are one."""
    c = config
    sides = [(which.source, c.source_unit, c.lowercase), (which.target, c.target_unit, False)]
    chunks = [TextsOf(corpus.train, (place,)) for place in which.places]
    if c.shared_vocabulary:
        if which.source.tokens != which.target.tokens:
            got = f"{which.source.tokens} and {which.target.tokens}"
            raise InputError(f"shared_vocabulary=true: the languages' texts are split by {got}, expected one rule")
        chunks = [TextsOf(corpus.train, which.places)]
    try:
        found = [
            TextUnits.learn(chunk, language.tokens, unit, lowercase, c.min_count, c.max_vocabulary)
            for chunk, (language, unit, lowercase) in zip(chunks, sides, strict=False)
        ]
    except ValueError as error:
        raise InputError(f"corpus {corpus.name}: {error}") from error
    if len(found[-1]) <= END_ID + 1:
        raise InputError(
            f"corpus {corpus.name}: no unit of {which.target.name} in the vocabulary, expected at least one"
        )
    logger.info(
        "vocabulary: %s",
        ", ".join(f"{len(units)} of {side[0].name}" for units, side in zip(found, sides, strict=False)),
    )
    return found[0], found[-1]


class TextsOf:
    """The texts of some languages of parallel examples, about a thousand at a time, (B,) of string; it can be read again."""

    def __init__(self, examples: Examples, places: tuple[int, ...]) -> None:
        self.examples, self.places = examples, places

    def __iter__(self) -> Iterator[Any]:
        rest = iter(self.examples)
        while chunk := list(islice(rest, CHUNK)):
            yield tf.constant([_text(example, place) for example in chunk for place in self.places])


def _text(example: Any, place: int) -> str:
    """What an example has there; raises InputError where that is nothing."""
    texts: tuple[str, ...] = getattr(example, "texts", ())
    if place >= len(texts):
        raise InputError(f"example {example!r:.80}: no text {place + 1}, expected a Parallel that has one")
    return texts[place]


def pairs_of_ids(
    examples: Examples, places: tuple[int, int], source: TextUnits, target: TextUnits
) -> tuple[Ragged, Ragged]:
    """The ids of both texts of each example, each with its end."""
    writers = RaggedWriter(), RaggedWriter()
    for place, units, writer in zip(places, (source, target), writers, strict=True):
        for texts in TextsOf(examples, (place,)):
            ids = ended(units(texts))
            writer.append(ids.values.numpy(), ids.row_lengths().numpy())
    return writers[0].finish(), writers[1].finish()


def ended(ids: tf.RaggedTensor) -> tf.RaggedTensor:
    """Rows (B, None) with an end each."""
    return tf.concat([ids, tf.fill([ids.nrows(), 1], END_ID)], axis=1)


def shorter(columns: dict[str, Ragged], most: int) -> dict[str, Ragged]:
    """The rows whose columns all have at most so many ids before the end; says how many others there were."""
    kept = np.all([column.lengths <= most + 1 for column in columns.values()], axis=0)
    if not kept.any():
        raise InputError(f"max_length={most}: every training pair is longer, expected a greater one")
    if left := int((~kept).sum()):
        logger.warning("training pairs of more than max_length=%d units on a side, left out: %d", most, left)
    return {name: rows_of(column, np.flatnonzero(kept)) for name, column in columns.items()}


def rows_of(column: Ragged, rows: np.ndarray) -> Ragged:
    """Some rows of a column."""
    lengths = column.lengths[rows]
    splits = np.concatenate([[0], np.cumsum(lengths)])
    within = np.arange(splits[-1]) - np.repeat(splits[:-1], lengths)
    return Ragged(column.values[np.repeat(column.splits[rows], lengths) + within], splits)


def cut(column: Ragged, most: int) -> Ragged:
    """Rows of at most so many ids before the end."""
    if int(column.lengths.max(initial=0)) <= most + 1:
        return column
    rows = [
        row if len(row) <= most + 1 else np.append(row[:most], END_ID)
        for row in map(column.__getitem__, range(len(column)))
    ]
    return Ragged(np.concatenate(rows), np.concatenate([[0], np.cumsum([len(row) for row in rows])]))
