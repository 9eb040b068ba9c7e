"""The words of the command line about translation; nothing here imports TensorFlow."""

from __future__ import annotations

from argparse import ArgumentParser

from .data_arguments import add_files
from .model_arguments import add_lines, add_model, count

METHODS = ("beam", "greedy", "sample")
MEASURES = ("bleu", "chrf", "exact_match")
CANDIDATES = 10  # translations of a text that a language model sorts

# How translations are searched for: (option, type, metavar, meaning); what an export has decided already.
SEARCH = (
    ("beam", count, "N", "of beam: the beginnings kept (default: as trained)"),
    ("length-penalty", float, "A", "of beam: 0 prefers short ones, 1 the mean log p of a unit (default: as trained)"),
    ("coverage-penalty", float, "B", "of beam: what source without attention costs (default: as trained)"),
    ("temperature", float, "T", "of sample: below 1 bolder in the probable, above 1 more even (default: 1)"),
    ("top-k", int, "K", "of sample: only the K most probable units (default: 0, all)"),
    ("top-p", float, "P", "of sample: only the most probable that together have this share (default: 1)"),
    ("seed", int, "S", "of sample: of what is drawn (default: 0)"),
)


def add_translate(command: ArgumentParser) -> None:
    """`keras-seq translate`."""
    add_model(command, "a translator that train wrote, or its export, which has the options of its search in it")
    add_lines(command, "text")
    command.add_argument(
        "--n-best",
        type=count,
        metavar="N",
        help="so many translations of each text, each after its score, the best first; a blank line between texts",
    )
    command.add_argument("--method", choices=METHODS, metavar="METHOD", help=f"{', '.join(METHODS)} (default: beam)")
    for name, kind, letter, meaning in SEARCH:
        command.add_argument(f"--{name}", type=kind, metavar=letter, help=meaning)
    command.add_argument(
        "--rerank",
        metavar="LM_DIR",
        help="a language model of the target, saved or exported, that has its say: score + W log p / length penalty "
        f"decides among the {CANDIDATES} best, or as many as --beam or --n-best ask for",
    )
    command.add_argument("--weight", type=float, metavar="W", help="of --rerank; keras-seq rerank finds it")
    command.add_argument(
        "--plot",
        nargs="?",
        const="-",
        metavar="FILE",
        help="also a picture of one text's alignment: what each unit of the translation rests on; without a file, of a model "
        "that writes trees, the tree in text",
    )
    command.add_argument("--json", action="store_true", help="a JSON object a line: translation, score, log p")
    command.add_argument(
        "--alignment", action="store_true", help="with --json: also the units of both texts, and the attention"
    )


def add_rerank(command: ArgumentParser) -> None:
    """`keras-seq rerank`."""
    command.epilog = (
        "Tries weights from 0 to 1 and shows what each reaches. Nothing is saved: the best one is for keras-seq translate "
        "DIR --rerank LM_DIR --weight W. It is to be found on texts that neither model learnt, and that nothing is "
        "reported on."
    )
    add_model(command, "a translator that train wrote")
    command.add_argument("language_model", metavar="LM_DIR", help="a language model of the target, saved or exported")
    command.add_argument("--data", metavar="NAME", help="a corpus by name, of which the validation split is translated")
    command.add_argument(
        "--valid", nargs="+", metavar="FILE", help="instead of --data: the source and the target, or one file of pairs"
    )
    add_files(command)
    command.add_argument(
        "--n-best",
        type=count,
        default=CANDIDATES,
        metavar="N",
        help=f"translations of each text to choose from (default: {CANDIDATES})",
    )
    command.add_argument(
        "--measure",
        choices=MEASURES,
        default="bleu",
        metavar="MEASURE",
        help=f"what is to be best: {', '.join(MEASURES)} (default: bleu)",
    )
    command.add_argument("--json", action="store_true", help="one line of JSON instead of the table")
