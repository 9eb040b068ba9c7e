"""`keras-seq score` with a translator: SOURCE<TAB>TARGET a line, log p and score of the target before them."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from typing import NamedTuple

from .corpus_options import refuse
from .datasets import BadRecord, lines
from .datasets.lines import source_name
from .datasets.records import LONGEST
from .model_options import chunks, single, source, warn_of_cut, write_lines
from .pipelines import TranslatedText, Translator
from .pipelines.strict_json import to_json
from .translation_options import check_attention

PAIRS = 100  # that are answered at once


class Pair(NamedTuple):
    """A text and what is to be its translation."""

    source: str
    target: str


def score_pairs(model: Translator, arguments: Namespace) -> None:
    """How probable each translation is; also a picture of what its units rest on."""
    refuse(arguments, ("html", "condition"), "with a translator: expected a language model")
    if arguments.png:
        check_attention(model, "--png")
    pairs = single(_pairs(arguments.input), "--png draws one pair") if arguments.png else _pairs(arguments.input)
    drawn: list[TranslatedText] = []
    truncated = 0

    def results() -> Iterator[str]:
        nonlocal truncated
        for chunk in chunks(pairs, arguments.input, PAIRS):
            for found in model.score([pair.source for pair in chunk], [pair.target for pair in chunk]):
                truncated += found.truncated
                drawn.extend([found] if arguments.png else [])
                yield to_json(found.as_dict()) if arguments.json else _line(found)

    write_lines(arguments.output, results())
    if arguments.png:
        drawn[0].png(arguments.png)
    warn_of_cut(truncated)


def _pairs(path: str) -> Iterator[Pair]:
    """The pairs of a file or of standard input; raises BadRecord for a line without a tab, or with several."""
    stream = source(path)
    for number, line in lines(stream, LONGEST):
        texts = line.split("\t")
        if len(texts) != 2:
            raise BadRecord(source_name(stream), number, f"expected SOURCE<TAB>TARGET, got {len(texts) - 1} tabs")
        yield Pair(*texts)


def _line(found: TranslatedText) -> str:
    return f"{found.log_probability:.4f}\t{found.score:.4f}\t{found.text}\t{found.translation}"
