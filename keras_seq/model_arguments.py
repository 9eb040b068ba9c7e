"""The words of the command line about models, and about lines in and out; nothing here imports TensorFlow."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError


def add_model(command: ArgumentParser, meaning: str = "what train or save wrote") -> None:
    """The directory of a model."""
    command.add_argument("model", metavar="DIR", help=meaning)


def add_lines(command: ArgumentParser, unit: str) -> None:
    """Where lines come from, and where the results go."""
    command.add_argument(
        "--input", default="-", metavar="FILE", help=f"one {unit} a line; - is standard input (default)"
    )
    add_output_file(command, "one result a line")


def add_output_file(command: ArgumentParser, meaning: str) -> None:
    """Where results go."""
    command.add_argument("--output", default="-", metavar="FILE", help=f"{meaning}; - is standard output (default)")


def add_condition(command: ArgumentParser) -> None:
    """Of language models."""
    command.add_argument(
        "--condition", metavar="LABEL", help="of a model trained with condition=true: the label that texts start from"
    )


def count(word: str) -> int:
    """A whole number of at least 1."""
    if not word.isdecimal() or not int(word):
        raise ArgumentTypeError(f"expected a whole number of at least 1, got {word!r}")
    return int(word)
