"""Files and generators to examples: readers by format, tag schemes, named and generated corpora."""

from .atomic_file import write_file
from .batches import Batches, Plan
from .columns import ColumnFile, read_columns
from .corpus import Corpus
from .download import download
from .errors import BadRecord, InputError
from .example import Examples, LabeledSequence
from .hold_out import MaskedExamples, hold_out
from .lines import lines
from .named import DataFile, NamedCorpus, corpora, find, load
from .ragged import Ragged, RaggedWriter
from .slots import SlotFiles, read_slots
from .tag_schemes import (
    Constraints,
    Span,
    allowed,
    check_tag,
    constraints,
    convert,
    irregular,
    spans,
    tags_from_spans,
)
from .ticket_desk import ticket_desk

__all__ = [
    "BadRecord",
    "Batches",
    "ColumnFile",
    "Constraints",
    "Corpus",
    "DataFile",
    "Examples",
    "InputError",
    "LabeledSequence",
    "MaskedExamples",
    "NamedCorpus",
    "Plan",
    "Ragged",
    "RaggedWriter",
    "SlotFiles",
    "Span",
    "allowed",
    "check_tag",
    "constraints",
    "convert",
    "corpora",
    "download",
    "find",
    "hold_out",
    "irregular",
    "lines",
    "load",
    "read_columns",
    "read_slots",
    "spans",
    "tags_from_spans",
    "ticket_desk",
    "write_file",
]
