"""The words of the command line; nothing here imports TensorFlow, so that `--help` answers at once."""

from __future__ import annotations

import argparse
import sys
from typing import NoReturn

from ._version import __version__
from .data_arguments import RULES, TASKS, add_blank_lines, add_corpus, add_files
from .model_arguments import add_condition, add_lines, add_model, add_output_file, count
from .translation_arguments import add_rerank, add_translate

METHODS = ("sample", "greedy", "beam")
ALL = 0  # --errors without a number
MEASURES = ("key-phrases", "borders")
EXPLANATIONS = ("gradient", "occlusion", "attention")

_EXAMPLES = """\
examples:
  keras-seq train sequence-labeling                          the generated ticket desk, nothing to download
  keras-seq train sequence-labeling --data atis --output models/atis --set joint=true epochs=30
  keras-seq train sequence-labeling --train train.conll --test test.conll --scheme IOB1 --output models/ner
  keras-seq train sequence-labeling --train pku.txt --format segmented --output models/words
  keras-seq train sequence-labeling --data atis --seeds 0 1 2 --baseline   mean and deviation, and what simple models reach
  keras-seq train sequence-labeling --set help               every hyperparameter, its default and its meaning
  keras-seq train classification --data sst2 --output models/sst2 --set pooling=attention
  keras-seq train classification --train reviews.csv --text-column review --label-column stars
  keras-seq train classification --data splice --folds 10 --set cell=gru
  keras-seq train language-model --data ptb --set kind=ngram order=5
  keras-seq train language-model --train novel.txt --tokens word --set kind=rnn cell=gru units=200
  keras-seq train language-model --set kind=ngram help       the hyperparameters of that kind
  keras-seq train translation                                the generated dates, to ISO 8601
  keras-seq train translation --data multi30k --set source=en target=de
  keras-seq train translation --train train.en train.zh --test test.en test.zh --target-tokens char
  keras-seq train translation --train pairs.csv --source-column english --target-column chinese
  keras-seq evaluate models/atis --data atis --split test    the figures, label by label
  keras-seq evaluate models/atis --data atis --errors 20     and the first 20 sentences that are not right
  keras-seq evaluate models/multi30k --test test.en test.de --by-length --errors 10
  echo 'flights from boston to denver' | keras-seq predict models/atis
  keras-seq predict models/atis --input lines.txt --output labels.jsonl --json
  keras-seq predict models/words --input raw.txt --words     the text in words
  keras-seq predict models/inspec --n-best 20 --phrases 10   the key terms of each document, the most probable first
  echo 'the fourth of March 2015' | keras-seq translate models/dates --plot alignment.png
  keras-seq translate models/multi30k --input test.en --output test.de --beam 10 --length-penalty 0.8
  keras-seq translate models/multi30k --input test.en --n-best 5 --json --alignment
  keras-seq train language-model --train train.de --output models/german
  keras-seq rerank models/multi30k models/german --valid valid.en valid.de   the weight that is best on valid
  keras-seq translate models/multi30k --rerank models/german --weight 0.2 --input test.en
  printf 'a dog\\tein Hund\\n' | keras-seq score models/multi30k     log p and score of a given translation
  echo 'not bad at all' | keras-seq explain models/sst2 --html why.html
  echo 'the cat is small' | keras-seq score models/ptb-ngram --html surprise.html
  keras-seq rank models/ptb-ngram --input nbest.txt          candidates, the most probable first
  keras-seq generate models/ptb-rnn --prompt 'the' --top-p 0.9
  keras-seq mix models/ptb-ngram models/ptb-rnn --data ptb   two models, the weight fitted on valid
  keras-seq arpa models/ptb-ngram ptb.arpa --spell '<unk>=<rare>'
  keras-seq export models/atis serving/atis                  serving/atis/1/, strings in and strings out
  keras-seq predict serving/atis                             the export itself, run as a server runs it
  keras-seq data                                             corpora by name, their licence and where they lie
"""


class Parser(argparse.ArgumentParser):
    """Says a mistake in one line on standard error and exits with 2."""

    def error(self, message: str) -> NoReturn:
        sys.stderr.write(f"{self.prog}: {' '.join(message.split())} (see {self.prog} --help)\n")
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
    for name, (meaning, fill) in _COMMANDS.items():
        fill(commands.add_parser(name, help=meaning, description=f"{meaning[0].upper()}{meaning[1:]}."))
    return top


def _train(command: Parser) -> None:
    command.epilog = _EXAMPLES
    command.formatter_class = argparse.RawDescriptionHelpFormatter
    command.add_argument("task", choices=TASKS, metavar="TASK", help=f"one of {', '.join(TASKS)}")
    add_corpus(command)
    add_files(command)
    _output(
        command,
        "models/ and the data's name, of a language model with its kind, models/jane-rnn, of a classifier with that word, "
        "models/sst2-classifier",
    )
    command.add_argument("--seed", type=int, help="of weights, order and what is held out (default: 0)")
    command.add_argument(
        "--seeds",
        type=int,
        nargs="+",
        metavar="N",
        help="train once with each seed, on what seed 0 holds out; the models go to DIR/seed-N, the report is a line for each "
        "and the mean ± sample deviation",
    )
    command.add_argument(
        "--folds",
        type=count,
        metavar="K",
        help="cross-validation: the splits are joined and cut into K parts, each of which is the test split once; the models "
        "go to DIR/fold-N, the report is as that of --seeds",
    )
    command.add_argument(
        "--baseline",
        action="store_true",
        help="report beside it what simple models reach: n-grams, counts of tags, a CRF, the nearest training sentence",
    )
    _also(command)
    command.add_argument(
        "--set",
        nargs="+",
        action="extend",
        default=[],
        metavar="NAME=VALUE",
        help="hyperparameters; --set help lists them, --set kind=ngram help those of that kind",
    )
    command.add_argument("--no-tracking", action="store_true", help="record no MLflow run")
    command.add_argument("--json", action="store_true", help="end with one line of JSON instead of the tables")


def _mix(command: Parser) -> None:
    for name in ("first", "second"):
        command.add_argument(name, metavar=f"DIR{1 + (name == 'second')}", help="a saved language model")
    add_corpus(command)
    _output(command, "models/ and the data's name with mixture: models/ptb-mixture")
    command.add_argument("--json", action="store_true", help="end with one line of JSON instead of the table")


def _evaluate(command: Parser) -> None:
    add_model(command)
    command.add_argument("--data", metavar="NAME", help="a corpus by name, see keras-seq data")
    command.add_argument("--split", choices=("train", "valid", "test"), help="of --data (default: test)")
    command.add_argument(
        "--test",
        nargs="+",
        metavar="FILE",
        help="instead of --data: a file like those of train, to report on; of translation two, source and target, or one of "
        "pairs",
    )
    add_files(command)
    add_blank_lines(command)
    command.add_argument(
        "--errors",
        type=count,
        nargs="?",
        const=ALL,
        metavar="N",
        help="also what is wrong, all of it or the first N: sentences with the right and the given labels; or the right label, "
        "the given one, its probability and the text; or source, reference, translation and chrF",
    )
    command.add_argument(
        "--confusion",
        metavar="FILE",
        help="also a picture of which label was taken for which: of tokens, or of texts with one label each",
    )
    command.add_argument(
        "--reliability", metavar="FILE", help="of a classifier: also a picture of how far its probabilities hold"
    )
    _also(command)
    command.add_argument(
        "--by-length", action="store_const", const=True, help="of a translator: also BLEU by the length of the source"
    )
    command.add_argument(
        "--json", action="store_true", help="one line of JSON instead of the table; null for what is no finite number"
    )


def _also(command: Parser) -> None:
    command.add_argument(
        "--also",
        nargs="+",
        choices=MEASURES,
        metavar="MEASURE",
        help="of a labeller: key-phrases, the different spans of a text as a list with F1@5 and F1@10; borders, where labels "
        "meet, found within 0 and 5 tokens",
    )


def _predict(command: Parser) -> None:
    add_model(command, "what train wrote, or an export")
    add_lines(command, "text")
    command.add_argument(
        "--n-best",
        type=count,
        metavar="N",
        help="of a labeller: so many labelings of each text, each after its probability, the best first; a blank line between "
        "texts; of a translator as translate does",
    )
    command.add_argument(
        "--words", action="store_true", help="of a labeller of words: the text alone, with a blank between words"
    )
    command.add_argument(
        "--phrases",
        type=count,
        metavar="N",
        help="of a labeller of spans: the different phrases that are marked in each text, the most probable first, N at most; "
        "with --n-best also those of further labelings",
    )
    command.add_argument(
        "--json",
        action="store_true",
        help="a JSON object a line: tokens, labels, spans, probabilities; or a translation and its score",
    )


def _explain(command: Parser) -> None:
    add_model(command, "a classifier or a labeller that train wrote")
    add_lines(command, "text")
    command.add_argument(
        "--method",
        choices=EXPLANATIONS,
        metavar="METHOD",
        help=f"of a classifier: {', '.join(EXPLANATIONS)} (default: gradient); attention needs pooling=attention",
    )
    command.add_argument("--label", metavar="LABEL", help="of a classifier: the one to explain (default: that given)")
    command.add_argument("--html", metavar="FILE", help="also a page of all texts, each word coloured by its effect")
    command.add_argument("--png", metavar="FILE", help="of a classifier: also a picture of that, of one text alone")
    command.add_argument("--json", action="store_true", help="a JSON object a line: tokens and their effects")


def _score(command: Parser) -> None:
    add_model(command, "a language model that train wrote, or its export; or a translator that train wrote")
    command.add_argument(
        "--input",
        default="-",
        metavar="FILE",
        help="one text a line, of a translator SOURCE<TAB>TARGET; - is standard input (default)",
    )
    add_output_file(
        command,
        "log p before each text; of a translator log p of the target, its score, by which translations are ordered, and "
        "both texts",
    )
    add_condition(command)
    command.add_argument(
        "--json", action="store_true", help="a JSON object a line: log p of each token; null for log 0"
    )
    command.add_argument("--html", metavar="FILE", help="also a page: each token the redder the less it was expected")
    command.add_argument(
        "--png", metavar="FILE", help="also a picture of that, of one text alone; of a translator of the alignment"
    )


def _rank(command: Parser) -> None:
    add_model(command, "a language model that train wrote, or its export")
    command.add_argument(
        "--input",
        default="-",
        metavar="FILE",
        help="one candidate a line, a blank line between groups; SCORE<TAB>TEXT where another model gave it a score in "
        "nats; - is standard input (default)",
    )
    add_output_file(command, "the candidates, the best first, each after what decided")
    command.add_argument("--weight", type=float, default=1.0, metavar="W", help="SCORE + W log p decides (default: 1)")
    add_condition(command)
    command.add_argument("--json", action="store_true", help="a JSON object for each group")


def _generate(command: Parser) -> None:
    add_model(command, "a language model")
    command.add_argument(
        "--prompt",
        default="",
        metavar="TEXT",
        help="what stands at the beginning (default: nothing); of music steps of MIDI pitches, as in '60+64+67 62'",
    )
    add_condition(command)
    command.add_argument("--method", choices=METHODS, metavar="METHOD", help=f"{', '.join(METHODS)} (default: sample)")
    for name, kind, letter, meaning in DECODING:
        command.add_argument(f"--{name}", type=kind, metavar=letter, help=meaning)
    command.add_argument("--samples", type=int, default=1, metavar="N", help="how many texts (default: 1)")
    command.add_argument("--midi", metavar="FILE", help="also write the music, of a model that learnt some")
    command.add_argument("--json", action="store_true", help="a JSON object for each text")


def _export(command: Parser) -> None:
    add_model(command)
    command.add_argument("serving", metavar="SERVING_DIR", help="gets the next version, 1/ at first")


def _arpa(command: Parser) -> None:
    command.add_argument("source", metavar="SOURCE", help="a saved n-gram model, or an ARPA file (.gz is read as is)")
    command.add_argument("target", metavar="TARGET", help="the ARPA file to write (.gz compresses), or the model's DIR")
    command.add_argument(
        "--spell",
        action="append",
        default=[],
        metavar="WORD=NAME",
        help="the name that a word has in the file: <unk>=<rare> where <unk> is a word of the corpus, for the format "
        "keeps that name for itself; may stand several times",
    )
    command.add_argument(
        "--tokens", choices=RULES, metavar="RULE", help=f"of a file: how the model splits raw text, {', '.join(RULES)}"
    )


def _data(command: Parser) -> None:
    command.add_argument("name", nargs="?", metavar="NAME", help="one corpus alone")


def _output(command: Parser, default: str) -> None:
    command.add_argument("--output", metavar="DIR", help=f"where the model goes (default: {default})")


DECODING = (
    ("temperature", float, "T", "of sample: below 1 bolder in the probable, above 1 more even (default: 1)"),
    ("top-k", int, "K", "of sample: only the K most probable tokens (default: 0, all)"),
    ("top-p", float, "P", "of sample: only the most probable that together have this share (default: 1)"),
    ("beams", int, "N", "of beam: the beginnings kept (default: 5)"),
    ("length-penalty", float, "A", "of beam: 0 prefers short texts, 1 the mean log p of a token (default: 0)"),
    ("threshold", float, "P", "of music: pitches less probable than this never sound (default: 0)"),
    ("voices", int, "N", "of music: so many pitches in every step (default: 0, any number)"),
    ("length", int, "L", "the most tokens, or steps of music, to generate (default: 100 tokens, 64 steps)"),
    ("seed", int, "S", "of what is drawn (default: 0)"),
)
_COMMANDS = {
    "train": ("train a task on a corpus, report on its test split, save the model", _train),
    "mix": ("two language models as one, their weight fitted on a corpus' validation split", _mix),
    "evaluate": ("the figures of a saved model on a corpus or file", _evaluate),
    "predict": ("what a saved or exported model says of each line of text", _predict),
    "explain": ("which words each label of a text rests on, in colours on a terminal", _explain),
    "translate": (
        "a line of text in, its translation out; n-best lists, alignments, a language model's say",
        add_translate,
    ),
    "rerank": ("how much a language model should have its say in a translator's n-best lists", add_rerank),
    "score": ("the log-probability of each line of text, or of a translation, in nats, and pictures of it", _score),
    "rank": ("candidate sentences by a language model, the most probable first", _rank),
    "generate": ("text or music from a language model; on a terminal as it comes", _generate),
    "export": ("write a SavedModel for TensorFlow Serving", _export),
    "arpa": ("an n-gram model to the ARPA format of KenLM and SRILM, or from it", _arpa),
    "data": ("corpora by name, their licence and where they lie", _data),
}
