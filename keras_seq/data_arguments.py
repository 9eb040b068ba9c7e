"""The words of the command line about corpora and their files; nothing here imports TensorFlow."""

from __future__ import annotations

from argparse import ArgumentParser, BooleanOptionalAction

# Each task with the generated corpus that it learns where none is named.
TASKS = {
    "sequence-labeling": "ticket-desk",
    "classification": "ticket-desk",
    "language-model": "jane",
    "translation": "dates",
}
SCHEMES = ("IOB1", "IOB2", "BIOES", "BMES", "plain")
FORMATS = ("columns", "conllu", "segmented")
RULES = ("whitespace", "word", "char")


def add_corpus(command: ArgumentParser) -> None:
    """A corpus by name, or the files of one."""
    command.add_argument("--data", metavar="NAME", help=_DATA)
    for option, meaning in _SPLITS:
        command.add_argument(f"--{option}", nargs="+", metavar="FILE", help=meaning)
    for option, meaning in _RULES:
        command.add_argument(f"--{option}", choices=RULES, metavar="RULE", help=meaning)
    add_blank_lines(command)


def add_files(command: ArgumentParser) -> None:
    """How files are read, of the tasks that have a choice."""
    group = command.add_argument_group("how files are read")
    group.add_argument(
        "--format",
        choices=FORMATS,
        metavar="FORMAT",
        help=f"of sequence-labeling: {', '.join(FORMATS)} (words with blanks between, for segmentation); default: what the "
        "file's name ends in, as in train.conllu, else columns",
    )
    for name, kind, choices, metavar, meaning in _COLUMNS:
        group.add_argument(f"--{name}", type=kind, choices=choices, metavar=metavar, help=meaning)
    group.add_argument(
        "--strict",
        action="store_const",
        const=True,
        help="of columns: refuse tags that no scheme allows, as I- after O",
    )
    group.add_argument(
        "--header",
        action=BooleanOptionalAction,
        help="of classification and pairs: whether the first row names the columns (default: that of .csv does)",
    )
    group.add_argument(
        "--separator",
        metavar="TEXT",
        help="of classification: what stands between the labels of a text that has several",
    )


def _column(word: str) -> str | int:
    """A column by its number, or else by its name."""
    return int(word) if word.removeprefix("-").isdecimal() else word


def add_blank_lines(command: ArgumentParser) -> None:
    """Of language models."""
    command.add_argument(
        "--blank-lines", action="store_const", const=True, help="of plain text: a blank line is an empty sentence"
    )


_DATA = (
    f"a corpus by name, see keras-seq data (default: {', '.join(f'{data} for {task}' for task, data in TASKS.items())})"
)
_SPLITS = (
    (
        "train",
        "sequence-labeling: columns, a token and its tag a line, or see --format; classification: a text and its label a "
        "row, .tsv, .csv or .jsonl; language-model, autoencoder: plain text, a sentence a line; translation: parallel files, "
        "of the source and of the target, or one of pairs, .tsv, .csv or .jsonl (.gz is read as is)",
    ),
    ("valid", "to choose the epoch by; else a tenth of --train is held out"),
    ("test", "to report on, once"),
)
_RULES = (
    ("tokens", f"of files: how raw text is split, {', '.join(RULES)}; of translation: that of the source"),
    ("target-tokens", "of translation: how the target is split (default: as the source)"),
)
_COLUMNS = (
    ("scheme", str, SCHEMES, "SCHEME", f"of columns: the scheme of the tags, {', '.join(SCHEMES)} (default: IOB2)"),
    ("token-column", int, None, "N", "of columns: counted from 0; -1 is the last (default: 0)"),
    (
        "tag-column",
        _column,
        None,
        "N",
        "of columns: counted from 0; -1 is the last (default: -1); of conllu: upos (default) or xpos",
    ),
    (
        "text-column",
        _column,
        None,
        "NAME",
        "of classification: a name, or a number from 0 (default: text where columns have names, else 0)",
    ),
    ("label-column", _column, None, "NAME", "of classification: the same (default: label, else 1)"),
    ("source-column", _column, None, "NAME", "of pairs for translation: the same (default: source, else 0)"),
    ("target-column", _column, None, "NAME", "of pairs for translation: the same (default: target, else 1)"),
)
