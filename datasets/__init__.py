"""Files and generators to examples: readers by format, tag schemes, named and generated corpora."""

from .arpa import Arpa, ArpaTable, read_arpa, write_arpa
from .atomic_file import write_file
from .batches import Batches, Plan
from .columns import ColumnFile, read_columns
from .conllu import ConlluFile, read_conllu
from .corpus import Corpus, Language
from .dates import dates
from .download import download
from .errors import BadRecord, InputError
from .example import Examples, Frames, LabeledSequence, Parallel, Text, check_examples
from .folds import folds
from .hold_out import MaskedExamples, hold_out
from .jane import jane
from .labeled_lines import LabeledLines, read_labeled
from .linear_trees import linear_tree, tree_from_linear, well_formed
from .lines import lines
from .mapped import MappedExamples
from .midi import read_midi, write_midi
from .music import read_frames, read_voices
from .named import corpora, find, load
from .named_corpus import DataFile, NamedCorpus
from .pair_lines import PairLines, read_pairs
from .parallel_files import ParallelFiles, read_parallel
from .ragged import Ragged, RaggedWriter
from .segmented import SegmentedFile, characters_of, read_segmented, words_of, write_segmented
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
from .text import TextFile, read_text
from .ticket_desk import ticket_desk
from .treebank import TreeFile, read_treebank
from .trees import Tree, normalized_tree, read_trees, tree_from_brackets
from .voices import frames_from_voices, text_from_voices, voices_from_text
from .word_vectors import WordVectors, read_vectors

__all__ = [
    "Arpa",
    "ArpaTable",
    "BadRecord",
    "Batches",
    "ColumnFile",
    "ConlluFile",
    "Constraints",
    "Corpus",
    "DataFile",
    "Examples",
    "Frames",
    "InputError",
    "LabeledLines",
    "LabeledSequence",
    "Language",
    "MappedExamples",
    "MaskedExamples",
    "NamedCorpus",
    "PairLines",
    "Parallel",
    "ParallelFiles",
    "Plan",
    "Ragged",
    "RaggedWriter",
    "SegmentedFile",
    "SlotFiles",
    "Span",
    "Text",
    "TextFile",
    "Tree",
    "TreeFile",
    "WordVectors",
    "allowed",
    "characters_of",
    "check_examples",
    "check_tag",
    "constraints",
    "convert",
    "corpora",
    "dates",
    "download",
    "find",
    "folds",
    "frames_from_voices",
    "hold_out",
    "irregular",
    "jane",
    "linear_tree",
    "lines",
    "load",
    "normalized_tree",
    "read_arpa",
    "read_columns",
    "read_conllu",
    "read_frames",
    "read_labeled",
    "read_midi",
    "read_pairs",
    "read_parallel",
    "read_segmented",
    "read_slots",
    "read_text",
    "read_treebank",
    "read_trees",
    "read_vectors",
    "read_voices",
    "spans",
    "tags_from_spans",
    "text_from_voices",
    "ticket_desk",
    "tree_from_brackets",
    "tree_from_linear",
    "voices_from_text",
    "well_formed",
    "words_of",
    "write_arpa",
    "write_file",
    "write_midi",
    "write_segmented",
]
