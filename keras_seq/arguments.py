"""The words of the command line; nothing here imports TensorFlow, so that `--help` answers at once."""

from __future__ import annotations

import argparse
import sys
from typing import NoReturn

from ._version import __version__

TASKS = ("sequence-labeling",)
SCHEMES = ("IOB1", "IOB2", "BIOES", "BMES")
RULES = ("whitespace", "word", "char")

_EXAMPLES = """\
examples:
  keras-seq train sequence-labeling                          the generated ticket desk, nothing to download
  keras-seq train sequence-labeling --data atis --output models/atis --set joint=true epochs=30
  keras-seq train sequence-labeling --train train.conll --test test.conll --scheme IOB1 --output models/ner
  keras-seq train sequence-labeling --set help               every hyperparameter, its default and its meaning
  keras-seq evaluate models/atis --data atis --split test    the figures, label by label
  echo 'flights from boston to denver' | keras-seq predict models/atis
  keras-seq predict models/atis --input lines.txt --output labels.jsonl --json
  keras-seq export models/atis serving/atis                  serving/atis/1/, strings in and strings out
  keras-seq predict serving/atis                             the export itself, run as a server runs it
  keras-seq data                                             corpora by name, their licence and where they lie
"""


class Parser(argparse.ArgumentParser):
    """Says a mistake in one line on standard error and exits with 2."""

    def error(self, message: str) -> NoReturn:
        sys.stderr.write(f"{self.prog}: {message} (see {self.prog} --help)\n")
        raise SystemExit(2)


def parser() -> Parser:
    """The command line's grammar."""
    top = Parser(
        prog="keras-seq",
        description="Learn from sequences: train a task, look at it, save it, serve it.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"keras-seq {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=Parser)
    _train(commands.add_parser("train", help="train a task on a corpus, report on its test split, save the model"))
    _evaluate(commands.add_parser("evaluate", help="the figures of a saved model on a corpus or file"))
    _predict(commands.add_parser("predict", help="what a saved or exported model says of each line of text"))
    _export(commands.add_parser("export", help="write a SavedModel for TensorFlow Serving"))
    _data(commands.add_parser("data", help="corpora by name, their licence and where they lie"))
    return top


def _train(command: Parser) -> None:
    command.epilog = _EXAMPLES
    command.formatter_class = argparse.RawDescriptionHelpFormatter
    command.add_argument("task", choices=TASKS, metavar="TASK", help=f"one of {', '.join(TASKS)}")
    _corpus(command)
    command.add_argument(
        "--tokens", choices=RULES, metavar="RULE", help=f"of files: how raw text is split, {', '.join(RULES)}"
    )
    command.add_argument("--train", metavar="FILE", help="columns: a token and its tag a line (.gz is read as is)")
    command.add_argument("--valid", metavar="FILE", help="to choose the epoch by; else a tenth of --train is held out")
    command.add_argument("--output", metavar="DIR", help="where the model goes (default: models/ and the data's name)")
    command.add_argument("--seed", type=int, help="of weights, order and what is held out (default: 0)")
    command.add_argument(
        "--set",
        nargs="+",
        action="extend",
        default=[],
        metavar="NAME=VALUE",
        help="hyperparameters; --set help lists them",
    )
    command.add_argument("--no-tracking", action="store_true", help="record no MLflow run")
    command.add_argument("--json", action="store_true", help="end with one line of JSON instead of the tables")


def _evaluate(command: Parser) -> None:
    command.add_argument("model", metavar="DIR", help="what train or save wrote")
    _corpus(command)
    command.add_argument("--split", choices=("train", "valid", "test"), help="of --data (default: test)")
    command.add_argument("--json", action="store_true", help="one line of JSON instead of the table")


def _predict(command: Parser) -> None:
    command.add_argument("model", metavar="DIR", help="what train wrote, or an export")
    command.add_argument("--input", default="-", metavar="FILE", help="one text a line; - is standard input (default)")
    command.add_argument(
        "--output", default="-", metavar="FILE", help="one result a line; - is standard output (default)"
    )
    command.add_argument(
        "--json", action="store_true", help="a JSON object a line: tokens, labels, spans, probabilities"
    )


def _export(command: Parser) -> None:
    command.add_argument("model", metavar="DIR", help="what train or save wrote")
    command.add_argument("serving", metavar="SERVING_DIR", help="gets the next version, 1/ at first")


def _data(command: Parser) -> None:
    command.add_argument("name", nargs="?", metavar="NAME", help="one corpus alone")


def _corpus(command: Parser) -> None:
    command.add_argument("--data", metavar="NAME", help="a corpus by name: ticket-desk, atis, ... (see keras-seq data)")
    command.add_argument("--test", metavar="FILE", help="columns to report on")
    for name, choices, meaning in _COLUMNS:
        kind, metavar = (str, "SCHEME") if choices else (int, "N")
        command.add_argument(f"--{name}", type=kind, choices=choices, metavar=metavar, help=f"of files: {meaning}")
    command.add_argument(
        "--strict", action="store_const", const=True, help="of files: refuse tags that no scheme allows, as I- after O"
    )


_COLUMNS = (
    ("scheme", SCHEMES, f"the scheme of the tags, {', '.join(SCHEMES)} (default: IOB2)"),
    ("token-column", None, "counted from 0; -1 is the last (default: 0)"),
    ("tag-column", None, "counted from 0; -1 is the last (default: -1)"),
)
